"""What the story must have shown. Pure: facts in, one boolean per check out.

A chapter that did not come to its end leaves its facts empty, and every check on them is false. Later parts of the
system add their checks to ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lienthong.cli.demo import city
from lienthong.cli.demo import proof_checks as proof
from lienthong.cli.demo.across import national_round_trip
from lienthong.cli.demo.facts import (
    Addition,
    Arrival,
    Conflict,
    Dispatch,
    Facts,
    FollowUp,
    Handling,
    LateReports,
    Listing,
    Receipt,
    Refused,
    Repetition,
    Strangers,
    Upward,
    Urgency,
)

_PROGRESS = ("01", "03", "05", "06")
_REFUSAL = ("01", "02")


@dataclass(frozen=True, slots=True)
class Check:
    """``holds`` judges the facts of the named chapters, in this order; ``sentence`` says what held."""

    name: str
    sentence: str
    chapters: tuple[str, ...]
    holds: Callable[..., bool]


def run_checks(facts: Facts) -> dict[str, bool]:
    """Every check by name."""
    return {check.name: _holds(check, facts) for check in CHECKS}


def _holds(check: Check, facts: Facts) -> bool:
    found: list[Any] = [getattr(facts, chapter) for chapter in check.chapters]
    return all(chapter is not None for chapter in found) and check.holds(*found)


def _directory_lists_city(listing: Listing) -> bool:
    return listing.agencies == {agency.code: agency.name for agency in city.AGENCIES}


def _samples_are_marked(listing: Listing) -> bool:
    return bool(listing.agencies) and all("mẫu" in name.casefold() for name in listing.agencies.values())


def _districts_serve_communes(listing: Listing) -> bool:
    served = listing.reached_without_own_system
    return bool(served) and all(
        system == city.system_of(city.BY_CODE[commune]).system_id for commune, system in served.items()
    )


def _both_code_schemes_reach(dispatch: Dispatch) -> bool:
    reached = {addressee.code for addressee in dispatch.receipt.addressees if addressee.sent}
    agencies = {city.BY_CODE[code].code for code in reached if code in city.BY_CODE}
    schemes = {code == city.BY_CODE[code].old_code for code in reached if code in city.BY_CODE}
    return agencies == set(dispatch.recipients) and schemes == {True, False}


def _byte_identical(dispatch: Dispatch, handling: Handling) -> bool:
    arrivals = handling.arrivals
    calls = {arrival.call for arrival in arrivals}
    return (
        dispatch.receipt.sha256 == dispatch.sha256
        and _all(arrivals, lambda arrival: arrival.sha256 == dispatch.sha256)
        and calls == {"getEdoc", "downloadEdoc"}
    )


def _attachment_intact(dispatch: Dispatch, handling: Handling) -> bool:
    return _all(handling.arrivals, lambda arrival: arrival.pdf_sha256 == dispatch.pdf_sha256)


def _every_recipient_fetched_once(dispatch: Dispatch, handling: Handling) -> bool:
    fetched = sorted(arrival.agency for arrival in handling.arrivals)
    return fetched == sorted(dispatch.recipients) and _all(handling.arrivals, lambda arrival: arrival.listed == 1)


def _list_empties_after_done(handling: Handling) -> bool:
    return _all(handling.arrivals, lambda arrival: arrival.left == 0)


def _all(arrivals: tuple[Arrival, ...], holds: Callable[[Arrival], bool]) -> bool:
    return bool(arrivals) and all(map(holds, arrivals))


def _sender_sees_every_recipient(dispatch: Dispatch, follow_up: FollowUp) -> bool:
    seen = {standing.agency: standing for standing in follow_up.standings}
    return (
        len(follow_up.standings) == len(dispatch.recipients)
        and set(seen) == set(dispatch.recipients)
        and all(standing.transport == "done" and standing.status for standing in seen.values())
    )


def _reports_reach_sender(dispatch: Dispatch, handling: Handling, follow_up: FollowUp) -> bool:
    told = sorted((report.agency, report.code) for report in follow_up.reports)
    due = [
        (agency, code)
        for agency in dispatch.recipients
        for code in (_REFUSAL if agency == handling.refuser else _PROGRESS)
    ]
    return bool(due) and told == sorted(due)


def _register_numbers_reach_sender(handling: Handling, follow_up: FollowUp) -> bool:
    accepted = {report.agency: report.description for report in follow_up.reports if report.code == "03"}
    return accepted.keys() == handling.register_numbers.keys() and all(
        number in accepted[agency] for agency, number in handling.register_numbers.items()
    )


def _refusal_reaches_sender(handling: Handling, follow_up: FollowUp) -> bool:
    reported = any(
        (report.agency, report.code, report.description) == (handling.refuser, "02", handling.refusal_reason)
        for report in follow_up.reports
    )
    shown = any(
        standing.agency == handling.refuser
        and standing.status == "02"
        and handling.refusal_reason in standing.description
        for standing in follow_up.standings
    )
    return reported and shown and bool(handling.refusal_reason)


def _statuses_fold(handling: Handling, follow_up: FollowUp, late: LateReports) -> bool:
    folded = bool(follow_up.standings) and all(
        standing.status == ("02" if standing.agency == handling.refuser else "06") for standing in follow_up.standings
    )
    return folded and late.before.status == "06" and late.after == late.before


def _late_report_is_kept(late: LateReports) -> bool:
    return late.late_reached_sender and late.repeated_told


def _duplicate_gets_first_receipt(repetition: Repetition) -> bool:
    return (
        _is_first_again(repetition.same_bytes, repetition.first)
        and _is_first_again(repetition.rebuilt, repetition.first)
        and repetition.rebuilt_bytes_differ
    )


def _is_first_again(receipt: Receipt, first: Receipt) -> bool:
    same = (receipt.doc_id, receipt.received_at, receipt.sha256) == (first.doc_id, first.received_at, first.sha256)
    return same and receipt.repeated and not first.repeated and bool(first.doc_id)


def _duplicate_delivers_nothing(repetition: Repetition) -> bool:
    return repetition.new_deliveries == 0


def _later_addressee_added(addition: Addition) -> bool:
    new = [addressee.code for addressee in addition.receipt.addressees if addressee.sent and not addressee.already]
    return (
        addition.receipt.doc_id == addition.first.doc_id
        and new == [addition.agency]
        and addition.new_deliveries == {addition.system_id: 1}
        and addition.arrival.sha256 == addition.sha256
    )


def _conflict_refused(conflict: Conflict) -> bool:
    return _is_refusal(conflict.refused, "130", "exchange.conflict")


def _urgent_overtakes(urgency: Urgency) -> bool:
    ordinary = [document for document in urgency.sent if document != urgency.urgent]
    sent_last = urgency.sent[-1:] == (urgency.urgent,)
    return len(ordinary) > 1 and sent_last and urgency.listed == (urgency.urgent, *ordinary)


def _unknown_recipient_is_told(strangers: Strangers) -> bool:
    unknown = strangers.unknown
    told = unknown is not None and not unknown.sent and unknown.outcome == "UNKNOWN" and bool(unknown.reason)
    return told and strangers.known_delivered and _is_refusal(strangers.nobody, "18", "exchange.no_recipient")


def _foreign_sender_refused(strangers: Strangers) -> bool:
    return _is_refusal(strangers.foreign_sender, "19", "exchange.sender_foreign")


def _wrong_secret_refused(strangers: Strangers) -> bool:
    return _is_refusal(strangers.wrong_secret, "15", "vxp.signature_wrong")


def _is_refusal(refused: Refused | None, number: str, code: str) -> bool:
    return refused is not None and (refused.number, refused.code) == (number, code) and bool(refused.description)


def _ministry_receives(upward: Upward) -> bool:
    arrival = upward.arrival
    return (
        (arrival.document_id, arrival.sha256, arrival.left) == (upward.document_id, upward.sha256, 0)
        and arrival.agency == upward.standing.agency == city.MINISTRY.code
        and upward.standing.status == "03"
    )


CHECKS: tuple[Check, ...] = (
    Check("directory_lists_city", "Danh bạ trả về đủ cơ quan bốn cấp", ("listing",), _directory_lists_city),
    Check("samples_are_marked", "Mọi cơ quan đều mang chữ “mẫu”", ("listing",), _samples_are_marked),
    Check(
        "districts_serve_communes",
        "Xã chưa có phần mềm riêng được hệ thống của huyện phục vụ",
        ("listing",),
        _districts_serve_communes,
    ),
    Check("both_code_schemes_reach", "Mã cũ và mã mới đều tới đúng nơi", ("dispatch",), _both_code_schemes_reach),
    Check("byte_identical", "Gói tin tới nơi không sai một byte", ("dispatch", "handling"), _byte_identical),
    Check("attachment_intact", "Tệp PDF tách ra giống hệt tệp đã gửi", ("dispatch", "handling"), _attachment_intact),
    Check(
        "every_recipient_fetched_once",
        "Mỗi nơi nhận đúng một lần",
        ("dispatch", "handling"),
        _every_recipient_fetched_once,
    ),
    Check("list_empties_after_done", "Xác nhận xong thì danh sách chờ trống", ("handling",), _list_empties_after_done),
    Check(
        "sender_sees_every_recipient",
        "Bên gửi thấy trạng thái của từng nơi nhận",
        ("dispatch", "follow_up"),
        _sender_sees_every_recipient,
    ),
    Check(
        "reports_reach_sender",
        "Mọi gói trạng thái về tới bên gửi, không thừa, không thiếu",
        ("dispatch", "handling", "follow_up"),
        _reports_reach_sender,
    ),
    Check(
        "register_numbers_reach_sender",
        "Số đến của từng nơi về tới bên gửi",
        ("handling", "follow_up"),
        _register_numbers_reach_sender,
    ),
    Check(
        "refusal_reaches_sender",
        "Bên gửi thấy lý do từ chối",
        ("handling", "follow_up"),
        _refusal_reaches_sender,
    ),
    Check(
        "statuses_fold",
        "Trạng thái chỉ tiến, báo muộn không kéo lùi",
        ("handling", "follow_up", "late_reports"),
        _statuses_fold,
    ),
    Check("late_report_is_kept", "Báo muộn vẫn được lưu và chuyển", ("late_reports",), _late_report_is_kept),
    Check(
        "duplicate_gets_first_receipt",
        "Gửi lại nhận về biên nhận đầu tiên",
        ("repetition",),
        _duplicate_gets_first_receipt,
    ),
    Check("duplicate_delivers_nothing", "Gửi lại không sinh bản thứ hai", ("repetition",), _duplicate_delivers_nothing),
    Check(
        "later_addressee_added",
        "Gửi bổ sung chỉ tới nơi nhận mới",
        ("addition",),
        _later_addressee_added,
    ),
    Check("conflict_refused", "Trùng mã mà khác nội dung thì bị từ chối", ("conflict",), _conflict_refused),
    Check("urgent_overtakes", "Văn bản hỏa tốc vượt lên đầu danh sách", ("urgency",), _urgent_overtakes),
    Check(
        "unknown_recipient_is_told",
        "Mã nơi nhận sai được báo ngay, nơi đúng vẫn nhận",
        ("strangers",),
        _unknown_recipient_is_told,
    ),
    Check("foreign_sender_refused", "Không gửi thay được cơ quan khác", ("strangers",), _foreign_sender_refused),
    Check("wrong_secret_refused", "Sai khóa bí mật thì không vào được", ("strangers",), _wrong_secret_refused),
    Check("ministry_receives", "Bộ nối thẳng với trục nhận được và báo lại", ("upward",), _ministry_receives),
    Check(
        "national_round_trip",
        "Qua trục quốc gia: văn bản xuống, lên và thu hồi đều tới nơi, trạng thái quay về",
        ("across",),
        national_round_trip,
    ),
    Check("recall_answered", "Thu hồi: bên gửi thấy từng nơi đồng ý hay từ chối", ("recall",), proof.recall_answered),
    Check(
        "redirect_after_reform",
        "Sau sắp xếp: mã cũ tới nơi kế thừa, mã đã đóng bị từ chối, báo muộn vẫn tới",
        ("reform",),
        proof.redirect_after_reform,
    ),
    Check(
        "evidence_bundle_verifies",
        "Gói bằng chứng tự chứng minh, không cần mạng hay cơ sở dữ liệu",
        ("evidence",),
        proof.evidence_bundle_verifies,
    ),
    Check("tampering_found", "Sửa một byte hay một dòng đều bị chỉ ra đúng chỗ", ("tampering",), proof.tampering_found),
)


def failed(results: dict[str, bool]) -> Iterable[Check]:
    """The checks that did not hold, as they stand in the list."""
    return [check for check in CHECKS if not results[check.name]]
