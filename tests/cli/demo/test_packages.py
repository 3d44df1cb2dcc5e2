"""The packages that the sample systems build conform, and survive reading."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from edxml102 import rules
from edxml102.codes import Priority, StatusCode
from edxml102.reader import read_package
from lienthong.cli.demo import city
from lienthong.cli.demo.packages import Draft, first_attachment, pack, pack_report, read_document, read_report
from lienthong.cli.demo.pdf import one_page
from lienthong.common import clock

DRAFT = Draft(
    sender=city.HEALTH,
    to=["000.00.30.H99", "H99.30.11"],
    number=12,
    subject="Việc mẫu",
    pdf=one_page(["MAU"]),
    priority=Priority.EXPRESS,
)


@pytest.mark.parametrize("mode", list(rules.Mode))
def test_a_document_has_no_findings(mode: rules.Mode) -> None:
    result = read_package(io.BytesIO(pack(DRAFT)))

    assert result.package is not None
    assert (*result.findings, *rules.check(result.package, mode=mode, today=clock.today())) == ()


def test_a_document_carries_the_pdf_and_its_addressees() -> None:
    data = pack(DRAFT)
    document = read_document(data)

    assert first_attachment(data, document) == DRAFT.pdf
    assert [organ.organ_id for organ in document.header.to] == list(DRAFT.to)
    assert document.header.document_id == DRAFT.document_id


def test_another_person_in_charge_gives_other_bytes() -> None:
    assert pack(DRAFT) != pack(DRAFT, staff="Người khác (mẫu)")


def test_a_report_names_the_document_and_vietnam_time() -> None:
    at = datetime(2024, 3, 15, 1, 2, 3, tzinfo=UTC)
    data = pack_report(
        read_document(pack(DRAFT)), reporter=city.COMMUNES[0], status=StatusCode.REFUSED, description="Nhầm", at=at
    )
    report = read_report(data)

    assert (report.status_code, report.description) == ("02", "Nhầm")
    assert report.timestamp == "2024/03/15 08:02:03"
    assert report.response_for.document_id == DRAFT.document_id


def test_the_two_kinds_are_not_taken_for_each_other() -> None:
    with pytest.raises(ValueError, match="gói trạng thái"):
        read_report(pack(DRAFT))
    with pytest.raises(ValueError, match="gói văn bản"):
        read_document(b"<junk/>")
