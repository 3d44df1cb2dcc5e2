"""Facts of a story in which everything went as it should."""

from __future__ import annotations

import hashlib
from datetime import date

from lienthong.cli.demo import city
from lienthong.cli.demo.across import Across, Passage
from lienthong.cli.demo.facts import (
    Addition,
    Addressee,
    Arrival,
    Conflict,
    Dispatch,
    Evidence,
    Facts,
    FollowUp,
    Handling,
    LateReports,
    Listing,
    Recall,
    Receipt,
    Reform,
    Refused,
    Repetition,
    Report,
    Standing,
    Strangers,
    Tampering,
    Upward,
    Urgency,
)
from lienthong.cli.demo.packages import Draft

REASON = "Gửi nhầm (mẫu)"
REFUSER = city.REFUSING_COMMUNE.code
RECIPIENTS = tuple(agency.code for agency in (*city.RECEIVING_DISTRICTS, *city.RECEIVING_COMMUNES))
ADDRESSED = [
    *(agency.old_code for agency in city.RECEIVING_DISTRICTS),
    *(agency.code for agency in city.RECEIVING_COMMUNES),
]
PDF = b"%PDF-1.4"
SHA256, PDF_SHA256 = "aa" * 32, hashlib.sha256(PDF).hexdigest()
DRAFT = Draft(sender=city.HEALTH, to=ADDRESSED, number=1, subject="Việc mẫu", pdf=PDF, day=date(2024, 3, 15))
FIRST = Receipt(
    doc_id="doc-1",
    received_at="15/03/2024 08:00:00",
    sha256=SHA256,
    addressees=tuple(Addressee(code=code, outcome="ACCEPTED", sent=True) for code in ADDRESSED),
)
AGAIN = Receipt(doc_id="doc-1", received_at="15/03/2024 08:00:00", sha256=SHA256, repeated=True)


def arrival(code: str, *, document: str = DRAFT.document_id, system: str = "") -> Arrival:
    agency = city.BY_CODE[code]
    return Arrival(
        system_id=system or city.system_of(agency).system_id,
        agency=code,
        document_id=document,
        call="downloadEdoc" if agency.level == city.DISTRICT else "getEdoc",
        sha256=SHA256,
        pdf_sha256=PDF_SHA256,
        listed=1,
        left=0,
    )


def good_facts() -> Facts:
    done = Standing(RECIPIENTS[0], "done", "06", "Hoàn thành")
    return Facts(
        listing=_listing(),
        dispatch=Dispatch(
            draft=DRAFT, package=b"<edXML/>", recipients=RECIPIENTS, sha256=SHA256, pdf_sha256=PDF_SHA256, receipt=FIRST
        ),
        handling=Handling(
            arrivals=tuple(map(arrival, RECIPIENTS)),
            register_numbers={code: "7/2024" for code in RECIPIENTS if code != REFUSER},
            refuser=REFUSER,
            refusal_reason=REASON,
        ),
        follow_up=FollowUp(reports=tuple(_reports()), standings=tuple(_standings())),
        late_reports=LateReports(
            agency=RECIPIENTS[0], before=done, after=done, repeated_told=True, late_reached_sender=True
        ),
        repetition=Repetition(
            first=FIRST, same_bytes=AGAIN, rebuilt=AGAIN, rebuilt_bytes_differ=True, new_deliveries=0
        ),
        addition=_addition(),
        conflict=Conflict(refused=Refused("130", "exchange.conflict", "Đã dùng.")),
        urgency=Urgency(sent=("a", "b", "c", "u"), listed=("u", "a", "b", "c"), urgent="u"),
        strangers=Strangers(
            unknown=Addressee(code=city.UNKNOWN_CODE, outcome="UNKNOWN", sent=False, reason="Không có trong danh bạ"),
            known_delivered=True,
            nobody=Refused("18", "exchange.no_recipient", "Không ai nhận."),
            foreign_sender=Refused("19", "exchange.sender_foreign", "Không gửi thay."),
            wrong_secret=Refused("15", "vxp.signature_wrong", "Sai chữ ký."),
        ),
        upward=Upward(
            document_id="up",
            sha256=SHA256,
            arrival=arrival(city.MINISTRY.code, document="up"),
            standing=Standing(city.MINISTRY.code, "done", "03", "Đã tiếp nhận"),
        ),
        across=Across(
            ministry="G98",
            taken_over=("G97", "G98"),
            down=passage("down", city.HEALTH.code, city.URGENT_COMMUNE.code),
            up=passage("up", "G98"),
            recalled="Đã thu hồi: Đồng ý (mẫu)",
        ),
        recall=_recall(),
        reform=_reform(),
        evidence=Evidence(
            events=9, packages=2, size=30_000, exit_code=0, proven=tuple(f"✔ điều {n}" for n in range(12)),
            conclusion="Gói bằng chứng đúng.",
        ),
        tampering=Tampering(
            part="packages/aa.edxml", bundle_exit_code=1, bundle_wrong=("✘ SAI: Tệp đã bị sửa. (packages/aa.edxml)",),
            sound_before=True, event_row="ledger_event id=7", found_event_row="ledger_event id=7",
            found_event="event_changed", delivery_row="exchange_delivery id=d-1",
            found_delivery_row="exchange_delivery id=d-1", found_delivery="row_deleted",
        ),
    )  # fmt: skip


