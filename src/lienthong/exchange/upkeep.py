"""Chores of the axis that an operator starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings

from lienthong.exchange.guards.erasing import orders
from lienthong.exchange.models import Package
from lienthong.exchange.segments import Address
from lienthong.exchange.segments.verify import Report, verify


def verify_segments(*, repair: bool, on_segment: Callable[[], None] = lambda: None) -> Report:
    """Re-hash every stored package against its row; with ``repair`` reclaim what no row speaks of."""
    erased = orders()
    named = set(Package.objects.values_list("segment", flat=True).distinct())
    reports = []
    for report in verify(settings.DATA_DIR / "segments", segments_with_rows=named, rows=_rows, repair=repair,
                         erased=erased):  # fmt: skip
        reports.append(report)
        on_segment()
    return Report(
        segments=sum(report.segments for report in reports),
        packages=sum(report.packages for report in reports),
        bytes=sum(report.bytes for report in reports),
        troubles=tuple(trouble for report in reports for trouble in report.troubles),
    )


def _rows(segment: str) -> Mapping[int, Address]:
    rows = Package.objects.filter(segment=segment).values_list("offset", "length", "sha256")
    return {offset: Address(segment, offset, length, bytes(sha256)) for offset, length, sha256 in rows}
