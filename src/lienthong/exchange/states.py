"""The two state machines, pure: transport of a delivery, and business status of a document at one recipient.

They are never mixed (design section 5). The business state is a fold over all events ordered by event time, then
arrival (specification 5.1): late, repeated and out-of-order reports are kept and never move it backwards. Which moves
exist is not written here: ``Moves`` comes from the rule set of the day the document was signed (``rule_sets``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum


class DeliveryState(Enum):
    """Did the bytes get there? ``is_open``: the recipient system still sees the item in its list. HELD and BLOCKED:
    a guard of the axis keeps the item from the recipient, for now or for good."""

    WAITING = ("waiting", "Chờ nhận", True)
    LEASED = ("leased", "Đang lấy", True)
    DELIVERED = ("delivered", "Đã nhận", False)
    FAILED = ("failed", "Nhận lỗi, sẽ thử lại", True)
    GIVEN_UP = ("given_up", "Ngừng thử lại", False)
    REDIRECTED = ("redirected", "Đã chuyển hướng", False)
    ON_PAPER = ("on_paper", "Đã báo gửi bản giấy", False)
    CANCELLED = ("cancelled", "Đã hủy do thu hồi hoặc lấy lại", False)
    HELD = ("held", "Trục đang kiểm tra", False)
    BLOCKED = ("blocked", "Bị chặn sau kiểm tra", False)

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
    """What the recipient agency says it did (specification 5.1). ``rank`` orders progress; ``final`` ends it;
    ``cancelled``: the content is no longer for the recipient to read."""

    SENT = ("sent", "Đã gửi", 0, False)
    NOT_SENT = ("not_sent", "Không gửi được", 0, True)
    ARRIVED = ("arrived", "Đã đến", 1, False)
    REJECTED = ("rejected", "Từ chối tiếp nhận", 0, True)
    ACCEPTED = ("accepted", "Đã tiếp nhận", 3, False)
    ASSIGNED = ("assigned", "Đã phân công", 4, False)
    IN_PROGRESS = ("in_progress", "Đang xử lý", 5, False)
    DONE = ("done", "Hoàn thành", 6, False)
    TAKEBACK_ASKED = ("takeback_asked", "Bên gửi xin lấy lại", 0, False)
    TAKEN_BACK = ("taken_back", "Đã lấy lại", 0, True, True)
    RECALL_ASKED = ("recall_asked", "Bên gửi thu hồi", 0, False)
    RECALLED = ("recalled", "Đã thu hồi", 0, True, True)
    UPDATE_ASKED = ("update_asked", "Bên gửi xin cập nhật", 0, False)
    REPLACED = ("replaced", "Đã được thay thế", 0, True)
    # At the recipients of a recall or update itself, once they answered it.
    AGREED = ("agreed", "Đã đồng ý", 0, True)
    DECLINED = ("declined", "Đã từ chối yêu cầu", 0, True)

    def __new__(
        cls, value: str, label: str = "", rank: int = 0, final: bool = False, cancelled: bool = False
    ) -> RecipientState:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(
        self, value: str, label: str = "", rank: int = 0, final: bool = False, cancelled: bool = False
    ) -> None:
        self.label = label
        self.rank = rank
        self.final = final
        self.cancelled = cancelled


class Ask(Enum):
    """What an issuer asks of a recipient: by a document of business type 1, 2 or 3, or (taking back) by a report.

    ``is_order``: the document that asks is nothing but the question, and answering ends its own life.
    """

    RECALL = ("recall", "Thu hồi", True)
    UPDATE = ("update", "Cập nhật", True)
    REPLACE = ("replace", "Thay thế", False)
    TAKE_BACK = ("take_back", "Lấy lại", False)

    def __new__(cls, value: str, label: str = "", is_order: bool = False) -> Ask:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", is_order: bool = False) -> None:
        self.label = label
        self.is_order = is_order


@dataclass(frozen=True, slots=True)
class AskMoves:
    """How one kind of ask moves a document: states it may be asked in (``starts``), the state shown while it waits
    (``asked``; ``None``: it waits unseen), codes that agree and decline, the state after agreeing (``None``: the one
    before)."""

    starts: frozenset[RecipientState]
    asked: RecipientState | None
    agree: frozenset[str]
    decline: frozenset[str]
    agreed: RecipientState | None


@dataclass(frozen=True, slots=True)
class Moves:
    """All allowed moves. ``steps``: state and reported code → state; ``asking``: code that asks → what it asks."""

    steps: Mapping[tuple[RecipientState, str], RecipientState]
    asks: Mapping[Ask, AskMoves]
    asking: Mapping[str, Ask]

    def can_ask(self, ask: Ask, state: RecipientState) -> bool:
        return state in self.asks[ask].starts


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a document at a recipient: a reported ``code``, or an ``ask`` of its issuer.

    ``ask_id`` is the id of the ask; of a report it names the ask that is answered (``None``: it names none).
    ``agreed`` says how a question was answered that was settled at the asking document. ``stamp`` is the time that the
    report itself carries, as text.
    """

    at: datetime
    order: int
    code: str = ""
    ask: Ask | None = None
    description: str = ""
    ask_id: int | None = None
    agreed: bool | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class OpenAsk:
    """A question without an answer. ``own``: the document itself asks it."""

    ask: Ask
    ask_id: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an ask, by a report of ``code`` at ``at``."""

    open: OpenAsk
    agreed: bool
    code: str
    at: datetime
    description: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a document stands at a recipient. ``before`` is the state beneath the questions that are open, to which it
    returns when they are declined."""

    state: RecipientState = RecipientState.SENT
    before: RecipientState = RecipientState.SENT
    code: str = ""
    at: datetime | None = None
    description: str = ""
    open: tuple[OpenAsk, ...] = ()
    answers: tuple[Answer, ...] = ()


