"""Numbers of registers: consecutive in a book and year, from 1 on 1 January, one series for paper and electronic
(NĐ 30/2020 art. 15, 22.2).

A number is taken in the transaction of the act that uses it, and only there: it cannot be reserved or skipped, and an
act that fails gives it back.
"""

from __future__ import annotations

from django.db import connection

from lienthong.records.models import Book, NumberSeries
from lienthong.records.refusals import Reason, RecordsRefusal

# One statement: the first of a year inserts, all others wait for the row until whoever holds it commits or fails.
_TAKE = """
INSERT INTO records_number_series AS s (book_id, year, last_number) VALUES (%s, %s, 1)
    ON CONFLICT (book_id, year) DO UPDATE SET last_number = s.last_number + 1
RETURNING last_number
"""


def take_number(*, agency_id: int, book_id: int, year: int) -> int:
    """The next number, inside the caller's transaction; others who want one wait until that ends.

    :raises RecordsRefusal: BOOK_UNKNOWN, BOOK_CLOSED
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken only together with the act that uses it")
    check_book(agency_id=agency_id, book_id=book_id)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [book_id, year])
        return int(cursor.fetchone()[0])


def next_number(*, book_id: int, year: int) -> int:
    """What the next number would be now: to show, never to use."""
    last = NumberSeries.objects.filter(book=book_id, year=year).values_list("last_number", flat=True).first()
    return (last or 0) + 1


def check_book(*, agency_id: int, book_id: int) -> Book:
    """The book, if the agency has it and it is in use.

    :raises RecordsRefusal: BOOK_UNKNOWN, BOOK_CLOSED
    """
    book = Book.objects.filter(pk=book_id, agency=agency_id).first()
    if book is None:
        raise RecordsRefusal(Reason.BOOK_UNKNOWN, field="book")
    if not book.is_active:
        raise RecordsRefusal(Reason.BOOK_CLOSED, f"Sổ {book.name}.", field="book")
    return book
