"""Every exercise turns green when its work is done as people do it, and not before."""

from __future__ import annotations

from typing import Any

import pytest

from lienthong.accounts.actors import Actor
from lienthong.accounts.roles import Role
from lienthong.cli.training.materials import PREPARE
from lienthong.common import clock
from lienthong.exchange import attention
from lienthong.exchange.dispatching.worker import Worker
from lienthong.exchange.models import Delivery
from lienthong.exchange.states import DeliveryState
from lienthong.records.desk import DeskConnector
from lienthong.records.incoming import assign, register
from lienthong.records.models import Book, Direction, IncomingDocument
from lienthong.records.outgoing.services import asking
from lienthong.records.outgoing.services.following import remind
from lienthong.records.outgoing.services.sending import send
from lienthong.records.reporting import send_due
from lienthong.training.errors import TrainingError
from lienthong.training.exercises import BY_SLUG, EXERCISES, MOST_STEPS
from lienthong.training.models import Attempt
from lienthong.training.selectors import list_standings, look_at, under_way, unprepared
from lienthong.training.services import answer_question, begin_exercise, hand_out
from tests import packages
from tests.records.outgoing.cast import City, ready
from tests.records.people import make_person


def begin(actor: Actor, slug: str, **material: Any) -> None:
    attempt = begin_exercise(actor=actor, slug=slug)
    hand_out(attempt=attempt, material=material)


def done(actor: Actor, slug: str) -> int:
    return look_at(actor, BY_SLUG[slug]).done


def arrive(city: City) -> IncomingDocument:
    """A letter of the first commune lies on the desk of Sở Giáo dục."""
    sender = city.communes[0]
    sender.send(packages.document(sender.code, "H99.04", priority="3"))
    carry()
    return IncomingDocument.objects.get(agency=city.sender)


def carry() -> None:
    Worker({"desk": DeskConnector()}).drain()
    send_due()


def open_it(incoming: IncomingDocument, actor: Actor) -> None:
    from lienthong.records.incoming import mark_opened

    mark_opened(actor=actor, incoming_id=incoming.pk)


def test_every_exercise_is_small_and_has_what_it_needs() -> None:
    for exercise in EXERCISES:
        assert 1 <= len(exercise.steps) <= MOST_STEPS
        assert not exercise.material or exercise.material in PREPARE
        assert all(step.hint for step in exercise.steps)


def test_registering_an_urgent_document(city: City) -> None:
    book = Book.objects.create(agency=city.sender, direction=Direction.INCOMING, name="Sổ văn bản đến")
    slug, incoming = "vao-so-van-ban-khan", arrive(city)
    begin(city.hanh, slug, document_id=incoming.document_id)
    assert done(city.hanh, slug) == 0
    open_it(incoming, city.hanh)
    assert done(city.hanh, slug) == 1
    register(actor=city.hanh, incoming_id=incoming.pk, book_id=book.pk)
    assert done(city.hanh, slug) == 2
    send_due()
    assert done(city.hanh, slug) == 3
    assert look_at(city.hanh, BY_SLUG[slug]).is_done
    assert under_way(city.hanh) is None


def test_sending_to_all_communes_and_reminding(city: City) -> None:
    slug = "gui-tat-ca-xa"
    begin(city.hanh, slug)
    ready(city, city.communes[0].agency)
    assert done(city.hanh, slug) == 1, "one commune is not all of them"
    document = ready(city, *(office.agency for office in city.communes), city.paper)
    assert done(city.hanh, slug) == 2
    document = send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    assert done(city.hanh, slug) == 3
    remind(actor=city.hanh, document=document.pk, agencies=[city.communes[1].agency.pk])
    assert done(city.hanh, slug) == 4


def test_recalling_a_document(city: City) -> None:
    slug = "thu-hoi-van-ban"
    begin_exercise(actor=city.hanh, slug=slug)
    document = send(actor=city.hanh, document=ready(city).pk, version=None, not_secret=True)
    assert done(city.hanh, slug) == 1
    order = asking.recall(actor=city.hanh, document=document.pk, reason="Sai số liệu (mẫu)")
    assert done(city.hanh, slug) == 2
    city.communes[0].report_to(order, "16", description="Đã triển khai")
    assert done(city.hanh, slug) == 2, "a refusal is no agreement"
    city.communes[1].report_to(order, "15")
    assert done(city.hanh, slug) == 3


