"""What the axis brings to the desk becomes the agencies' documents, once, and the issuers hear of it."""

from __future__ import annotations

import io

from lienthong.exchange.dispatching.claim import claim_next
from lienthong.exchange.dispatching.lanes import Ranks
from lienthong.exchange.models import Delivery
from lienthong.records.desk import DeskConnector, send_package
from lienthong.records.models import IncomingDocument, ReportJob, StatusNotice
from lienthong.registry.models import Agency, System
from lienthong.registry.services import serve_agency
from tests import packages
from tests.exchange.conftest import Office
from tests.factories import LONG_AGO, make_agency
from tests.records.conftest import COMMUNE, Arrive, Deliver


def test_a_document_arrives_and_the_issuer_knows(arrive: Arrive, department: Office) -> None:
    incoming = arrive(subject="Về việc tiêm chủng mở rộng (mẫu)", number="15", priority="2")

    assert (incoming.code, incoming.subject) == ("15/CV-MAU", "Về việc tiêm chủng mở rộng (mẫu)")
    assert (incoming.signer_name, incoming.priority) == ("Nguyễn Văn Mẫu", 2)
    assert incoming.standing.label == "Chưa tiếp nhận"
    assert [row.receive_status for row in department.sent()] == ["01"]
    assert Delivery.objects.get(kind="edoc").state == "delivered"


def test_each_agency_of_the_desk_gets_its_own(commune: Agency, department: Office, desk: str, deliver: Deliver) -> None:
    other = make_agency("H99.41", "Xã Bạch Đằng (mẫu)")
    serve_agency(system=System.objects.get(system_id=desk), agency=other, valid_from=LONG_AGO)
    department.send(packages.document(department.code, COMMUNE, "H99.41"))

    assert deliver() == 1, "one package for one system"
    assert sorted((one.agency_id, one.codes) for one in IncomingDocument.objects.all()) == [
        (commune.pk, ["H99.40"]),
        (other.pk, ["H99.41"]),
    ]
    assert sorted((row.to_code, row.receive_status) for row in department.sent()) == [
        ("H99.40", "01"),
        ("H99.41", "01"),
    ]


def test_a_delivery_carried_twice_makes_one_document(department: Office, desk: str, commune: Agency) -> None:
    department.send(packages.document(department.code, COMMUNE))
    claim = claim_next(["desk"], Ranks(0, 9))
    assert claim is not None
    for _ in range(2):
        DeskConnector().deliver(claim.outgoing, timeout=10)

    assert IncomingDocument.objects.count() == 1
    assert ReportJob.objects.count() == 1


def test_the_same_document_again_is_pointed_out(arrive: Arrive) -> None:
    first = arrive(number="7", document_id="D-7")
    again = arrive(number="7", document_id="D-7-BIS")
    other = arrive(number="8", document_id="D-8")

    assert again.duplicate_of == first
    assert again.acts.get(kind="arrived").detail == "Có thể trùng với 7/CV-MAU"
    assert other.duplicate_of is None


def test_what_recipients_report_becomes_a_notice(
    department: Office, commune: Agency, desk: str, deliver: Deliver
) -> None:
    raw = packages.document(COMMUNE, department.code, document_id="DI-1")
    send_package(agency_id=commune.pk, body=io.BytesIO(raw), remote="")
    department.report(Office(COMMUNE, commune, desk), "DI-1", "02", description="Sai thẩm quyền (mẫu)")
    deliver()

    notice = StatusNotice.objects.get()
    assert (notice.agency, notice.status_code, notice.description) == (commune, "02", "Sai thẩm quyền (mẫu)")
    assert notice.origin is not None
    assert notice.origin.document_id == "DI-1"