def _recall() -> Recall:
    agrees, refuses = RECIPIENTS[:2]
    waiting = "Bên gửi thu hồi. Thu hồi: chờ trả lời."
    return Recall(
        agrees=agrees,
        refuses=refuses,
        why="Đã triển khai (mẫu)",
        asked=(Standing(agrees, "done", "03", waiting), Standing(refuses, "done", "03", waiting)),
        answered=(
            Standing(agrees, "done", "15", "Đã thu hồi. Thu hồi: đồng ý (15)."),
            Standing(refuses, "done", "16", "Đã tiếp nhận: Đã triển khai (mẫu). Thu hồi: từ chối (16)."),
        ),
        reports=(
            Report(agrees, "TH-1", "15", "", "2024/03/15 08:05:00"),
            Report(refuses, "TH-1", "16", "Đã triển khai (mẫu)", "2024/03/15 08:05:01"),
        ),
        fetched_again=Refused("131", "exchange.cancelled", "Văn bản đã bị thu hồi."),
    )


def _reform() -> Reform:
    return Reform(
        name="Phương án mẫu",
        changes=88,
        old_code="H99.30.12",
        new_code="H99.41",
        redirected=Addressee(
            code="H99.30.12", outcome="REDIRECTED", sent=True, reason="Đã chuyển tới phường Hoa Phượng (mẫu) (H99.41)"
        ),
        arrival=arrival("H99.30.12"),
        closed_code="H99.31",
        closed=Refused("18", "exchange.no_recipient", "Không nơi nào. H99.31: Đã đóng; cơ quan kế thừa: (H99). Xem."),
        before=Standing("H99.30.12", "done", "01", "Đã đến"),
        after=Standing("H99.30.12", "done", "06", "Hoàn thành"),
    )


def passage(document: str, *to: str) -> Passage:
    return Passage(document_id=document, to=to, intact=dict.fromkeys(to, True), answers=dict.fromkeys(to, "03"))


def _listing() -> Listing:
    own = {system.agency for system in city.SYSTEMS}
    return Listing(
        agencies={agency.code: agency.name for agency in city.AGENCIES},
        systems=frozenset(system.system_id for system in city.SYSTEMS),
        reached_without_own_system={
            agency.code: city.system_of(agency).system_id for agency in city.AGENCIES if agency.code not in own
        },
    )


def _reports() -> list[Report]:
    described = {"03": "Đã vào sổ, số đến 7/2024", "02": REASON}
    return [
        Report(agency, DRAFT.document_id, code, described.get(code, ""), "2024/03/15 08:01:02")
        for agency in RECIPIENTS
        for code in (("01", "02") if agency == REFUSER else ("01", "03", "05", "06"))
    ]


def _standings() -> list[Standing]:
    return [
        Standing(code, "done", "02", f"Từ chối tiếp nhận: {REASON}")
        if code == REFUSER
        else Standing(code, "done", "06", "Hoàn thành")
        for code in RECIPIENTS
    ]


def _addition() -> Addition:
    code, system = city.LATER_COMMUNE.code, city.system_of(city.LATER_COMMUNE).system_id
    had = (Addressee(code=row.code, outcome=row.outcome, sent=True, already=True) for row in FIRST.addressees)
    receipt = Receipt(
        doc_id=FIRST.doc_id,
        received_at="15/03/2024 09:00:00",
        sha256=SHA256,
        addressees=(*had, Addressee(code=code, outcome="ACCEPTED", sent=True)),
    )
    return Addition(
        agency=code,
        system_id=system,
        first=FIRST,
        receipt=receipt,
        new_deliveries={system: 1},
        arrival=arrival(code, system=system),
        sha256=SHA256,
    )
