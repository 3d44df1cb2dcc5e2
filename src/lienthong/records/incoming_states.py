"""What may happen to an incoming document, as a table. Pure.

The axis folds what agencies *report* (``exchange.states``); this says what people of the agency may *do* next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.db import models

from edxml102.codes import StatusCode
from lienthong.ledger.kinds import EventKind


class IncomingState(models.TextChoices):
    """Where an incoming document stands in its agency. ``ANSWERED``: a recall or update that has its answer."""

    ARRIVED = "arrived", "Chưa tiếp nhận"
    REFUSED = "refused", "Đã trả lại"
    REGISTERED = "registered", "Đã vào sổ"
    ASSIGNED = "assigned", "Đã phân công"
    IN_PROGRESS = "in_progress", "Đang xử lý"
    DONE = "done", "Hoàn thành"
    CANCELLED = "cancelled", "Đã hủy"
    REPLACED = "replaced", "Đã được thay thế"
    ANSWERED = "answered", "Đã trả lời"

    @property
    def is_ended(self) -> bool:
        """Nothing more can be done with it."""
        return self in _ENDED

    @property
    def is_open(self) -> bool:
        """Somebody still has work with it."""
        return self in OPEN


_S = IncomingState
_ENDED = frozenset({_S.REFUSED, _S.CANCELLED, _S.REPLACED, _S.ANSWERED})
OPEN = frozenset({_S.ARRIVED, _S.REGISTERED, _S.ASSIGNED, _S.IN_PROGRESS})


class Step(Enum):
    """What people do with an incoming document: name, past tense for its history, event, and what the issuer is told
    by itself (``None``: nothing)."""

    REGISTER = ("register", "Tiếp nhận và vào sổ", EventKind.INCOMING_REGISTERED, StatusCode.ACCEPTED)
    REFUSE = ("refuse", "Từ chối tiếp nhận", EventKind.INCOMING_REFUSED, StatusCode.REFUSED)
    ASSIGN = ("assign", "Phân công xử lý", EventKind.INCOMING_ASSIGNED, StatusCode.ASSIGNED)
    UNDO_ASSIGN = ("undo_assign", "Bỏ phân công", EventKind.INCOMING_ASSIGNMENT_UNDONE, None)
    START = ("start", "Bắt đầu xử lý", EventKind.INCOMING_STARTED, StatusCode.IN_HANDLING)
    FINISH = ("finish", "Hoàn thành xử lý", EventKind.INCOMING_FINISHED, StatusCode.FINISHED)
    FORWARD = ("forward", "Chuyển tiếp", EventKind.INCOMING_FORWARDED, None)
    AGREE = ("agree", "Đồng ý yêu cầu của bên gửi", EventKind.INCOMING_ASK_ANSWERED, None)
    DECLINE = ("decline", "Từ chối yêu cầu của bên gửi", EventKind.INCOMING_ASK_ANSWERED, None)

    def __new__(cls, value: str, *_: object) -> Step:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str, event: EventKind, code: StatusCode | None) -> None:
        self.label = label
        self.event = event
        self.code = code


@dataclass(frozen=True, slots=True)
class Move:
    """From which states a step may be taken, and where it leads; ``None``: the document stays where it is."""

    starts: frozenset[IncomingState]
    to: IncomingState | None


_WORK = frozenset({_S.REGISTERED, _S.ASSIGNED, _S.IN_PROGRESS})
MOVES: Mapping[Step, Move] = {
    Step.REGISTER: Move(frozenset({_S.ARRIVED}), _S.REGISTERED),
    Step.REFUSE: Move(frozenset({_S.ARRIVED}), _S.REFUSED),
    # Assigned once more it only gets other hands: work that began goes on.
    Step.ASSIGN: Move(frozenset({_S.REGISTERED, _S.ASSIGNED}), _S.ASSIGNED),
    Step.UNDO_ASSIGN: Move(frozenset({_S.ASSIGNED}), _S.REGISTERED),
    Step.START: Move(frozenset({_S.REGISTERED, _S.ASSIGNED}), _S.IN_PROGRESS),
    Step.FINISH: Move(_WORK, _S.DONE),
    Step.FORWARD: Move(_WORK | {_S.DONE}, None),
}
"""Steps of a document that nothing is asked about. Answers are not here: they depend on what was asked."""

# A recall or update is nothing but its question: what it asks is answered, it is never registered itself.
_ORDERS = frozenset({"1", "2"})


def is_order(business_type: str) -> bool:
    """Whether a document of this business type only asks something about another."""
    return business_type in _ORDERS


def steps_of(state: IncomingState, *, business_type: str, is_asked: bool) -> list[Step]:
    """What may be done next. While the issuer waits for an answer, only answering."""
    if is_asked:
        return [Step.AGREE, Step.DECLINE]
    if is_order(business_type):
        return []
    return [step for step, move in MOVES.items() if state in move.starts]


def after(step: Step, state: IncomingState) -> IncomingState:
    """Where the document stands after a step that is allowed."""
    return MOVES[step].to or state
