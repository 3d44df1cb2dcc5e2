"""Prepares what exercises need. Each is asked again in every round until it answers the material."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edxml102.codes import Priority
from lienthong.accounts.actors import Actor as Person
from lienthong.accounts.roles import Role
from lienthong.cli.demo import city
from lienthong.cli.demo.packages import Draft
from lienthong.cli.training.cast import Cast, Letter, send
from lienthong.exchange.models import Delivery
from lienthong.exchange.states import DeliveryState
from lienthong.records.incoming import register
from lienthong.records.models import Book, Direction, IncomingDocument
from lienthong.records.refusals import RecordsRefusal
from lienthong.registry.models import AgencyIdentifier
from lienthong.training.exercises import BY_SLUG
from lienthong.training.models import Attempt
from lienthong.training.selectors import agency_of, open_materials, unprepared
from lienthong.training.services import cannot_hand_out, hand_out

Material = dict[str, Any]
QUIET_SYSTEM = "HUB.H99.33"
_FINANCE, _PUSHED_COMMUNE = city.DEPARTMENTS[2], "H99.31.12"


@dataclass
class Materials:
    """``letters``: what was sent for an attempt that is not ready yet."""

    cast: Cast
    letters: dict[tuple[int, Any], Letter] = field(default_factory=dict)

    def hand_out_due(self) -> None:
        """Prepare what people wait for, and keep the offices quiet that an exercise under way needs so."""
        for attempt in unprepared():
            try:
                material = PREPARE[BY_SLUG[attempt.exercise].material](self, attempt)
            except RecordsRefusal as error:
                cannot_hand_out(attempt=attempt, trouble=str(error))
                continue
            if material is not None:
                hand_out(attempt=attempt, material=material)
                self.letters.pop(_key(attempt), None)
        self._keep_quiet(bool(open_materials("quiet_district")))

    def _keep_quiet(self, wanted: bool) -> None:
        quiet = self.cast.orders.quiet_for_exercise
        (quiet.add if wanted else quiet.discard)(QUIET_SYSTEM)

    def letter(self, attempt: Attempt, sender: city.SampleAgency, subject: str, **how: object) -> Letter:
        """The letter of this attempt, sent when it is first asked for."""
        if _key(attempt) not in self.letters:
            sent = send(self.cast.actor(sender), subject, _code_of(attempt), **how)
            self.cast.orders.left_alone.add(sent.draft.document_id)
            self.letters[_key(attempt)] = sent
        return self.letters[_key(attempt)]


def _key(attempt: Attempt) -> tuple[int, Any]:
    return attempt.pk, attempt.started_at


def _code_of(attempt: Attempt) -> str:
    """Where the trainee works; the operator's letter goes to the commune of the story."""
    agency = agency_of(attempt.user_id)
    if agency is None:
        return _PUSHED_COMMUNE
    return AgencyIdentifier.objects.filter(agency=agency, valid_to=None).values_list("code", flat=True)[:1].get()


def _arrived(attempt: Attempt, letter: Letter) -> IncomingDocument | None:
    rows = IncomingDocument.objects.filter(agency=agency_of(attempt.user_id))
    return rows.filter(document_id=letter.draft.document_id).first()


def _urgent(materials: Materials, attempt: Attempt) -> Material | None:
    subject = "Công điện về việc ứng phó bão số 9 (mẫu)"
    letter = materials.letter(attempt, city.COMMITTEE, subject, priority=Priority.EXPRESS)
    return {"document_id": letter.draft.document_id} if _arrived(attempt, letter) else None


def _half_remembered(materials: Materials, attempt: Attempt) -> Material | None:
    subject = "Về việc đẩy nhanh giải ngân vốn đầu tư công (mẫu)"
    letter = materials.letter(attempt, _FINANCE, subject)
    if _arrived(attempt, letter) is None:
        return None
    return {"document_id": letter.draft.document_id, "answer": str(letter.draft.number)}


def _registered(materials: Materials, attempt: Attempt) -> Material | None:
    letter = materials.letter(attempt, _FINANCE, "Về việc lập dự toán thu, chi ngân sách (mẫu)")
    arrived = _arrived(attempt, letter)
    if arrived is None:
        return None
    book = Book.objects.filter(agency=arrived.agency_id, direction=Direction.INCOMING, is_active=True).earliest("pk")
    clerk = Person(
        user_id=0,
        name="Trần Thị Hạnh (mẫu)",
        roles=frozenset({Role.CLERK}),
        agency_id=arrived.agency_id,
        agency_code=_code_of(attempt),
    )
    register(actor=clerk, incoming_id=arrived.pk, book_id=book.pk)
    return {"document_id": letter.draft.document_id}


def _quiet_district(materials: Materials, attempt: Attempt) -> Material | None:
    return {"quiet": QUIET_SYSTEM}


def _stuck(materials: Materials, attempt: Attempt) -> Material | None:
    """A letter that the commune's mailbox refuses for good."""
    if _key(attempt) not in materials.letters:
        sender = materials.cast.actor(_FINANCE)
        number = sender.next_number()
        materials.cast.mailbox.turned_away.add(_document_id(number))
        letter = send(sender, "Về việc quyết toán ngân sách phường (mẫu)", _PUSHED_COMMUNE, number=number)
        materials.letters[_key(attempt)] = letter
    letter = materials.letters[_key(attempt)]
    given_up = Delivery.objects.filter(
        package__document_id=letter.receipt.doc_id, state=DeliveryState.GIVEN_UP.value
    ).first()
    return {"document": letter.receipt.doc_id, "answer": given_up.cause} if given_up else None


def _document_id(number: int) -> str:
    return Draft(sender=_FINANCE, to=[], number=number, subject="", pdf=b"").document_id


PREPARE: dict[str, Callable[[Materials, Attempt], Material | None]] = {
    "urgent": _urgent,
    "half_remembered": _half_remembered,
    "registered": _registered,
    "quiet_district": _quiet_district,
    "stuck": _stuck,
}
