"""Tables of the workplace: registers and what stands in them."""

from lienthong.records.models.books import Book, Direction, NumberSeries

__all__ = ["Book", "Direction", "NumberSeries"]
