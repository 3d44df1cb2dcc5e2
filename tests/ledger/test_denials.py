"""Denied access is written down, and nobody can fill the ledger by knocking."""

from __future__ import annotations

import pytest

from lienthong.ledger.denials import DenialLimiter, record_denial
from lienthong.ledger.models import LedgerEvent

KNOCK = ("HUB.H99.05.01", "10.1.2.3", "vxp.signature_wrong")


def test_the_same_denial_is_written_once_a_minute_and_counts_the_others() -> None:
    limiter = DenialLimiter()
    assert limiter.admit(KNOCK, 100.0) == 0
    assert [limiter.admit(KNOCK, 100.0 + second) for second in range(1, 60)] == [None] * 59
    assert limiter.admit(KNOCK, 160.0) == 59


def test_other_callers_and_reasons_are_written_at_once() -> None:
    limiter = DenialLimiter()
    for change in (
        KNOCK,
        ("HUB.KHAC", *KNOCK[1:]),
        (KNOCK[0], "10.9.9.9", KNOCK[2]),
        (*KNOCK[:2], "vxp.system_locked"),
    ):
        assert limiter.admit(change, 100.0) == 0


def test_made_up_names_are_bounded_too() -> None:
    limiter = DenialLimiter()
    written = [limiter.admit((f"HUB.{number}", "", ""), 100.0) for number in range(5000)]
    assert sum(answer is not None for answer in written) == 120
    assert limiter.admit(("HUB.SAU", "", ""), 161.0) == 0


@pytest.mark.django_db
def test_a_denial_is_an_event_that_holds_no_control_characters() -> None:
    record_denial(system="HUB.\0GIẢ\x1b" + "x" * 500, remote="10.77.0.1", code="vxp.system_unknown")
    event = LedgerEvent.objects.get(remote="10.77.0.1")
    assert event.kind == "AccessDenied"
    assert event.subject_id == ("HUB.GIẢ" + "x" * 500)[:64]
    assert event.data == {"code": "vxp.system_unknown", "unwritten": 0}
