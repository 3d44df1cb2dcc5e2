"""How a recipient of a sent document stands, in the words of the office: word, tone, how much trouble it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lienthong.exchange.states import DeliveryState, RecipientState


class Tone(Enum):
    """Colours by meaning (ux.md)."""

    NEUTRAL = "neutral"
    UNDER_WAY = "blue"
    GOOD = "green"
    WARNING = "orange"
    BAD = "red"
    ASIDE = "teal"


class Group(Enum):
    """What the bar counts, and what the board can be narrowed to."""

    TROUBLE = ("trouble", "Cần xử lý")
    REFUSED = ("refused", "Từ chối")
    MISSING = ("missing", "Chưa đến")
    ARRIVED = ("arrived", "Đã đến, chưa tiếp nhận")
    ACCEPTED = ("accepted", "Đã tiếp nhận")
    ASKED = ("asked", "Chờ trả lời yêu cầu")
    ENDED = ("ended", "Đã thu hồi, thay thế")
    PAPER = ("paper", "Bản giấy")

    def __new__(cls, value: str, label: str = "") -> Group:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one recipient. ``transport`` is ``None`` where no delivery exists; ``why``: the reason."""

    by_axis: bool
    transport: DeliveryState | None = None
    state: RecipientState = RecipientState.SENT
    why: str = ""
    description: str = ""
    attempts: int = 0
    is_late: bool = False
    paper_told: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """``rank`` sorts trouble first; ``text`` is a whole sentence, ``label`` the short word."""

    group: Group
    label: str
    tone: Tone
    rank: int
    text: str = ""

    @property
    def icon(self) -> str:
        return _ICONS[self.tone]


_ICONS = {
    Tone.NEUTRAL: "circle",
    Tone.UNDER_WAY: "circle-dot",
    Tone.GOOD: "check",
    Tone.WARNING: "clock",
    Tone.BAD: "alert",
    Tone.ASIDE: "file",
}
_STOPPED = {
    DeliveryState.GIVEN_UP: "Chưa đến, ngừng thử lại",
    DeliveryState.BLOCKED: "Trục chặn sau kiểm tra",
}
_REFUSED = {RecipientState.REJECTED: "Bên nhận từ chối", RecipientState.DECLINED: "Từ chối yêu cầu"}
_ASKED = {RecipientState.RECALL_ASKED, RecipientState.UPDATE_ASKED, RecipientState.TAKEBACK_ASKED}
_ENDED = {RecipientState.RECALLED, RecipientState.TAKEN_BACK, RecipientState.REPLACED, RecipientState.AGREED}
_WORKED_ON = {
    RecipientState.ACCEPTED, RecipientState.ASSIGNED, RecipientState.IN_PROGRESS, RecipientState.DONE
}  # fmt: skip


def word_of(facts: Facts) -> Word:
    """How a recipient stands."""
    if not facts.by_axis:
        return Word(Group.PAPER, "Bản giấy", Tone.ASIDE, 80)
    if facts.transport is DeliveryState.ON_PAPER or (facts.transport is None and facts.paper_told):
        return Word(Group.PAPER, "Đã báo gửi bản giấy", Tone.ASIDE, 81, facts.why)
    if facts.transport is None:
        return Word(Group.TROUBLE, "Không gửi được", Tone.BAD, 0, facts.why)
    if facts.transport in _STOPPED:
        return Word(Group.TROUBLE, _STOPPED[facts.transport], Tone.BAD, 0, facts.why)
    return _by_state(facts)


def _by_state(facts: Facts) -> Word:
    state, told = facts.state, facts.description
    if state in _REFUSED:
        return Word(Group.REFUSED, _REFUSED[state], Tone.BAD, 10, told)
    if state in _ASKED:
        return Word(Group.ASKED, state.label, *((Tone.BAD, 25) if facts.is_late else (Tone.WARNING, 30)), told)
    if state in _ENDED:
        return Word(Group.ENDED, state.label, Tone.NEUTRAL, 70, told)
    if state in _WORKED_ON:
        return Word(Group.ACCEPTED, state.label, Tone.GOOD, 60, told)
    if state is RecipientState.ARRIVED:
        label = "Đã đến, quá hạn tiếp nhận" if facts.is_late else "Đã đến"
        return Word(Group.ARRIVED, label, *((Tone.BAD, 22) if facts.is_late else (Tone.UNDER_WAY, 50)))
    return _on_the_way(facts)


def _on_the_way(facts: Facts) -> Word:
    if facts.transport is DeliveryState.CANCELLED:
        return Word(Group.ENDED, facts.transport.label, Tone.NEUTRAL, 71)
    if facts.transport is DeliveryState.DELIVERED:
        label = "Đã giao, chưa báo đã đến" if facts.is_late else "Đã giao hệ thống nơi nhận"
        return Word(Group.ARRIVED, label, *((Tone.BAD, 21) if facts.is_late else (Tone.UNDER_WAY, 45)))
    if facts.transport is DeliveryState.HELD:
        return Word(Group.MISSING, "Trục đang kiểm tra", Tone.UNDER_WAY, 35)
    if facts.transport is DeliveryState.FAILED:
        return Word(Group.MISSING, f"Chưa đến, đang thử lại lần {facts.attempts + 1}", Tone.WARNING, 15, facts.why)
    label, tone, rank = ("Chưa đến, quá hạn", Tone.BAD, 14) if facts.is_late else ("Chưa đến nơi", Tone.NEUTRAL, 40)
    return Word(Group.MISSING, label, tone, rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The bar above the board. ``total``: those reached through the axis."""

    total: int
    arrived: int
    accepted: int
    refused: int
    missing: int
    trouble: int
    late: int
    paper: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A recipient as the bar counts it."""

    word: Word
    is_late: bool
    has_arrived: bool


_OF_ORDERS = {RecipientState.AGREED, RecipientState.DECLINED}
_ANSWERED = {RecipientState.ARRIVED, RecipientState.REJECTED, *_OF_ORDERS, *_WORKED_ON}


def has_arrived(facts: Facts) -> bool:
    """Whether the bytes got there: the axis brought them, or the recipient itself says so. What was recalled before it
    was fetched never arrived."""
    return facts.by_axis and (facts.transport is DeliveryState.DELIVERED or facts.state in _ANSWERED)


def tally(rows: list[Counted]) -> Tally:
    """Count the recipients."""
    groups = [row.word.group for row in rows]
    count = {group: groups.count(group) for group in Group}
    paper = count[Group.PAPER]
    return Tally(
        total=len(rows) - paper,
        arrived=sum(row.has_arrived and row.word.group is not Group.PAPER for row in rows),
        accepted=count[Group.ACCEPTED],
        refused=count[Group.REFUSED],
        missing=count[Group.MISSING],
        trouble=count[Group.TROUBLE],
        late=sum(row.is_late for row in rows),
        paper=paper,
    )
