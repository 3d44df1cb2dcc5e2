"""The story, chapter by chapter. Each chapter acts through the clients alone and answers what it found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from edxml102.codes import Priority, StatusCode
from lienthong.cli.demo import across_story, city, desk, facts, national_axis, pdf, proof_story
from lienthong.cli.demo.actors import Actor, refusal_of
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.facts import Facts
from lienthong.cli.demo.packages import Draft, pack, read_document
from lienthong.cli.demo.stage import Stage
from lienthong.common import clock
from lienthong.gateways.national.answers import VxpError

_REASON = "Văn bản gửi nhầm: xã không có trạm tiêm chủng số 2, đề nghị gửi đúng nơi nhận (mẫu)"
_LATE = timedelta(minutes=5)

Chapter = TypeVar("Chapter")


@dataclass(frozen=True, slots=True)
class ChapterPlan:
    """``name`` is the field of ``Facts`` that the chapter fills."""

    name: str
    title: str
    play: Callable[[Stage, Facts], Any]


def listing(stage: Stage, _: Facts) -> facts.Listing:
    units = stage.actor(city.MINISTRY).client.get_synchronize_unit()
    open_units = [unit for unit in units if not unit.deleted and unit.code not in national_axis.BEYOND]
    own = {system.agency for system in city.SYSTEMS} | {desk.COMMUNE.code}
    return facts.Listing(
        agencies={unit.code: unit.name for unit in open_units},
        systems=frozenset(unit.center_code for unit in open_units),
        reached_without_own_system={unit.code: unit.center_code for unit in open_units if unit.code not in own},
    )


def dispatch(stage: Stage, _: Facts) -> facts.Dispatch:
    sender = stage.actor(city.HEALTH)
    draft = Draft(
        sender=city.HEALTH,
        to=[*(agency.old_code for agency in city.RECEIVING_DISTRICTS), *(a.code for a in city.RECEIVING_COMMUNES)],
        number=sender.next_number(),
        subject="Về việc triển khai chiến dịch tiêm chủng mở rộng (mẫu)",
        pdf=pdf.one_page(["SO Y TE (MAU)", "", "V/v trien khai chien dich tiem chung mo rong (mau)"]),
    )
    package = pack(draft)
    receipt = sender.send(package)
    sender.note(f"gửi công văn {draft.code} tới {len(draft.to)} nơi")
    return facts.Dispatch(
        draft=draft,
        package=package,
        recipients=tuple(city.BY_CODE[code].code for code in draft.to),
        sha256=hashlib.sha256(package).hexdigest(),
        pdf_sha256=hashlib.sha256(draft.pdf).hexdigest(),
        receipt=receipt,
    )


def handling(stage: Stage, known: Facts) -> facts.Handling:
    recipients = [stage.actor(city.BY_CODE[code]) for code in needed(known.dispatch).recipients]
    handled = stage.together(recipients, _handle)
    return facts.Handling(
        arrivals=tuple(arrival for arrival, _ in handled),
        register_numbers={arrival.agency: number for arrival, number in handled if number},
        refuser=city.REFUSING_COMMUNE.code,
        refusal_reason=_REASON,
    )


def _handle(actor: Actor) -> tuple[facts.Arrival, str]:
    """Fetch, confirm, and report as far as the agency gets; answers its number in the book of incoming documents."""
    call = "downloadEdoc" if actor.agency.level == city.DISTRICT else "getEdoc"
    arrival, document = actor.receive_one(call=call)
    actor.note("lấy về, đúng mã băm, đã xác nhận")
    actor.report(document, StatusCode.ARRIVED)
    if actor.agency == city.REFUSING_COMMUNE:
        actor.report(document, StatusCode.REFUSED, _REASON)
        actor.note("báo 01, rồi 02 từ chối kèm lý do")
        return arrival, ""
    entry = f"{actor.next_entry()}/{clock.today().year}"
    actor.report(document, StatusCode.ACCEPTED, f"Đã vào sổ văn bản đến, số đến {entry}")
    actor.report(document, StatusCode.IN_HANDLING)
    actor.report(document, StatusCode.FINISHED)
    actor.note(f"báo 01, 03 (số đến {entry}), 05, 06")
    return arrival, entry


def follow_up(stage: Stage, known: Facts) -> facts.FollowUp:
    sent, sender = needed(known.dispatch), stage.actor(city.HEALTH)
    reports = sender.collect_reports()
    sender.note(f"nhận {len(reports)} gói trạng thái từ các nơi")
    mine = tuple(report for report in reports if report.document_id == sent.draft.document_id)
    return facts.FollowUp(reports=mine, standings=sender.standings(sent.receipt.doc_id))


def late_reports(stage: Stage, known: Facts) -> facts.LateReports:
    """A report that is older than what was already told, and one told twice."""
    sent, sender = needed(known.dispatch), stage.actor(city.HEALTH)
    district = stage.actor(city.RECEIVING_DISTRICTS[0])
    document = read_document(sent.package)
    before = _standing(sender, sent, district.agency)
    late = district.report(document, StatusCode.ASSIGNED, "Phân công (báo muộn)", at=clock.now() - _LATE)
    again = district.report(document, StatusCode.ARRIVED, at=clock.now())
    district.note("báo muộn 04, báo lại 01")
    arrived = [report.code for report in sender.collect_reports()]
    return facts.LateReports(
        agency=district.agency.code,
        before=before,
        after=_standing(sender, sent, district.agency),
        repeated_told=again.repeated and not late.repeated,
        late_reached_sender=arrived == [StatusCode.ASSIGNED.code],
    )


def repetition(stage: Stage, known: Facts) -> facts.Repetition:
    sent, sender = needed(known.dispatch), stage.actor(city.HEALTH)
    rebuilt = pack(sent.draft, staff="Phạm Thị Mẫu")
    same_bytes, again = sender.send(sent.package), sender.send(rebuilt)
    sender.note("gửi lại 2 lần: nhận biên nhận đầu")
    return facts.Repetition(
        first=sent.receipt,
        same_bytes=same_bytes,
        rebuilt=again,
        rebuilt_bytes_differ=rebuilt != sent.package,
        new_deliveries=sum(stage.waiting().values()),
    )


def addition(stage: Stage, known: Facts) -> facts.Addition:
    sent, sender = needed(known.dispatch), stage.actor(city.HEALTH)
    package = pack(replace(sent.draft, to=[*sent.draft.to, city.LATER_COMMUNE.code]))
    receipt = sender.send(package)
    sender.note(f"gửi thêm cho {city.LATER_COMMUNE.name}")
    waiting = stage.waiting()
    system = stage.actor(city.LATER_COMMUNE)
    arrival, _ = system.receive_one(call="getEdoc")
    system.note("lấy về thay cho xã trực thuộc")
    return facts.Addition(
        agency=city.LATER_COMMUNE.code,
        system_id=system.system_id,
        first=sent.receipt,
        receipt=receipt,
        new_deliveries=waiting,
        arrival=arrival,
        sha256=hashlib.sha256(package).hexdigest(),
    )


def conflict(stage: Stage, known: Facts) -> facts.Conflict:
    sent, sender = needed(known.dispatch), stage.actor(city.HEALTH)
    other = replace(sent.draft, subject="Về một việc khác hẳn (mẫu)")
    refused = sender.try_to_send(pack(other))
    sender.note("trùng mã, khác nội dung: bị từ chối")
    return facts.Conflict(refused=refused)


def urgency(stage: Stage, _: Facts) -> facts.Urgency:
    sender, commune = stage.actor(city.COMMITTEE), stage.actor(city.URGENT_COMMUNE)
    ordinary = [_letter(sender, f"Về việc thường số {n} (mẫu)", to=commune.agency.code) for n in (1, 2, 3)]
    urgent = _letter(sender, "Về việc ứng phó bão (mẫu)", to=commune.agency.code, priority=Priority.EXPRESS)
    for draft in (*ordinary, urgent):
        sender.send(pack(draft))
    sender.note("gửi 3 văn bản thường, rồi 1 hỏa tốc")
    listed = commune.receive_all()
    commune.note("thấy hỏa tốc ở đầu, lấy trước")
    sent = tuple(draft.document_id for draft in (*ordinary, urgent))
    return facts.Urgency(sent=sent, listed=tuple(listed), urgent=urgent.document_id)


def strangers(stage: Stage, _: Facts) -> facts.Strangers:
    sender, district = stage.actor(city.HEALTH), stage.actor(city.RECEIVING_DISTRICTS[0])
    mixed = _letter(sender, "Về việc có một nơi nhận sai mã (mẫu)", to=district.agency.code, more=city.UNKNOWN_CODE)
    receipt = sender.send(pack(mixed))
    sender.note("gửi tới 1 mã đúng và 1 mã lạ")
    foreign = Draft(sender=city.COMMITTEE, to=[district.agency.code], number=1, subject="Giả danh (mẫu)", pdf=mixed.pdf)
    return facts.Strangers(
        unknown=next((row for row in receipt.addressees if row.code == city.UNKNOWN_CODE), None),
        known_delivered=district.receive_all() == [mixed.document_id],
        nobody=sender.try_to_send(pack(replace(mixed, number=sender.next_number(), to=[city.UNKNOWN_CODE]))),
        foreign_sender=sender.try_to_send(pack(foreign), sender=city.COMMITTEE.code),
        wrong_secret=_refused_impostor(stage),
    )


def _refused_impostor(stage: Stage) -> facts.Refused | None:
    with stage.impostor(city.COMMITTEE) as client:
        try:
            client.get_received_edoc_list()
        except VxpError as error:
            stage.journal.count("refusals")
            stage.journal.note("Kẻ lạ", "dùng khóa sai: không vào được")
            return refusal_of(error)
    return None


def upward(stage: Stage, _: Facts) -> facts.Upward:
    sender, ministry = stage.actor(city.COMMITTEE), stage.actor(city.MINISTRY)
    draft = _letter(sender, "Báo cáo kết quả tiêm chủng quý (mẫu)", to=city.MINISTRY.code)
    package = pack(draft)
    receipt = sender.send(package)
    sender.note(f"gửi báo cáo {draft.code} lên Bộ")
    arrival, document = ministry.receive_one(call="getEdoc")
    ministry.report(document, StatusCode.ARRIVED)
    ministry.report(document, StatusCode.ACCEPTED, f"Số đến {ministry.next_entry()}/{clock.today().year}")
    ministry.note("lấy về, đã xác nhận, báo 01, 03")
    sender.collect_reports()
    return facts.Upward(
        document_id=draft.document_id,
        sha256=hashlib.sha256(package).hexdigest(),
        arrival=arrival,
        standing=next(iter(sender.standings(receipt.doc_id))),
    )


# --- Helpers ----------------------------------------------------------------------------------------------------------


def needed(chapter: Chapter | None) -> Chapter:
    """:raises DemoError: an earlier chapter, on which this one builds, did not come to its end"""
    if chapter is None:
        raise DemoError(
            "demo.chapter_missing", "Bước trước chưa xong nên bước này không thực hiện được.", "Xem lỗi trên."
        )
    return chapter


def _letter(sender: Actor, subject: str, *, to: str, more: str = "", priority: Priority = Priority.ORDINARY) -> Draft:
    return Draft(
        sender=sender.agency,
        to=list(filter(None, (to, more))),
        number=sender.next_number(),
        subject=subject,
        pdf=pdf.one_page(["VAN BAN MAU"]),
        priority=priority,
    )


def _standing(sender: Actor, sent: facts.Dispatch, agency: city.SampleAgency) -> facts.Standing:
    return next(row for row in sender.standings(sent.receipt.doc_id) if row.agency == agency.code)


CHAPTERS = (
    ChapterPlan("listing", "Danh bạ của thành phố mẫu", listing),
    ChapterPlan("dispatch", "Sở Y tế gửi một công văn kèm PDF tới hai quận và năm phường, xã", dispatch),
    ChapterPlan("handling", "Từng nơi tự lấy về, xác nhận, báo trạng thái; một xã từ chối", handling),
    ChapterPlan("follow_up", "Sở Y tế theo dõi từng nơi nhận", follow_up),
    ChapterPlan("late_reports", "Trạng thái báo muộn và báo lặp", late_reports),
    ChapterPlan("repetition", "Gửi trùng: trục trả lại biên nhận đầu tiên", repetition),
    ChapterPlan("addition", "Gửi bổ sung cho một xã do huyện nhận thay", addition),
    ChapterPlan("conflict", "Văn bản khác dưới mã định danh đã dùng", conflict),
    ChapterPlan("urgency", "Văn bản hỏa tốc vượt lên trước", urgency),
    ChapterPlan("strangers", "Những gì trục không nhận", strangers),
    ChapterPlan("upward", "Gửi Bộ nối thẳng vào trục của thành phố", upward),
    ChapterPlan("across", "Liên thông với trục quốc gia mẫu: xuống, lên, và thu hồi", across_story.across),
    ChapterPlan("recall", "Sở Y tế thu hồi một công văn: một quận đồng ý, một quận từ chối", proof_story.recall),
    ChapterPlan("reform", "Bỏ cấp huyện, nhập phường xã: mã cũ vẫn tìm đúng nơi", proof_story.reform),
    ChapterPlan("evidence", "Bằng chứng của công văn, kiểm tra ngoài trục", proof_story.evidence),
    ChapterPlan("tampering", "Thử sửa bằng chứng và dữ liệu", proof_story.tampering),
)
