"""Recall, update, replace and take back, with every recipient's own answer."""

from __future__ import annotations

import pytest

from edxml102.model import PackageKind
from lienthong.accounts.policies import NotAllowedError
from lienthong.exchange.states import Ask
from lienthong.records.outgoing.board import board_of
from lienthong.records.outgoing.errors import NotPossibleError, NotReadyError, UnknownDocumentError
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.selectors import OutgoingFilter, list_outgoing, outgoing_register
from lienthong.records.outgoing.services import asking, drafting
from lienthong.records.outgoing.services.sending import send
from lienthong.records.outgoing.states import OutgoingState
from tests.records.outgoing.cast import City, add_file, fresh, ready


@pytest.fixture
def document(city: City) -> OutgoingDocument:
    draft = ready(city)
    return send(actor=city.hanh, document=draft.pk, version=None, not_secret=True)


def labels(document: OutgoingDocument) -> dict[str, str]:
    return {row.code: row.word.label for row in board_of(fresh(document.pk)).rows}


def test_a_recall_is_answered_by_each_and_freezes_the_document(city: City, document: OutgoingDocument) -> None:
    first, second, third = city.communes
    for office in city.communes:
        office.report_to(document, "01")
    order = asking.recall(actor=city.hanh, document=document.pk, reason="Sai số liệu (mẫu)")
    assert (order.standing, order.number, order.code) == (OutgoingState.SENT, None, document.code)
    assert set(labels(document).values()) == {"Bên gửi thu hồi"}
    first.report_to(order, "15")
    second.report_to(order, "16", description="Đã triển khai")
    assert labels(document) == {first.code: "Đã thu hồi", second.code: "Đã đến", third.code: "Bên gửi thu hồi"}
    assert fresh(document.pk).frozen_at is not None
    with pytest.raises(NotPossibleError, match="đã thu hồi"):
        asking.update(actor=city.hanh, document=document.pk, reason="x", changes={"subject": "y"})


def test_a_recall_from_some_can_be_followed_by_another(city: City, document: OutgoingDocument) -> None:
    first, second, _ = city.communes
    one = asking.recall(actor=city.hanh, document=document.pk, reason="Nhầm (mẫu)", agencies=[first.agency.pk])
    two = asking.recall(actor=city.hanh, document=document.pk, reason="Nhầm nữa (mẫu)", agencies=[second.agency.pk])
    assert [one.document_id, two.document_id] == [f"{document.document_id}#TH1", f"{document.document_id}#TH2"]
    assert fresh(document.pk).frozen_at is None
    assert [len(office.inbox()) for office in city.communes] == [2, 2, 1]


def test_a_recall_needs_a_reason_and_somebody_to_ask(city: City, document: OutgoingDocument) -> None:
    with pytest.raises(NotPossibleError, match="lý do"):
        asking.recall(actor=city.hanh, document=document.pk, reason="  ")
    for office in city.communes:
        office.report_to(document, "02", description="Sai thẩm quyền")
    with pytest.raises(NotPossibleError, match="Không nơi nhận nào"):
        asking.recall(actor=city.hanh, document=document.pk, reason="x")


def test_who_may_ask(city: City, document: OutgoingDocument) -> None:
    with pytest.raises(UnknownDocumentError):
        asking.recall(actor=city.cuong, document=document.pk, reason="x")
    with pytest.raises(NotAllowedError):
        asking.recall(actor=city.mai, document=document.pk, reason="x")


def test_an_update_shows_new_data_where_it_is_agreed_to(city: City, document: OutgoingDocument) -> None:
    first = city.communes[0]
    first.report_to(document, "01")
    order = asking.update(
        actor=city.hanh, document=document.pk, reason="Sửa trích yếu (mẫu)", changes={"subject": "Trích yếu đúng"}
    )
    assert order.standing is OutgoingState.SENT
    first.report_to(order, "15")
    row = next(row for row in board_of(fresh(document.pk)).rows if row.code == first.code)
    assert [(ask.ask, ask.agreed, ask.shown.subject if ask.shown else "") for ask in row.asks] == [
        (Ask.UPDATE, True, "Trích yếu đúng")
    ]
    assert fresh(document.pk).subject == document.subject


def test_an_update_of_nothing_or_to_something_wrong_is_refused(city: City, document: OutgoingDocument) -> None:
    with pytest.raises(NotPossibleError, match="Chưa có dữ liệu nào khác"):
        asking.update(actor=city.hanh, document=document.pk, reason="x", changes={"subject": document.subject})
    with pytest.raises(NotReadyError):
        asking.update(actor=city.hanh, document=document.pk, reason="x", changes={"signer_name": ""})


def test_taking_back_asks_only_those_who_have_not_accepted(city: City, document: OutgoingDocument) -> None:
    first, second, third = city.communes
    first.report_to(document, "03", description="Số đến 1")
    second.report_to(document, "01")
    agencies = [office.agency.pk for office in city.communes]
    asked = asking.take_back(actor=city.hanh, document=document.pk, reason="Gửi nhầm (mẫu)", agencies=agencies)
    assert [(one.code, one.done) for one in asked] == [(second.code, True), (third.code, True)]
    assert len(second.inbox(PackageKind.STATUS)) == 1
    second.report_to(document, "15")
    assert labels(document) == {
        first.code: "Đã tiếp nhận", second.code: "Đã lấy lại", third.code: "Bên gửi xin lấy lại"
    }  # fmt: skip


def test_a_replacement_ends_the_old_document_where_the_new_is_accepted(city: City, document: OutgoingDocument) -> None:
    new = drafting.create_replacement(actor=city.hanh, document=document.pk, reason="Sai nội dung (mẫu)")
    add_file(city, new)
    new = fresh(new.pk)
    drafting.save_draft(
        actor=city.hanh, document=new.pk, version=new.version,
        changes={"place": "Thành phố Mẫu", "signer_name": "Nguyễn Văn Mẫu", "signer_position": "Giám đốc"},
    )  # fmt: skip
    done = send(actor=city.hanh, document=new.pk, version=None, not_secret=True, twins_seen=True)
    assert (done.standing, done.code) == (OutgoingState.SENT, "02/SGD-VP")
    city.communes[0].report_to(done, "03", description="Số đến 9")
    assert labels(document)[city.communes[0].code] == "Đã được thay thế"


def test_orders_take_no_number_of_the_register(city: City, document: OutgoingDocument) -> None:
    asking.recall(actor=city.hanh, document=document.pk, reason="Nhầm (mẫu)")
    lines = outgoing_register(city.hanh, book_id=document.book_id or 0, year=document.year or 0)
    assert [line.code for line in lines] == ["01/SGD-VP"]
    assert [line.note for line in lines] == ["Đã thu hồi"]
    assert len(list_outgoing(city.hanh, OutgoingFilter(view="order"))) == 1
