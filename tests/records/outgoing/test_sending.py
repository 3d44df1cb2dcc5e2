"""Numbers, the outbox, the board: what is sent is sent once, whatever happens in between."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from lienthong.exchange import attention
from lienthong.exchange.models import Delivery, Document
from lienthong.ledger.models import LedgerEvent
from lienthong.records.outgoing import access
from lienthong.records.outgoing.board import board_of
from lienthong.records.outgoing.errors import DuplicateWarningError, NotPossibleError, NotReadyError
from lienthong.records.outgoing.evidence import bundle, proof_of
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.readiness import check_readiness
from lienthong.records.outgoing.selectors import (
    OutgoingFilter,
    counters,
    list_outgoing,
    outgoing_register,
    pinned,
    search_outgoing,
)
from lienthong.records.outgoing.services import drafting, file_store, following, recipients, sending
from lienthong.records.outgoing.services.sending import carry_out, give_number, resume_sending, send, wish_to_send
from lienthong.records.outgoing.states import OutgoingState
from lienthong.registry.models import System
from tests.factories import lock
from tests.records.crashing import crash
from tests.records.outgoing.cast import City, add_file, filled, fresh, make_city, ready


def sent(city: City, **changes: object) -> OutgoingDocument:
    document = ready(city, **changes)
    return send(actor=city.hanh, document=document.pk, version=document.version, not_secret=True)


# --- Numbers ----------------------------------------------------------------------------------------------------------


def test_a_document_gets_its_number_and_notation(city: City) -> None:
    document = give_number(actor=city.hanh, document=filled(city).pk)
    assert (document.code, document.standing) == ("01/SGD-VP", OutgoingState.NUMBERED)
    assert document.document_id == f"H99.04,{document.issued_on:%Y/%m/%d},01/SGD-VP"
    second = give_number(actor=city.hanh, document=filled(city, subject="Khác", type_code="2.7").pk)
    assert second.code == "02/TB-SGD"


def test_a_number_fixes_type_date_and_unit_but_not_the_abstract(city: City) -> None:
    document = give_number(actor=city.hanh, document=filled(city).pk)
    changed = drafting.save_draft(
        actor=city.hanh, document=document.pk, version=document.version,
        changes={"type_code": "2.7", "unit": "KT", "subject": "Về việc đã sửa (mẫu)"},
    )  # fmt: skip
    assert (changed.type_code, changed.unit, changed.subject) == ("2.18", "VP", "Về việc đã sửa (mẫu)")


def test_clerks_at_once_get_numbers_without_gaps(city: City) -> None:
    documents = [filled(city, subject=f"Văn bản {n}").pk for n in range(6)]

    def take(document: object) -> int:
        try:
            return give_number(actor=city.hanh, document=document).number or 0  # type: ignore[arg-type]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(take, documents)) == [1, 2, 3, 4, 5, 6]


def test_what_is_missing_costs_no_number(city: City) -> None:
    with pytest.raises(NotReadyError) as refused:
        give_number(actor=city.hanh, document=filled(city, subject="", signer_name="").pk)
    assert [fault.field for fault in refused.value.faults] == ["subject", "signer_name"]
    assert give_number(actor=city.hanh, document=filled(city).pk).number == 1


def test_a_twin_is_warned_of_first(city: City) -> None:
    give_number(actor=city.hanh, document=filled(city).pk)
    twin = filled(city)
    with pytest.raises(DuplicateWarningError, match="01/SGD-VP"):
        give_number(actor=city.hanh, document=twin.pk)
    assert give_number(actor=city.hanh, document=twin.pk, twins_seen=True).number == 2


def test_a_numbered_document_is_cancelled_not_discarded(city: City) -> None:
    document = give_number(actor=city.hanh, document=filled(city).pk)
    with pytest.raises(NotPossibleError, match="đã cấp số"):
        drafting.discard_draft(actor=city.hanh, document=document.pk)
    sending.cancel(actor=city.hanh, document=document.pk, reason="In sai (mẫu)")
    line = outgoing_register(city.hanh, book_id=document.book_id or 0, year=document.year or 0)
    assert [(one.code, one.note) for one in line] == [("01/SGD-VP", "Đã hủy, giữ số: In sai (mẫu)")]


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_a_document_reaches_everybody_and_is_proven(city: City) -> None:
    document = sent(city)
    assert (document.standing, document.code) == (OutgoingState.SENT, "01/SGD-VP")
    waiting = city.communes[1].inbox()
    assert [one.from_code for one in waiting] == ["H99.04"]
    package = read_package(io.BytesIO(city.communes[1].fetch(waiting[0].doc_id))).package
    assert isinstance(package, DocumentPackage)
    assert [organ.organ_id for organ in package.header.to] == [office.code for office in city.communes]
    assert package.header.subject == document.subject
    assert package.trace.bussiness.paper == "0"
    assert document.receipt
    kinds = set(LedgerEvent.objects.values_list("kind", "user"))
    assert {("OutgoingNumbered", "Trần Thị Hạnh"), ("NotSecretConfirmed", "Trần Thị Hạnh")} <= kinds


def test_everything_wrong_is_told_together_at_its_field(city: City) -> None:
    document = filled(city, subject="", due_on=None)
    with pytest.raises(NotReadyError) as refused:
        send(actor=city.hanh, document=document.pk, version=None, not_secret=False)
    assert [fault.field for fault in refused.value.faults] == ["subject", "files", "recipients", "not_secret"]
    assert fresh(document.pk).standing is OutgoingState.DRAFT


def test_a_marked_document_is_stopped_before_it_costs_a_number(city: City) -> None:
    document = ready(city, subject="TUYỆT MẬT: Về việc thử (mẫu)")
    with pytest.raises(NotReadyError) as refused:
        send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    assert "LT-V42" in [fault.code for fault in refused.value.faults]
    assert fresh(document.pk).number is None


def test_the_preview_names_the_number_it_would_get(city: City) -> None:
    readiness = check_readiness(ready(city))
    assert readiness.is_ready
    assert (readiness.code, readiness.electronic, readiness.paper) == ("01/SGD-VP", 3, 0)
    assert "LT-V40" in [remark.code for remark in readiness.remarks]


def test_a_locked_recipient_stops_sending_until_it_gets_paper(city: City) -> None:
    document = ready(city)
    lock(System.objects.get(system_id=city.communes[2].system_id))
    with pytest.raises(NotReadyError, match="1 điểm"):
        send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    recipients.choose_channel(
        actor=city.hanh, document=document.pk, agency_id=city.communes[2].agency.pk, by_axis=False, on_paper=True
    )
    assert send(actor=city.hanh, document=document.pk, version=None, not_secret=True).standing is OutgoingState.SENT


def test_paper_alone_needs_no_axis(city: City) -> None:
    document = ready(city, city.paper)
    done = send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    assert (done.standing, done.code) == (OutgoingState.ON_PAPER, "01/SGD-VP")
    assert not Document.objects.exists()


def test_pressing_twice_sends_once(city: City) -> None:
    document = ready(city)
    first = send(actor=city.hanh, document=document.pk, version=document.version, not_secret=True)
    second = send(actor=city.hanh, document=document.pk, version=document.version, not_secret=True)
    assert first.exchange_id == second.exchange_id
    assert Document.objects.count() == 1


def test_what_waits_to_be_sent_is_sent_by_the_worker_once(city: City) -> None:
    document = ready(city)
    wish_to_send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(_carry, [document.pk] * 3))
    assert fresh(document.pk).standing is OutgoingState.SENT
    assert (Document.objects.count(), resume_sending()) == (1, 0)


def _carry(document: object) -> None:
    try:
        carry_out(document)  # type: ignore[arg-type]
    finally:
        connection.close()


_SEND = """
import uuid
from lienthong.records.outgoing.services.sending import carry_out
carry_out(uuid.UUID(sys.argv[1]))
"""


@pytest.mark.parametrize(("place", "known"), [("outgoing.before_accept", 0), ("outgoing.after_accept", 1)])
def test_a_crash_around_the_acceptance_neither_loses_nor_doubles(city: City, place: str, known: int) -> None:
    document = ready(city)
    wish_to_send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    crash(_SEND, str(document.pk), at=place)
    assert (fresh(document.pk).standing, Document.objects.count()) == (OutgoingState.SENDING, known)
    OutgoingDocument.objects.update(lease_until=None)  # its lease runs out
    assert resume_sending() == 1
    done = fresh(document.pk)
    assert (done.standing, done.code, Document.objects.count()) == (OutgoingState.SENT, "01/SGD-VP", 1)
    assert [len(office.inbox()) for office in city.communes] == [1, 1, 1]


def test_a_refusal_keeps_the_number_and_can_be_corrected(city: City) -> None:
    document = ready(city)
    desk = System.objects.get(system_id="BAN.MAU")
    lock(desk)
    refused = send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    assert (refused.standing, refused.code) == (OutgoingState.REFUSED, "01/SGD-VP")
    assert "bị khóa" in refused.refusal
    assert [line.document.pk for line in pinned(city.hanh)] == [document.pk]
    System.objects.filter(pk=desk.pk).update(state="active")
    again = send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    assert (again.standing, again.code) == (OutgoingState.SENT, "01/SGD-VP")


def test_bytes_are_kept_once_when_the_axis_has_them(city: City) -> None:
    document = ready(city)
    row = document.files.get()
    send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    assert not file_store.path_of(row.pk).exists()


def test_a_file_of_any_name_arrives_under_it(city: City) -> None:
    document = filled(city)
    add_file(city, document, '<img onerror="alert(1)" src=x>.pdf')
    add_file(city, document, "bảng tính.xlsx", b"PK\x03\x04" + bytes(40))
    recipients.change_recipients(actor=city.hanh, document=document.pk, add=[city.communes[0].agency.pk])
    assert send(actor=city.hanh, document=document.pk, version=None, not_secret=True).standing is OutgoingState.SENT


# --- Following --------------------------------------------------------------------------------------------------------


def test_the_board_tells_every_step(city: City) -> None:
    document = sent(city)
    first, second, _ = city.communes
    first.confirm(first.inbox()[0].doc_id)
    first.report_to(document, "01")
    first.report_to(document, "03", description="Số đến 12")
    second.report_to(document, "02", description="Sai thẩm quyền")
    board = board_of(fresh(document.pk))
    assert [(row.code, row.word.label) for row in board.rows] == [
        (second.code, "Bên nhận từ chối"),
        (city.communes[2].code, "Chưa đến nơi"),
        (first.code, "Đã tiếp nhận"),
    ]
    assert sorted(board.rows[2].steps) == ["01", "03"]
    assert (board.tally.total, board.tally.accepted, board.tally.refused, board.tally.missing) == (3, 1, 1, 1)
    assert [line.tally.accepted for line in list_outgoing(city.hanh, OutgoingFilter()) if line.tally] == [1]


def test_who_was_given_up_is_pinned_until_somebody_acts(city: City) -> None:
    document = sent(city)
    delivery = Delivery.objects.get(recipients__code=city.communes[0].code)
    Delivery.objects.filter(pk=delivery.pk).update(state="given_up", last_error="Hết thời hạn thử")
    assert [line.document.pk for line in pinned(city.hanh)] == [document.pk]
    assert counters(city.hanh)["care"] == 1
    assert pinned(city.cuong) == []
    with pytest.raises(Exception, match="văn bản đi này"):
        following.resend(actor=city.cuong, document=document.pk, deliveries=[delivery.pk], reason="x")
    assert following.resend(actor=city.hanh, document=document.pk, deliveries=[delivery.pk], reason="Đã sửa máy") == 1
    assert pinned(city.hanh) == []
    assert not attention.list_given_up()


def test_one_cannot_act_on_deliveries_of_other_documents(city: City) -> None:
    mine = sent(city)
    sent(city, subject="Văn bản khác (mẫu)")
    foreign = Delivery.objects.exclude(package__document=mine.exchange_id).first()
    assert foreign is not None
    Delivery.objects.filter(pk=foreign.pk).update(state="given_up")
    with pytest.raises(NotPossibleError):
        following.resend(actor=city.hanh, document=mine.pk, deliveries=[foreign.pk], reason="x")


def test_paper_closes_what_was_given_up(city: City) -> None:
    document = sent(city)
    Delivery.objects.filter(recipients__code=city.communes[0].code).update(state="given_up")
    agency = city.communes[0].agency.pk
    following.tell_paper(actor=city.hanh, document=document.pk, agencies=[agency], reason="Gửi bưu điện sáng nay")
    board = board_of(fresh(document.pk))
    assert [row.word.label for row in board.rows if row.agency_id == agency] == ["Đã báo gửi bản giấy"]
    assert pinned(city.hanh) == []


def test_reminding_is_kept_and_not_repeated_within_the_hour(city: City) -> None:
    document = sent(city)
    two = [office.agency.pk for office in city.communes[:2]]
    made = following.remind(actor=city.hanh, document=document.pk, agencies=two, note_text="Gấp")
    assert [one.in_pages for one in made] == [False, False]
    with pytest.raises(NotPossibleError, match="vừa được nhắc"):
        following.remind(actor=city.hanh, document=document.pk, agencies=two)
    rows = {row.agency_id: row.reminders for row in board_of(fresh(document.pk)).rows}
    assert [rows[agency] for agency in two] == [1, 1]


def test_the_evidence_is_complete_and_only_ours(city: City) -> None:
    document = sent(city)
    with bundle(actor=city.hanh, document=document.pk) as (path, name):
        assert path.stat().st_size > 1000
        assert name == "bang-chung-01-SGD-VP.asice"
    proof = proof_of(fresh(document.pk))
    assert proof is not None
    assert proof.position is not None
    with pytest.raises(Exception, match="văn bản đi này"), bundle(actor=city.cuong, document=document.pk):
        pass


def test_found_by_number_in_any_punctuation_and_words_without_accents(city: City) -> None:
    document = sent(city)
    for words in ("01/SGD-VP", "01sgdvp", "01 sgd", "tuyen sinh", "TUYỂN SINH lop"):
        assert [line.document.pk for line in search_outgoing(city.hanh, words)] == [document.pk]
    assert search_outgoing(city.hanh, "khong co") == []
    assert search_outgoing(city.cuong, "tuyen sinh") == []


def test_a_hundred_recipients_cost_no_more_queries_than_three(transactional_db: None, data_dir: object) -> None:
    city = make_city(communes=114)
    everybody = [office.agency.pk for office in city.communes]

    def count(agencies: list[int], subject: str) -> tuple[int, ...]:
        document = filled(city, subject=subject)
        add_file(city, document)
        steps = []
        for step in (
            lambda: recipients.change_recipients(actor=city.hanh, document=document.pk, add=agencies),
            lambda: check_readiness(fresh(document.pk)),
            lambda: send(actor=city.hanh, document=document.pk, version=None, not_secret=True),
            lambda: board_of(access.find(city.hanh, document.pk)),
            lambda: list_outgoing(city.hanh, OutgoingFilter()),
        ):
            with CaptureQueriesContext(connection) as queries:
                step()
            steps.append(len(queries))
        return tuple(steps)

    few = count(everybody[:3], "Ba xã")
    many = count(everybody, "Mọi xã")
    assert all(more <= less + 2 for more, less in zip(many, few, strict=True)), (few, many)
    assert Document.objects.count() == 2
    assert Delivery.objects.count() == 117
