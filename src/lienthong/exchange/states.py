"""The two state machines, pure: transport of a delivery, and business status of a document at one recipient.

They are never mixed (design section 5). The business state is a fold over all reports ordered by event time, then
arrival (specification 5.1): late, repeated and out-of-order reports are kept and never move it backwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from edxml102.codes import StatusCode


class DeliveryState(Enum):
    """Did the bytes get there? ``is_open``: the recipient system still sees the item in its list."""

    WAITING = ("waiting", "Chờ nhận", True)
    LEASED = ("leased", "Đang lấy", True)
    DELIVERED = ("delivered", "Đã nhận", False)
    FAILED = ("failed", "Nhận lỗi, sẽ thử lại", True)
    GIVEN_UP = ("given_up", "Ngừng thử lại", False)
    REDIRECTED = ("redirected", "Đã chuyển hướng", False)
    ON_PAPER = ("on_paper", "Đã báo gửi bản giấy", False)

    def __new__(cls, value: str, label: str = "", is_open: bool = False) -> DeliveryState:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", is_open: bool = False) -> None:
        self.label = label
        self.is_open = is_open


class ActionKind(Enum):
    """What people may do about a delivery that was given up."""

    RESEND = ("resend", "Gửi lại")
    REDIRECT = ("redirect", "Chuyển hướng")
    PAPER = ("paper", "Báo giấy")

    def __new__(cls, value: str, label: str = "") -> ActionKind:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label


class RecipientState(Enum):
    """What the recipient agency says it did (specification 5.1). ``rank`` orders progress; ``final`` ends it."""

    SENT = ("sent", "Đã gửi", 0, False)
    NOT_SENT = ("not_sent", "Không gửi được", 0, True)
    ARRIVED = ("arrived", "Đã đến", 1, False)
    REJECTED = ("rejected", "Từ chối tiếp nhận", 0, True)
    ACCEPTED = ("accepted", "Đã tiếp nhận", 3, False)
    ASSIGNED = ("assigned", "Đã phân công", 4, False)
    IN_PROGRESS = ("in_progress", "Đang xử lý", 5, False)
    DONE = ("done", "Hoàn thành", 6, False)
    TAKEBACK_ASKED = ("takeback_asked", "Bên gửi xin lấy lại", 0, False)
    TAKEN_BACK = ("taken_back", "Đã lấy lại", 0, True)
    RECALL_ASKED = ("recall_asked", "Bên gửi thu hồi", 0, False)
    RECALLED = ("recalled", "Đã thu hồi", 0, True)
    UPDATE_ASKED = ("update_asked", "Bên gửi xin cập nhật", 0, False)
    REPLACED = ("replaced", "Đã được thay thế", 0, True)

    def __new__(cls, value: str, label: str = "", rank: int = 0, final: bool = False) -> RecipientState:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", rank: int = 0, final: bool = False) -> None:
        self.label = label
        self.rank = rank
        self.final = final

    @property
    def is_asked(self) -> bool:
        """The sender waits for the recipient's answer."""
        return self in _ANSWERS


class Ask(Enum):
    """What a document of business type 1, 2 or 3 asks of a recipient of the document it acts on."""

    RECALL = "1"
    UPDATE = "2"
    REPLACE = "3"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a document at a recipient: a status ``code``, or an ``ask`` of its sender."""

    at: datetime
    order: int
    code: str = ""
    ask: Ask | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a document stands at a recipient. ``before`` is the state to return to when an ask is declined."""

    state: RecipientState = RecipientState.SENT
    before: RecipientState = RecipientState.SENT
    code: str = ""
    at: datetime | None = None
    description: str = ""


