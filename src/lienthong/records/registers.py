"""The registers as the law's outputs (NĐ 30/2020 Phụ lục VI, V): what stands in a book, in the order of its numbers.

The columns are those of the incoming register of NĐ 30/2020 Phụ lục IV as offices keep it. ASSUMED: that annex is not
among the verified texts (legal.md 0.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, require_on_documents
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger import events
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.records.incoming_states import IncomingState
from lienthong.records.models import Book, Direction, IncomingDocument
from lienthong.records.outgoing.selectors import OutgoingEntryLine, outgoing_register
from lienthong.records.refusals import Reason, RecordsRefusal

INCOMING_COLUMNS = (
    ("Ngày đến", 11),
    ("Số đến", 8),
    ("Tác giả", 26),
    ("Số, ký hiệu", 17),
    ("Ngày, tháng", 11),
    ("Tên loại và trích yếu nội dung", 52),
    ("Đơn vị hoặc người nhận", 24),
    ("Ngày chuyển", 11),
    ("Ký nhận", 10),
    ("Ghi chú", 20),
)
OUTGOING_COLUMNS = (
    ("Số", 7),
    ("Số, ký hiệu", 17),
    ("Ngày, tháng", 11),
    ("Tên loại và trích yếu nội dung", 52),
    ("Người ký", 22),
    ("Nơi nhận", 34),
    ("Đơn vị, người nhận bản lưu", 24),
    ("Số lượng bản", 9),
    ("Ghi chú", 24),
)
"""Heading and width (characters) of each column of either register."""


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the incoming register, in the order of the columns; ``document`` is what it is about."""

    document: IncomingDocument
    arrival_date: date | None
    arrival_number: int
    author: str
    code: str
    issued_on: date | None
    content: str
    receiver: str
    passed_on: date | None
    remark: str

    @property
    def year(self) -> int:
        return self.document.arrival_year or 0

    @property
    def number(self) -> int:
        return self.arrival_number


def books_of(actor: Actor, direction: Direction) -> list[Book]:
    """The agency's books, those in use first."""
    return list(Book.objects.filter(agency=actor.agency_id, direction=direction).order_by("-is_active", "id"))


def open_book(*, actor: Actor, direction: Direction, name: str) -> Book:
    """Start a book; its numbers begin at 1.

    :raises RecordsRefusal: FIELD_MISSING, BOOK_EXISTS
    """
    agency = actor.agency_id or 0
    require_on_documents(actor, DocumentAct.REGISTER, agency_id=agency)
    clean = " ".join(name.split())
    if not clean:
        raise RecordsRefusal(Reason.FIELD_MISSING, field="name")
    with transaction.atomic():
        book, made = Book.objects.get_or_create(agency_id=agency, direction=direction, name=clean[:200])
        if not made:
            raise RecordsRefusal(Reason.BOOK_EXISTS, f"“{clean}”.", field="name")
        _leave_event(actor, book, "opened")
    return book


def close_book(*, actor: Actor, book_id: int) -> Book:
    """Give no more numbers in a book; what stands in it stays.

    :raises RecordsRefusal: BOOK_UNKNOWN
    """
    require_on_documents(actor, DocumentAct.REGISTER, agency_id=actor.agency_id or 0)
    with transaction.atomic():
        book = book_of(actor, book_id)
        book.is_active = not book.is_active
        book.save(update_fields=["is_active"])
        _leave_event(actor, book, "opened" if book.is_active else "closed")
    return book


def book_of(actor: Actor, book_id: int) -> Book:
    """One of the agency's books.

    :raises RecordsRefusal: BOOK_UNKNOWN
    """
    book = Book.objects.filter(pk=book_id, agency=actor.agency_id).first()
    if book is None:
        raise RecordsRefusal(Reason.BOOK_UNKNOWN)
    return book


@dataclass(frozen=True, slots=True)
class Period:
    """Days of arrival, both included."""

    since: date
    until: date

    @property
    def text(self) -> str:
        return f"Từ ngày {self.since:%d/%m/%Y} đến ngày {self.until:%d/%m/%Y}"


def register_lines(
    *, actor: Actor, book: Book, period: Period, after: tuple[int, int] | None = None, limit: int | None = None
) -> Iterator[RegisterLine]:
    """What was entered in a book, in the order of its numbers, as a stream.

    :param after: year and number where the page before ended
    :raises lienthong.accounts.policies.NotAllowedError: the actor may not export
    """
    require_on_documents(actor, DocumentAct.EXPORT, agency_id=book.agency_id)
    found = IncomingDocument.objects.filter(book=book, arrival_year__range=(period.since.year, period.until.year))
    found = found.filter(arrival_date__range=(period.since, period.until)).order_by("arrival_year", "arrival_number")
    if after is not None:
        year, number = after
        found = found.filter(arrival_year__gte=year).exclude(arrival_year=year, arrival_number__lte=number)
    for document in found[:limit].iterator(chunk_size=2000) if limit is None else found[:limit]:
        yield _line(document)


def outgoing_lines(
    *, actor: Actor, book: Book, period: Period, after: tuple[int, int] | None = None, limit: int | None = None
) -> Iterator[OutgoingEntryLine]:
    """The same for a book of documents that went out; the period is about their date. What was cancelled stays.

    :raises lienthong.accounts.policies.NotAllowedError: the actor may not export
    """
    require_on_documents(actor, DocumentAct.EXPORT, agency_id=book.agency_id)
    left = limit
    for year in range(after[0] if after else period.since.year, period.until.year + 1):
        last = after[1] if after and after[0] == year else 0
        while left is None or left > 0:
            asked = _AT_ONCE if left is None else min(left, _AT_ONCE)
            lines = outgoing_register(
                actor,
                book_id=book.pk,
                year=year,
                since=period.since,
                until=period.until,
                after_number=last,
                limit=asked,
            )
            yield from lines
            left = left - len(lines) if left is not None else None
            if len(lines) < asked:
                break
            last = lines[-1].number


_AT_ONCE = 500


def _line(document: IncomingDocument) -> RegisterLine:
    return RegisterLine(
        document=document,
        arrival_date=document.arrival_date,
        arrival_number=document.arrival_number or 0,
        author=document.from_name,
        code=document.code,
        issued_on=document.promulgation_date,
        content=": ".join(filter(None, [document.type_name, document.subject])),
        receiver=document.handlers,
        passed_on=clock.in_vietnam(document.assigned_at).date() if document.assigned_at else None,
        remark="; ".join(_remarks(document)),
    )


def _remarks(document: IncomingDocument) -> Iterator[str]:
    if document.is_paper:
        yield "Bản giấy"
    if document.state in (IncomingState.CANCELLED, IncomingState.REPLACED):
        yield document.standing.label
    if document.note:
        yield document.note


def _leave_event(actor: Actor, book: Book, change: str) -> None:
    event = new_event(
        EventKind.BOOK_CHANGED,
        at=clock.now(),
        actor=events.Actor(agency=actor.agency_code, remote=actor.remote, user=actor.signature),
        subject=Subject("book", str(book.pk)),
        data={"name": book.name, "direction": str(book.direction), "change": change},
    )
    append_events(hot_cursor(), [event])