def apply(standing: Standing, event: Event, moves: Moves) -> Standing:
    """One step of the fold. Whatever is not a listed move changes nothing (specification 5.1, rule 1)."""
    if standing.state.final:
        return standing
    if event.ask is not None:
        return _asked(standing, event, OpenAsk(event.ask, event.ask_id), moves)
    if event.code in moves.asking:
        ask = moves.asking[event.code]
        known = any(question.ask is ask for question in standing.open)
        if known or not moves.can_ask(ask, standing.before):
            return standing
        return replace(_asked(standing, event, OpenAsk(ask), moves), code=event.code)
    question = question_answered(standing, event, moves)
    if question is not None:
        return _answered(standing, event, question, moves)
    return standing if event.ask_id is not None else _stepped(standing, event, moves)


def question_answered(standing: Standing, event: Event, moves: Moves) -> OpenAsk | None:
    """The open question that a report answers: the one it names, or else the latest that its code can answer.

    A replacement is answered by ordinary codes too (03 for the new document), so unless it is named, the old document's
    own progress comes first.
    """
    for question in reversed(standing.open):
        rule = moves.asks[question.ask]
        if event.ask_id is not None and event.ask_id != question.ask_id:
            continue
        if event.agreed is not None:
            return question
        if event.code not in rule.agree | rule.decline:
            continue
        unseen = rule.asked is None and not question.own and event.ask_id is None
        if unseen and (standing.before, event.code) in moves.steps:
            continue
        return question
    return None


def _asked(standing: Standing, event: Event, question: OpenAsk, moves: Moves) -> Standing:
    changed = replace(standing, open=(*standing.open, question))
    if moves.asks[question.ask].asked is None:
        return changed
    return replace(_shown(changed, moves), at=event.at, description=event.description)


def _answered(standing: Standing, event: Event, question: OpenAsk, moves: Moves) -> Standing:
    rule = moves.asks[question.ask]
    agreed = event.agreed if event.agreed is not None else event.code in rule.agree
    answer = Answer(question, agreed, event.code, event.at, event.description)
    told = replace(
        standing,
        open=tuple(one for one in standing.open if one is not question),
        answers=(*standing.answers, answer),
    )
    if question.own and not question.ask.is_order:
        return _stepped(told, event, moves)
    told = replace(told, code=event.code or standing.code, at=event.at, description=event.description)
    if question.own:
        return _ended(told, RecipientState.AGREED if agreed else RecipientState.DECLINED)
    if agreed and rule.agreed is not None:
        return _ended(told, rule.agreed)
    return _shown(told, moves)


def _stepped(standing: Standing, event: Event, moves: Moves) -> Standing:
    """Ordinary progress. While a question is open it moves the state beneath, so that declining loses nothing."""
    state = moves.steps.get((standing.before, event.code))
    if state is None:
        return standing
    if state.final:
        return replace(_ended(standing, state), code=event.code, at=event.at, description=event.description)
    moved = _shown(replace(standing, before=state), moves)
    if moved.state is standing.state:
        return moved
    return replace(moved, code=event.code, at=event.at, description=event.description)


def _shown(standing: Standing, moves: Moves) -> Standing:
    """The latest question that shows covers the state beneath."""
    asked = [moves.asks[question.ask].asked for question in standing.open if not question.own]
    return replace(standing, state=next(filter(None, reversed(asked)), standing.before))


def _ended(standing: Standing, state: RecipientState) -> Standing:
    return replace(standing, state=state, before=state, open=())


def fold(
    events: Iterable[Event],
    moves: Moves,
    *,
    start: RecipientState = RecipientState.SENT,
    own: Ask | None = None,
) -> Standing:
    """Where the document stands after all events, whatever order they arrived in.

    :param own: what the document itself asks of its recipients
    """
    standing = Standing(state=start, before=start, open=(OpenAsk(own, own=True),) if own else ())
    for event in sorted(events, key=lambda event: (event.at, event.order)):
        standing = apply(standing, event, moves)
    return standing


def is_resent(known: Event, event: Event) -> bool:
    """Tell whether the same report came before: same code, with the same time of its own."""
    same_time = known.at == event.at or (bool(event.stamp) and known.stamp == event.stamp)
    return known.code == event.code and same_time