_PROGRESS = {
    StatusCode.ARRIVED: RecipientState.ARRIVED,
    StatusCode.ACCEPTED: RecipientState.ACCEPTED,
    StatusCode.ASSIGNED: RecipientState.ASSIGNED,
    StatusCode.IN_HANDLING: RecipientState.IN_PROGRESS,
    StatusCode.FINISHED: RecipientState.DONE,
}
_YES, _NO = (StatusCode.AGREED,), (StatusCode.DECLINED,)
# State that waits for an answer: what agrees, what declines, and the state after agreeing (None: the one before).
_ANSWERS: dict[RecipientState, tuple[tuple[StatusCode, ...], tuple[StatusCode, ...], RecipientState | None]] = {
    RecipientState.TAKEBACK_ASKED: (_YES, _NO, RecipientState.TAKEN_BACK),
    RecipientState.RECALL_ASKED: (
        (*_YES, StatusCode.ACCEPTED), (*_NO, StatusCode.REFUSED), RecipientState.RECALLED
    ),
    RecipientState.UPDATE_ASKED: (_YES, _NO, None),
}  # fmt: skip
_ASKED = {Ask.RECALL: RecipientState.RECALL_ASKED, Ask.UPDATE: RecipientState.UPDATE_ASKED}


def next_state(state: RecipientState, before: RecipientState, code: StatusCode) -> RecipientState:
    """The state after one report; the same state when the report is not a listed move (specification 5.1)."""
    if state.final:
        return state
    if state in _ANSWERS:
        return _answered(state, before, code)
    if code is StatusCode.TAKE_BACK:
        # After 03 a recall document is needed (5.1, rule 3): an assumption of the specification.
        return RecipientState.TAKEBACK_ASKED if state.rank < RecipientState.ACCEPTED.rank else state
    if code is StatusCode.REFUSED:
        return RecipientState.REJECTED if state.rank < RecipientState.ACCEPTED.rank else state
    moved = _PROGRESS.get(code)
    return moved if moved and moved.rank > state.rank else state


def _answered(state: RecipientState, before: RecipientState, code: StatusCode) -> RecipientState:
    agrees, declines, agreed = _ANSWERS[state]
    if code in agrees:
        return agreed or before
    return before if code in declines else state


def apply(standing: Standing, event: Event) -> Standing:
    """One step of the fold. Unknown codes change nothing (rule: carried through, never guessed)."""
    if event.ask is not None:
        return _asked(standing, event)
    code = StatusCode.known(event.code)
    if code is None:
        return standing
    state = next_state(standing.state, standing.before, code)
    if state is standing.state:
        return _kept(standing, code)
    before = standing.state if state.is_asked else state
    return Standing(state=state, before=before, code=event.code, at=event.at, description=event.description)


def _kept(standing: Standing, code: StatusCode) -> Standing:
    """Progress reported while an answer is due moves the state to return to, so that declining loses nothing."""
    if not standing.state.is_asked or code not in _PROGRESS:
        return standing
    return replace(standing, before=next_state(standing.before, standing.before, code))


def _asked(standing: Standing, event: Event) -> Standing:
    if standing.state.final or event.ask is None:
        return standing
    if event.ask is Ask.REPLACE:
        return replace(standing, state=RecipientState.REPLACED, before=RecipientState.REPLACED, at=event.at)
    before = standing.before if standing.state.is_asked else standing.state
    return replace(standing, state=_ASKED[event.ask], before=before, at=event.at, description=event.description)


def fold(events: Iterable[Event], *, start: RecipientState = RecipientState.SENT) -> Standing:
    """Where the document stands after all events, whatever order they arrived in."""
    standing = Standing(state=start, before=start)
    for event in sorted(events, key=lambda event: (event.at, event.order)):
        standing = apply(standing, event)
    return standing


def is_repeat(events: list[Event], event: Event) -> bool:
    """Tell whether a report says nothing new: its code was reported before, and it has the same time or would not
    move the state. A second 13 after a declined first one does move it, so it is no repeat."""
    earlier = [known for known in events if known.code == event.code]
    if not earlier:
        return False
    return any(known.at == event.at for known in earlier) or fold([*events, event]) == fold(events)
