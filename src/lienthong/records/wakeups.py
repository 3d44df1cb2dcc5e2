"""Tell the worker and open pages that something changed, with the commit that changed it. Lost calls lose nothing: the
worker looks by itself, pages ask again."""

from __future__ import annotations

from typing import LiteralString

from django.db import connection

WORK_CHANNEL: LiteralString = "lienthong_records_work"
PAGES_CHANNEL: LiteralString = "lienthong_records_pages"


def wake_worker() -> None:
    """There is something to do in the background."""
    _notify(WORK_CHANNEL, "")


def tell_pages(agency_id: int) -> None:
    """Something that an agency's pages show has changed."""
    _notify(PAGES_CHANNEL, str(agency_id))


def _notify(channel: str, payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])
