"""The operator finds a package by whatever they were told of it, and sees its life but not its content."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthong.common import clock
from lienthong.exchange.models import Delivery, Document, Package
from lienthong.monitoring import trace
from tests.factories import make_agency
from tests.statistics.world import Office, Sent, open_office, report, send


@pytest.fixture
def offices(db: None) -> tuple[Office, Office]:
    names = (("H99.05", "Sở Y tế (mẫu)"), ("H99.30", "Xã An Mẫu (mẫu)"))
    health, commune = (open_office(make_agency(code, name), code, name) for code, name in names)
    return health, commune


@pytest.fixture
def sent(offices: tuple[Office, Office]) -> Sent:
    made = send(*offices, at=clock.now() - timedelta(hours=2))
    Document.objects.filter(pk=made.document.pk).update(number="1312", notation="UBND-VX")
    Package.objects.filter(pk=made.document.pk).update(sha256=b"\7" * 32)
    report(made, offices[1], "01", clock.now())
    send(*offices, at=clock.now())  # another one, which must not be found
    return made


@pytest.mark.parametrize(
    "text",
    ["1312/UBND-VX", "1312", "1312 ubnd vx", "1312-UBND.VX", " 1312/ubnd ", "{id}", "{document_id}", "{delivery}",
     "07" * 32],
)  # fmt: skip
def test_any_identifier_finds_it(sent: Sent, text: str) -> None:
    delivery = Delivery.objects.get(package_id=sent.document.pk)
    wanted = text.format(id=sent.document.pk, document_id=sent.document.document_id, delivery=delivery.pk)
    found = trace.find(wanted)
    assert {hit.document for hit in found} == {sent.document.pk}


def test_a_sender_finds_its_newest(sent: Sent) -> None:
    assert len(trace.find("h99.05")) == 2


@pytest.mark.parametrize(
    "text", ["", "  ", "9999/KHONG-CO", "\x00", "Z" * 400, "ab" * 31, "0/0", str(uuid.UUID(int=5))]
)
def test_what_names_nothing_finds_nothing(sent: Sent, text: str) -> None:
    assert trace.find(text) == []


def test_its_life_tells_events_in_order_and_no_content(sent: Sent, offices: tuple[Office, Office]) -> None:
    life = trace.life_of(sent.document.pk)
    assert life is not None
    assert [entry.text for entry in life.entries] == ["Trục đã nhận văn bản", "Cơ quan đã báo trạng thái xử lý"]
    assert life.ways[0].to == [("H99.30", "Xã An Mẫu (mẫu)", "Đã đến")]
    told = str(dataclasses.asdict(life))
    assert sent.document.subject not in told


def test_a_life_costs_the_same_queries_for_one_and_for_many_recipients(offices: tuple[Office, Office]) -> None:
    many = [open_office(make_agency(f"H99.4{n}", f"Xã Mẫu {n}"), f"H99.4{n}", f"Xã Mẫu {n}") for n in range(6)]
    one = send(*offices, at=clock.now())
    all_ = send(offices[0], *many, at=clock.now())
    counts = []
    for document in (one.document, all_.document):
        with CaptureQueriesContext(connection) as queries:
            trace.life_of(document.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_nothing_is_known_of_what_is_not_there(db: None) -> None:
    assert trace.life_of(uuid.UUID(int=1)) is None
