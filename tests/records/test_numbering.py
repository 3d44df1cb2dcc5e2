"""Numbers stay consecutive whoever takes them at the same time, and whatever fails."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from lienthong.records.models import Book
from lienthong.records.numbering import next_number, take_number
from lienthong.records.refusals import Reason, RecordsRefusal
from tests.factories import make_agency


def take(book: Book, year: int = 2026) -> int:
    with transaction.atomic():
        return take_number(agency_id=book.agency_id, book_id=book.pk, year=year)


def test_numbers_start_at_one_each_year(book: Book) -> None:
    assert [take(book), take(book), take(book, 2027), take(book)] == [1, 2, 1, 3]


def test_what_is_shown_as_next_is_not_taken(book: Book) -> None:
    take(book)
    assert [next_number(book_id=book.pk, year=2026), next_number(book_id=book.pk, year=2026)] == [2, 2]
    assert next_number(book_id=book.pk, year=2027) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_clerks_who_register_at_once_leave_no_gap_and_no_double(book: Book, seed: int) -> None:
    chance, start = random.Random(seed), threading.Barrier(8)
    fails = [[chance.random() < 0.3 for _ in range(10)] for _ in range(8)]

    def clerk(plan: list[bool]) -> list[int]:
        start.wait()
        given = []
        for fail in plan:
            with transaction.atomic():
                number = take_number(agency_id=book.agency_id, book_id=book.pk, year=2026)
                transaction.set_rollback(fail)
            if not fail:
                given.append(number)
        connection.close()
        return given

    with ThreadPoolExecutor(8) as pool:
        given = sorted(number for numbers in pool.map(clerk, fails) for number in numbers)

    assert given == list(range(1, len(given) + 1))
    assert len(given) == sum(not fail for plan in fails for fail in plan)


def test_a_number_cannot_be_taken_apart_from_an_act(book: Book) -> None:
    with pytest.raises(RuntimeError):
        take_number(agency_id=book.agency_id, book_id=book.pk, year=2026)


def test_another_agencys_book_gives_no_number(book: Book) -> None:
    other = make_agency("H99.41", "Xã Bạch Đằng (mẫu)")
    with pytest.raises(RecordsRefusal) as refusal, transaction.atomic():
        take_number(agency_id=other.pk, book_id=book.pk, year=2026)
    assert refusal.value.reason is Reason.BOOK_UNKNOWN


def test_a_closed_book_gives_no_number(book: Book) -> None:
    Book.objects.filter(pk=book.pk).update(is_active=False)
    with pytest.raises(RecordsRefusal) as refusal:
        take(book)
    assert refusal.value.reason is Reason.BOOK_CLOSED
    assert "Sổ văn bản đến" in refusal.value.text
