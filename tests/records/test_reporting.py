"""Reports that acts cause leave the outbox in order, survive failures, and are shown when the axis refuses them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edxml102.model import PackageKind
from lienthong.accounts.actors import Actor
from lienthong.common import clock
from lienthong.records import incoming as desk_work
from lienthong.records.models import Book, IncomingDocument, ReportJob
from lienthong.records.reporting import send_again, send_due
from lienthong.registry.models import System
from lienthong.registry.services import serve_agency, stop_serving, unlock_system
from tests.exchange.conftest import Office
from tests.factories import lock
from tests.records.conftest import Arrive
from tests.records.crashing import crash


@pytest.fixture
def registered(arrive: Arrive, hanh: Actor, book: Book) -> IncomingDocument:
    return desk_work.register(actor=hanh, incoming_id=arrive().pk, book_id=book.pk)


def make_due() -> None:
    ReportJob.objects.update(available_at=clock.now() - timedelta(seconds=1))


def states() -> list[tuple[str, str]]:
    return list(ReportJob.objects.order_by("id").values_list("status_code", "state"))


def test_a_locked_desk_keeps_its_reports_until_it_is_open(
    registered: IncomingDocument, desk: str, department: Office
) -> None:
    lock(System.objects.get(system_id=desk))
    assert send_due() == 1
    job = ReportJob.objects.get(status_code="03")
    assert (job.state, job.attempts) == ("waiting", 1)
    assert "đang bị khóa" in job.error
    unlock_system(system=System.objects.get(system_id=desk))
    make_due()
    send_due()
    assert states() == [("01", "sent"), ("03", "sent")]
    assert [row.receive_status for row in department.sent()] == ["03"]


def test_a_later_report_waits_for_the_earlier(registered: IncomingDocument, hanh: Actor, desk: str) -> None:
    lock(System.objects.get(system_id=desk))
    desk_work.start(actor=hanh, incoming_id=registered.pk)
    assert send_due() == 1, "05 is not tried while 03 still waits"
    assert states() == [("01", "sent"), ("03", "waiting"), ("05", "waiting")]


def test_a_report_sent_by_a_worker_that_died_is_not_two(registered: IncomingDocument, department: Office) -> None:
    send_due()
    ReportJob.objects.filter(status_code="03").update(state="waiting", sent_at=None)
    make_due()
    send_due()
    assert states() == [("01", "sent"), ("03", "sent")]
    assert len(department.inbox(PackageKind.STATUS)) == 2


def test_a_report_the_axis_refuses_is_shown_and_can_be_sent_again(
    registered: IncomingDocument, department: Office
) -> None:
    system = System.objects.get(system_id=department.system_id)
    stop_serving(system=system, agency=department.agency, on_date=clock.today())
    send_due()
    job = ReportJob.objects.get(status_code="03")
    assert job.state == "refused"
    assert "chưa kết nối" in job.error
    assert registered.acts.get(kind="report_refused").label == "Trục không nhận báo cáo 03"

    serve_agency(system=system, agency=department.agency, valid_from=clock.today())
    send_again(job)
    send_due()
    assert states() == [("01", "sent"), ("03", "sent")]


_SEND = "from lienthong.records.reporting import send_due; send_due()"


@pytest.mark.parametrize(("place", "known"), [("records.before_report", 1), ("records.after_report", 2)])
def test_a_crash_around_a_report_neither_loses_nor_doubles_it(
    registered: IncomingDocument, department: Office, place: str, known: int
) -> None:
    crash(_SEND, at=place)
    assert states() == [("01", "sent"), ("03", "waiting")]
    assert len(department.inbox(PackageKind.STATUS)) == known
    make_due()  # its lease runs out
    send_due()
    assert states() == [("01", "sent"), ("03", "sent")]
    assert len(department.inbox(PackageKind.STATUS)) == 2
