"""The list of incoming documents: tabs, filters, pages by key. Every page costs the same on a million documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from lienthong.accounts.actors import Actor
from lienthong.common import clock
from lienthong.common.ids import first_id_at
from lienthong.records.access import readable_incoming
from lienthong.records.incoming_states import IncomingState
from lienthong.records.models import IncomingDocument

MOST_COUNTED = 999  # more is told as "more than"


class Tab(Enum):
    """Ways to look at the list: key in the address, label, and what is in it."""

    WAITING = ("cho-tiep-nhan", "Chưa tiếp nhận", Q(state=IncomingState.ARRIVED) & ~Q(business_type__in=["1", "2"]))
    URGENT = (
        "khan",
        "Khẩn",
        Q(state__in=[IncomingState.ARRIVED, IncomingState.REGISTERED], priority__gt=0),
    )
    ASKED = ("yeu-cau", "Bên gửi yêu cầu", ~Q(asked=""))
    IN_HAND = (
        "dang-xu-ly",
        "Đang xử lý",
        Q(state__in=[IncomingState.REGISTERED, IncomingState.ASSIGNED, IncomingState.IN_PROGRESS]),
    )
    REGISTERED = ("da-vao-so", "Đã vào sổ", Q(arrival_number__isnull=False))
    REFUSED = ("tra-lai", "Đã trả lại", Q(state=IncomingState.REFUSED))
    CANCELLED = ("thu-hoi", "Thu hồi, lấy lại", Q(state=IncomingState.CANCELLED))
    ALL = ("tat-ca", "Tất cả", Q())

    def __init__(self, key: str, label: str, condition: Q) -> None:
        self.key = key
        self.label = label
        self.condition = condition

    @property
    def urgent_first(self) -> bool:
        """Only what waits is short enough to be sorted by urgency."""
        return self in (Tab.WAITING, Tab.URGENT)

    @classmethod
    def of_key(cls, key: str) -> Tab | None:
        return next((tab for tab in cls if tab.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilters:
    """What narrows the list; days of arrival, both included."""

    from_code: str = ""
    type_name: str = ""
    since: date | None = None
    until: date | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: urgency, where the tab sorts by it, then the document."""

    priority: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.priority}.{self.id}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """A cursor out of an address; ``None`` when it is none."""
        priority, _, identifier = text.partition(".")
        try:
            return cls(int(priority), UUID(identifier))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list. ``next``: where the following one begins, if there is one."""

    documents: list[IncomingDocument]
    next: Cursor | None


def list_incoming(
    actor: Actor, tab: Tab, *, filters: ListFilters | None = None, after: Cursor | None = None, limit: int = 50
) -> Page:
    """One page: the urgent first where nobody has taken them yet, else the newest first."""
    found = _filtered(readable_incoming(actor).filter(tab.condition), filters or ListFilters())
    if tab.urgent_first:
        found = found.order_by("-priority", "-id")
        if after is not None:
            found = found.filter(Q(priority__lt=after.priority) | Q(priority=after.priority, id__lt=after.id))
    else:
        found = found.order_by("-id")
        if after is not None:
            found = found.filter(id__lt=after.id)
    rows = list(found[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], Cursor(last.priority, last.id) if last else None)


def _filtered(found: QuerySet[IncomingDocument], filters: ListFilters) -> QuerySet[IncomingDocument]:
    if filters.from_code:
        found = found.filter(from_code=filters.from_code)
    if filters.type_name:
        found = found.filter(type_name=filters.type_name)
    if filters.since:
        found = found.filter(id__gte=first_id_at(_start(filters.since)))
    if filters.until:
        found = found.filter(id__lt=first_id_at(_start(filters.until + timedelta(days=1))))
    return found.filter(opened_at=None) if filters.unread else found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.VIETNAM)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers beside the tabs, none above ``MOST_COUNTED``."""

    waiting: int
    urgent: int
    asked: int
    unread: int


_COUNTS = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM records_incoming WHERE agency_id = %(agency)s AND state = 'arrived'
          AND business_type NOT IN ('1', '2') LIMIT %(most)s) w),
       (SELECT count(*) FROM (SELECT 1 FROM records_incoming WHERE agency_id = %(agency)s AND state = 'arrived'
          AND priority > 0 LIMIT %(most)s) u),
       (SELECT count(*) FROM (SELECT 1 FROM records_incoming WHERE agency_id = %(agency)s AND asked <> ''
          LIMIT %(most)s) a),
       (SELECT count(*) FROM (SELECT 1 FROM records_incoming WHERE agency_id = %(agency)s AND state = 'arrived'
          AND opened_at IS NULL LIMIT %(most)s) o)
"""


def count_incoming(agency_id: int) -> Counts:
    """What waits in an agency; one query over what is not taken yet."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"agency": agency_id, "most": MOST_COUNTED + 1})
        return Counts(*cursor.fetchone())