def test_finding_a_half_remembered_document(city: City) -> None:
    slug, incoming = "tim-van-ban", arrive(city)
    begin(city.hanh, slug, document_id=incoming.document_id, answer="215")
    open_it(incoming, city.hanh)
    answer_question(actor=city.hanh, slug=slug, answer="216")
    assert done(city.hanh, slug) == 1
    answer_question(actor=city.hanh, slug=slug, answer="  215 ")
    assert done(city.hanh, slug) == 2


def test_assigning_on_the_phone(city: City) -> None:
    book = Book.objects.create(agency=city.sender, direction=Direction.INCOMING, name="Sổ văn bản đến")
    slug, incoming = "phan-cong-tren-dien-thoai", arrive(city)
    officer = make_person("lan", "Phạm Thị Lan", Role.OFFICER, city.sender)
    register(actor=city.hanh, incoming_id=incoming.pk, book_id=book.pk)
    begin(city.mai, slug, document_id=incoming.document_id)
    open_it(incoming, city.mai)
    assign(actor=city.mai, incoming_id=incoming.pk, text="Xử lý", officers=[officer.user_id])
    assert done(city.mai, slug) == 1, "without a deadline it is not done"
    assign(actor=city.mai, incoming_id=incoming.pk, text="Xử lý", officers=[officer.user_id], due_date=clock.today())
    assert done(city.mai, slug) == 2
    send_due()
    assert done(city.mai, slug) == 3


def test_redirecting_a_package_that_is_stuck(city: City) -> None:
    slug, (sender, stuck, other) = "chuyen-huong-goi-tin", city.communes
    van = make_operator()
    receipt = sender.send(packages.document(sender.code, stuck.code))
    delivery = Delivery.objects.get(package__document_id=receipt.doc_id)
    Delivery.objects.update(state=DeliveryState.GIVEN_UP.value, cause="webhook.refused")
    begin(van, slug, document=str(receipt.doc_id), answer="webhook.refused")
    assert done(van, slug) == 0
    answer_question(actor=van, slug=slug, answer="Webhook.Refused")
    assert done(van, slug) == 1
    attention.redirect(
        delivery_id=str(delivery.pk), to_code=other.code, actor=attention.Actor(name="van"), reason="Hộp thư đầy"
    )
    assert done(van, slug) == 2
    waiting = other.inbox()[0]
    other.fetch(waiting.doc_id)
    other.confirm(waiting.doc_id)
    assert done(van, slug) == 3


def make_operator() -> Actor:
    from lienthong.accounts.models import User

    user = User.objects.create(username="van", full_name="Bùi Văn Vận", created_at=clock.now())
    return Actor(user_id=user.pk, name=user.full_name, roles=frozenset({Role.OPERATOR}))


def test_steps_count_in_order_and_stay_done(city: City) -> None:
    book = Book.objects.create(agency=city.sender, direction=Direction.INCOMING, name="Sổ văn bản đến")
    slug, incoming = "vao-so-van-ban-khan", arrive(city)
    begin(city.hanh, slug, document_id=incoming.document_id)
    register(actor=city.hanh, incoming_id=incoming.pk, book_id=book.pk)
    assert done(city.hanh, slug) == 0, "it was never opened"


def test_beginning_again_takes_the_mark_away_and_asks_for_new_material(city: City) -> None:
    slug = "tim-van-ban"
    begin(city.hanh, slug, document_id="x", answer="1")
    Attempt.objects.update(done_at=clock.now(), steps_done=2)
    again = begin_exercise(actor=city.hanh, slug=slug)
    assert [one.pk for one in unprepared()] == [again.pk]
    standing = next(one for one in list_standings(city.hanh) if one.exercise.slug == slug)
    assert (standing.is_done, standing.is_waiting, standing.done) == (False, True, 0)


def test_an_exercise_is_for_its_role(city: City) -> None:
    with pytest.raises(TrainingError, match="lãnh đạo"):
        begin_exercise(actor=city.hanh, slug="phan-cong-tren-dien-thoai")
    with pytest.raises(TrainingError) as refused:
        begin_exercise(actor=city.hanh, slug="khong-co")
    assert refused.value.code == "training.exercise_unknown"
