"""What the chapters on recall, reform and evidence must have shown. Pure."""

from __future__ import annotations

from lienthong.cli.demo.facts import Evidence, Recall, Reform, Standing, Tampering


def recall_answered(recall: Recall) -> bool:
    """One agrees, one refuses, the sender sees both; who agreed is not given the document any more."""
    answers = {report.agency: report.code for report in recall.reports}
    seen = {standing.agency: standing.status for standing in recall.answered}
    expected = {recall.agrees: "15", recall.refuses: "16"}
    why = next((standing.description for standing in recall.answered if standing.agency == recall.refuses), "")
    withheld = recall.fetched_again is not None and recall.fetched_again.code == "exchange.cancelled"
    return answers == seen == expected and recall.why in why and withheld and _all_asked(recall.asked)


def _all_asked(asked: tuple[Standing, ...]) -> bool:
    return bool(asked) and all("chờ trả lời" in standing.description for standing in asked)


def redirect_after_reform(reform: Reform) -> bool:
    """The old code leads to the new agency, the closed one is refused with its successor, late reports arrive."""
    led = reform.redirected
    redirected = led is not None and led.sent and led.outcome == "REDIRECTED" and reform.new_code in led.reason
    refused = reform.closed is not None and reform.closed.code == "exchange.no_recipient"
    named = reform.closed is not None and "cơ quan kế thừa" in reform.closed.description
    moved = (reform.before.status, reform.after.status) == ("01", "06")
    return bool(reform.changes) and redirected and refused and named and moved and reform.arrival.left == 0


def evidence_bundle_verifies(evidence: Evidence) -> bool:
    """The offline verifier ends with 0, and says so in words."""
    return evidence.exit_code == 0 and len(evidence.proven) > evidence.events > 0 and bool(evidence.conclusion)


def tampering_found(tampering: Tampering) -> bool:
    """Every change is found, and named with its place."""
    bundle = tampering.bundle_exit_code == 1 and any(tampering.part in wrong for wrong in tampering.bundle_wrong)
    event = bool(tampering.event_row) and tampering.found_event_row == tampering.event_row
    delivery = bool(tampering.delivery_row) and tampering.found_delivery_row == tampering.delivery_row
    return bundle and tampering.sound_before and event and delivery
