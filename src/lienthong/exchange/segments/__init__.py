"""The segment store: packages kept once, exactly as received, and never changed (design section 3)."""

from lienthong.exchange.segments.address import Address
from lienthong.exchange.segments.local import LocalSegments, SegmentError

__all__ = ["Address", "LocalSegments", "SegmentError"]
