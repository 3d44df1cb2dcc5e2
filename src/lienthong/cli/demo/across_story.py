"""The chapter with the second instance, which plays the national axis: down, up, and a recall. Clients only."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from edxml102.codes import StatusCode
from edxml102.model import DocumentPackage
from lienthong.cli.demo import city, national_axis, pdf
from lienthong.cli.demo.across import Across, Passage, is_intact
from lienthong.cli.demo.actors import Actor
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.packages import Draft, pack
from lienthong.cli.demo.stage import Stage
from lienthong.common import clock

if TYPE_CHECKING:
    from lienthong.cli.demo.facts import Facts, Report

MINISTRY = national_axis.MINISTRIES[1]
_PATIENCE, _PAUSE = 60.0, 0.1  # seconds
_REASON = "Ban hành nhầm phụ lục (mẫu)"

Found = TypeVar("Found")


def across(stage: Stage, _: Facts) -> Across:
    """Everything arrives by the link, so each step waits for what the one before has set going."""
    ministry, department = stage.guest(MINISTRY), stage.actor(city.HEALTH)
    commune = stage.actor(city.URGENT_COMMUNE)
    taken_over = _until("danh bạ của trục quốc gia về tới thành phố", lambda: _taken_over(department))
    department.note(f"thấy {len(taken_over)} cơ quan mới từ danh bạ trục quốc gia")
    letter = _letter(ministry, "Về việc báo cáo tiêm chủng toàn quốc (mẫu)", city.HEALTH.code, city.URGENT_COMMUNE.code)
    down = _passage(ministry, letter, [department, commune], hop=national_axis.HUB_CODE)
    reply = _letter(department, "Báo cáo kết quả tiêm chủng của thành phố (mẫu)", MINISTRY.code)
    up = _passage(department, reply, [ministry], hop=city.COMMITTEE.code)
    recalled = _recall(department, ministry, reply)
    return Across(ministry=MINISTRY.code, taken_over=taken_over, down=down, up=up, recalled=recalled)


def _taken_over(department: Actor) -> tuple[str, ...] | None:
    listed = {agency.code for agency in department.client.get_agencies_list()}
    return tuple(sorted(listed & national_axis.BEYOND)) if listed >= national_axis.BEYOND else None


def _passage(sender: Actor, draft: Draft, recipients: list[Actor], *, hop: str) -> Passage:
    package = pack(draft)
    receipt = sender.send(package)
    sender.note(f"gửi {draft.code} qua trục quốc gia")
    arrived = {actor.agency.code: _arrival(actor, draft) for actor in recipients}
    for actor in recipients:
        _accept(actor, arrived[actor.agency.code][1])
    _collect(sender, draft, count=2 * len(recipients))
    return Passage(
        document_id=draft.document_id,
        to=tuple(arrived),
        intact={code: is_intact(package, data, hop=hop) for code, (data, _) in arrived.items()},
        answers={one.agency: one.status for one in sender.standings(receipt.doc_id)},
    )


def _arrival(actor: Actor, draft: Draft) -> tuple[bytes, DocumentPackage]:
    found = _until(f"{draft.code} tới {actor.agency.name}", lambda: actor.take(draft.document_id))
    actor.note(f"lấy về {draft.code} từ trục kia")
    return found


def _accept(actor: Actor, document: DocumentPackage) -> None:
    actor.report(document, StatusCode.ARRIVED)
    actor.report(document, StatusCode.ACCEPTED, f"Số đến {actor.next_entry()}/{clock.today().year}")


def _collect(sender: Actor, draft: Draft, *, count: int) -> None:
    """Until so many reports on the document are in the sender's hands."""
    reports: list[Report] = []

    def collected() -> bool | None:
        reports.extend(sender.collect_reports())
        return len(reports) >= count or None

    _until(f"{count} báo trạng thái về {draft.code}", collected)


def _recall(sender: Actor, recipient: Actor, recalled: Draft) -> str:
    """The recipient agrees; answers what the sender then sees of the recalled document."""
    order = _letter(sender, f"Thu hồi văn bản {recalled.code} (mẫu)", *recalled.to, recalls=recalled.document_id)
    sender.send(pack(order))
    sender.note(f"thu hồi {recalled.code}: {_REASON}")
    _, asked = _arrival(recipient, order)
    recipient.report(asked, StatusCode.AGREED, "Đồng ý thu hồi (mẫu)")
    recipient.note(f"đồng ý cho thu hồi {recalled.code}")
    _collect(sender, order, count=1)
    return next(row.receive_status_desc for row in sender.client.get_sent_edoc_list() if row.notation == recalled.code)


def _letter(sender: Actor, subject: str, *to: str, recalls: str = "") -> Draft:
    return Draft(
        sender=sender.agency,
        to=to,
        number=sender.next_number(),
        subject=subject,
        pdf=pdf.one_page(["VAN BAN MAU"]),
        recalls=recalls,
        reason=_REASON if recalls else "",
    )


def _until(what: str, ask: Callable[[], Found | None]) -> Found:
    """Ask until there is an answer.

    :raises DemoError: ``demo.link_silent``
    """
    deadline = time.monotonic() + _PATIENCE
    while (found := ask()) is None:
        if time.monotonic() > deadline:
            raise DemoError("demo.link_silent", f"Chờ mãi không thấy {what}.", "Xem link.log và national.log.")
        time.sleep(_PAUSE)
    return found
