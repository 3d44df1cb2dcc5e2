"""Plays the incidents that trainees start and stop on the page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from django.conf import settings

from lienthong.cli.demo import city, pdf
from lienthong.cli.demo.actors import Actor
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.national_side import NationalSide
from lienthong.cli.training.build import BY_REST
from lienthong.cli.training.cast import Cast, Letter, send, write
from lienthong.cli.training.expired import sign_with_expired
from lienthong.client import AxisError
from lienthong.client.wire import options
from lienthong.common import clock
from lienthong.gateways.national.answers import VxpError
from lienthong.training.incidents import IncidentKind
from lienthong.training.models import Incident, IncidentState
from lienthong.training.selectors import asked_incidents, list_incidents
from lienthong.training.services import stop_incident, tell_incident

_COMMUNE = city.WORKPLACE_COMMUNE.code
_SLOW_SYSTEM, _REFUSING = "HUB.H99.33", "H99.31.11"
_HOME, _BUILDING = city.DEPARTMENTS[3], city.DEPARTMENTS[4]
_TIMEOUT = 20  # seconds


@dataclass(frozen=True, slots=True)
class Stage:
    """What incidents are played on. ``key`` is that of the agency on the REST interface."""

    cast: Cast
    national: NationalSide
    address: str
    key: str


Play = Callable[[Stage], str]


@dataclass(frozen=True, slots=True)
class Piece:
    """``begin`` and ``end`` answer what the page tells; one without ``end`` is over when it has begun."""

    begin: Play
    end: Play | None = None


def play_asked(stage: Stage) -> None:
    """Begin and end what was asked for; what fails is told and is over."""
    for row in asked_incidents():
        kind = IncidentKind(row.kind)
        try:
            _play(stage, row, kind)
        except (VxpError, AxisError, DemoError, httpx.HTTPError, OSError) as error:
            tell_incident(kind=kind, state=IncidentState.OFF, told=f"Không thực hiện được: {error}")


def _play(stage: Stage, row: Incident, kind: IncidentKind) -> None:
    piece = PIECES[kind]
    if row.state == IncidentState.ENDING:
        told = piece.end(stage) if piece.end else ""
        tell_incident(kind=kind, state=IncidentState.OFF, told=f"{told} ({_time()})")
    else:
        told = piece.begin(stage)
        state = IncidentState.ON if piece.end else IncidentState.OFF
        tell_incident(kind=kind, state=state, told=f"{told} ({_time()})")


def end_all(stage: Stage) -> None:
    """Leave nothing behind when the training ground closes."""
    for playing in list_incidents():
        if playing.is_on:
            stop_incident(kind=playing.script.kind)
    play_asked(stage)


def _time() -> str:
    return f"{clock.in_vietnam(clock.now()):%H:%M:%S}"


# --- Those that last --------------------------------------------------------------------------------------------------


def _quiet(stage: Stage) -> str:
    stage.cast.orders.quiet.add(_SLOW_SYSTEM)
    return "Huyện Gió Khơi (mẫu) đã ngừng lấy văn bản."


def _awake(stage: Stage) -> str:
    stage.cast.orders.quiet.discard(_SLOW_SYSTEM)
    return "Huyện Gió Khơi (mẫu) lấy văn bản trở lại."


def _refuse(stage: Stage) -> str:
    stage.cast.orders.refusing.add(_REFUSING)
    return "Phường San Hô (mẫu) từ chối mọi văn bản mới."


def _accept(stage: Stage) -> str:
    stage.cast.orders.refusing.discard(_REFUSING)
    return "Phường San Hô (mẫu) tiếp nhận trở lại."


def _cut(stage: Stage) -> str:
    stage.national.pause()
    return "Trục quốc gia mẫu không trả lời nữa."


def _mend(stage: Stage) -> str:
    stage.national.resume()
    return "Trục quốc gia mẫu trả lời trở lại; văn bản đang chờ tự đi tiếp."


# --- Those that happen once -------------------------------------------------------------------------------------------


def _send_expired(stage: Stage) -> str:
    content = sign_with_expired(pdf.one_page(["VAN BAN MAU", "", "Ky bang chung thu het han"]), settings.TRUST_DIR)
    letter = _to_commune(stage, stage.cast.actor(_BUILDING), "Về việc cấp phép xây dựng (mẫu)", content=content)
    return f"Sở Xây dựng (mẫu) đã gửi {letter.draft.code}."


def _send_thrice(stage: Stage) -> str:
    sender = stage.cast.actor(_HOME)
    letter = _to_commune(stage, sender, "Về việc thống kê cán bộ (mẫu)")
    again = [sender.send(letter.package) for _ in range(2)]
    same = all(receipt.repeated and receipt.doc_id == letter.receipt.doc_id for receipt in again)
    told = "cùng một biên nhận cho cả ba lần" if same else "biên nhận khác nhau, hãy báo cho nhóm phát triển"
    return f"Sở Nội vụ (mẫu) gửi {letter.draft.code} ba lần: {told}."


def _to_commune(stage: Stage, sender: Actor, subject: str, **how: object) -> Letter:
    letter = send(sender, subject, _COMMUNE, **how)
    stage.cast.orders.left_alone.add(letter.draft.document_id)
    return letter


def _send_wrong_hash(stage: Stage) -> str:
    """A partner's program that hashes something else than it sends: the client library would not do that."""
    office = stage.cast.offices[BY_REST]
    draft, package = write(office.lead, "Về việc kê khai nhầm mã băm (mẫu)", _COMMUNE)
    wrong = hashlib.sha256(package + b"!").hexdigest()
    with httpx.Client(**options(stage.address, stage.key, _TIMEOUT)) as http:
        upload = http.post("/uploads", json={"length": len(package), "sha256": wrong}).raise_for_status().json()
        where = f"/uploads/{upload['id']}"
        headers = {"Upload-Offset": "0", "Content-Type": "application/partial-upload"}
        http.patch(where, content=package, headers=headers).raise_for_status()
        answer = http.post(f"{where}/submit")
    if answer.is_success:
        return f"Trục đã nhận {draft.code} dù sai mã băm; hãy báo cho nhóm phát triển."
    problem = answer.json()
    return f"Trục từ chối {draft.code}: {problem.get('title', '')} ({problem.get('code', answer.status_code)})"


PIECES = {
    IncidentKind.SLOW: Piece(_quiet, _awake),
    IncidentKind.REFUSAL: Piece(_refuse, _accept),
    IncidentKind.LINK_DOWN: Piece(_cut, _mend),
    IncidentKind.CERTIFICATE: Piece(_send_expired),
    IncidentKind.WRONG_HASH: Piece(_send_wrong_hash),
    IncidentKind.DUPLICATE: Piece(_send_thrice),
}
