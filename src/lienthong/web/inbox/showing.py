"""Incoming documents in the words, colours and icons of the pages. Pure, but for what it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lienthong.common import clock
from lienthong.exchange.signatures.results import Result
from lienthong.exchange.signatures.selectors import StoredPackage, StoredPart
from lienthong.records.deadlines import ClockState, Deadline
from lienthong.records.incoming_states import IncomingState, is_order
from lienthong.records.models import IncomingAct, IncomingDocument
from lienthong.web import wording

_TONES = {
    IncomingState.ARRIVED: ("neutral", "circle-dashed"),
    IncomingState.REFUSED: ("red", "arrow-back-up"),
    IncomingState.REGISTERED: ("blue", "book-2"),
    IncomingState.ASSIGNED: ("blue", "user-check"),
    IncomingState.IN_PROGRESS: ("blue", "progress"),
    IncomingState.DONE: ("green", "circle-check"),
    IncomingState.CANCELLED: ("red", "circle-x"),
    IncomingState.REPLACED: ("neutral", "versions"),
    IncomingState.ANSWERED: ("green", "checks"),
}
_ASKED = {
    "recall": "Bên gửi xin thu hồi",
    "update": "Bên gửi xin cập nhật",
    "take_back": "Bên gửi xin lấy lại",
}
_VERDICTS = {
    Result.VALID: "green",
    Result.VALID_WITH_WARNINGS: "orange",
    Result.INDETERMINATE: "orange",
    Result.UNSIGNED: "neutral",
    Result.INVALID: "red",
}
_CLOCKS = {
    ClockState.RUNNING: ("", "clock"),
    ClockState.TODAY: ("today", "clock"),
    ClockState.LATE: ("late", "clock-exclamation"),
    ClockState.MET: ("done", "circle-check"),
    ClockState.MET_LATE: ("done-late", "checks"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as ``{% badge %}`` wants it."""

    tone: str
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline in words; days end with the day, so no hour is told unless one runs."""

    kind: str
    text: str
    icon: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    document: IncomingDocument
    badge: Badge
    clock: Clock | None
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline."""

    title: str
    at: datetime
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the signatures of one part of the package, in words."""

    part: str
    badge: Badge
    signers: list[str]
    findings: list[str]


def badge_of(document: IncomingDocument) -> Badge:
    """Where the document stands; what its issuer waits for comes first."""
    if document.asked:
        return Badge("orange", _ASKED.get(document.asked, "Bên gửi yêu cầu"), "alert-triangle")
    standing = document.standing
    tone, icon = _TONES[standing]
    label = standing.label
    if standing is IncomingState.ARRIVED and is_order(document.business_type):
        label = "Yêu cầu của bên gửi"
    return Badge(tone, label, icon)


def clock_of(deadline: Deadline | None, now: datetime) -> Clock | None:
    """A deadline as lists show it."""
    if deadline is None:
        return None
    kind, icon = _CLOCKS[deadline.state(now)]
    title = f"{deadline.kind.label}: {deadline.source}" if deadline.source else deadline.kind.label
    return Clock(kind, _clock_text(deadline, now), icon, title)


def _clock_text(deadline: Deadline, now: datetime) -> str:
    state = deadline.state(now)
    if state is ClockState.MET:
        return "đúng hạn"
    if state is ClockState.MET_LATE and deadline.met_at is not None:
        return f"trễ hạn {wording.span(deadline.met_at - deadline.due_at)}"
    if state is ClockState.LATE:
        return f"quá hạn {wording.span(now - deadline.due_at)}"
    hour = f" {clock.in_vietnam(deadline.due_at):%H:%M}" if deadline.is_to_the_minute else ""
    if state is ClockState.TODAY:
        return f"hạn hôm nay{hour}"
    return f"hạn {deadline.due_day:%d/%m}{hour}"


def steps_of(acts: Iterable[IncomingAct]) -> list[Step]:
    """The history, the oldest first; the last step is where things stand."""
    listed = list(acts)
    failed = {"refuse", "report_refused", "cancelled"}
    return [
        Step(
            act.label,
            act.at,
            " – ".join(filter(None, [act.actor, act.detail])),
            "failed" if act.kind in failed else "now" if act is listed[-1] else "done",
        )
        for act in listed
    ]


def verdicts_of(packages: Iterable[StoredPackage]) -> list[Verdict]:
    """Every part of the newest package that was checked."""
    newest = list(packages)[-1:]
    return [_verdict(part) for package in newest for part in package.parts if _says_something(part)]


def _says_something(part: StoredPart) -> bool:
    return part.part.value != "envelope" or part.result is not Result.UNSIGNED


def _verdict(part: StoredPart) -> Verdict:
    icon = {"green": "shield-check", "red": "circle-x"}.get(_VERDICTS[part.result], "info-circle")
    signers = [_signer(one) for one in part.signatures]
    name = f"{part.part.label}: {part.name}" if part.name else part.part.label
    findings = [found["message"] for found in part.findings if found["effect"] != "note"]
    return Verdict(name, Badge(_VERDICTS[part.result], part.result.label, icon), signers, findings)


def _signer(signature: dict[str, object]) -> str:
    at = signature.get("signed_at")
    moment = f", ký {wording.full(datetime.fromisoformat(str(at)))}" if at else ""
    organization = f" ({signature['organization']})" if signature.get("organization") else ""
    return f"{signature.get('name') or 'Không rõ người ký'}{organization}{moment}"
