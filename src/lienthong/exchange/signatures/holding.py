"""What becomes of a package that is held for its signatures, once a worker has checked them (docs/adr/0082)."""

from __future__ import annotations

from uuid import UUID

from lienthong.common import clock
from lienthong.exchange.guards import holds
from lienthong.exchange.guards.alerts import raise_alert
from lienthong.exchange.guards.kinds import AlertKind, Level
from lienthong.exchange.refusals import Refusal
from lienthong.exchange.signatures.findings import Check
from lienthong.exchange.signatures.policies import Demand, demand_of, enforce
from lienthong.exchange.signatures.reports import PackageReport
from lienthong.exchange.signatures.rows import Claim, Cursor
from lienthong.registry import revision

_NOT_CHECKED = frozenset(check.id for check in (Check.GAVE_UP, Check.TIMED_OUT))


def settle_hold(cursor: Cursor, claim: Claim, report: PackageReport) -> None:
    """Release or block by what is demanded of the sender. What could not be checked at all stays held: a person
    decides, and is told."""
    if claim.rounds == 0 and any(found.id == Check.SECRET_STAMP.id for found in report.findings):
        _quarantine(cursor, claim)
    held = holds.held_for(cursor, claim.package_id) == holds.FOR_SIGNATURE
    if any(found.id in _NOT_CHECKED for found in report.findings):
        _tell_operator(claim.package_id, held=held)
    elif held:
        try:
            enforce(_demand(cursor, claim), report)
        except Refusal as refusal:
            reason = refusal.reason
            told = " ".join(filter(None, [reason.sentence, refusal.detail, reason.next_step]))
            holds.block(cursor, claim.package_id, reason=told)
        else:
            holds.release(cursor, claim.package_id)


def _quarantine(cursor: Cursor, claim: Claim) -> None:
    """A stamp on a page: nobody else gets the package until the security officer has looked at it."""
    count, holders = holds.quarantine(cursor, claim.package_id, reason="Trang đầu của tệp PDF có dấu chỉ độ mật.")
    have = f"ĐÃ LẤY: {', '.join(holders)}." if holders else "Chưa nơi nhận nào lấy."
    raise_alert(
        kind=AlertKind.STATE_SECRET,
        level=Level.CRITICAL,
        subject=f"Gói tin {claim.package_id} có dấu chỉ độ mật ở trang đầu tệp PDF; trục đang giữ lại.",
        detail=f"Đã giữ {count} lượt chuyển. {have} Quyết định: lienthong holds release hoặc lienthong holds block.",
        dedupe_key=f"state_secret {claim.package_id}",
    )


def _demand(cursor: Cursor, claim: Claim) -> Demand:
    """What was demanded on the day the package came."""
    row = cursor.execute(
        "SELECT d.agency_id FROM exchange_package p JOIN exchange_document d ON d.id = p.document_id WHERE p.id = %s",
        [claim.package_id],
    ).fetchone()
    day = clock.in_vietnam(claim.received_at).date()
    return demand_of(row[0], on_date=day, revision=revision.current()) if row else Demand.NONE


def _tell_operator(package: UUID, *, held: bool) -> None:
    raise_alert(
        kind=AlertKind.PACKAGE_UNCHECKED,
        level=Level.CRITICAL if held else Level.WARNING,
        subject=f"Không kiểm tra được chữ ký của gói tin {package}.",
        detail="Gói tin đang bị giữ, nơi nhận chưa thấy." if held else "Gói tin vẫn được chuyển như thường.",
        dedupe_key=f"package_unchecked {package}",
    )
