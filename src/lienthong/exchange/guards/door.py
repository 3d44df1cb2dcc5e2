"""The guard against state secrets at every entrance (spec: legal 8): refuse, keep hash, sender and time, alert."""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError

from edxml102.model import Package
from lienthong.common import clock
from lienthong.exchange.guards.alerts import raise_alert
from lienthong.exchange.guards.kinds import AlertKind, Level
from lienthong.exchange.guards.secrecy import find_marks
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.submissions import Sending

_log = logging.getLogger(__name__)


def refuse_secrets(package: Package) -> None:
    """Keep a package out that marks itself as secret, by the rules of today: what counts is when it is brought here.

    The refusal names the places and never what stands there.

    :raises Refusal: STATE_SECRET
    """
    if marks := find_marks(package, rule_set(clock.today()).secrecy):
        raise Refusal(Reason.STATE_SECRET, f"Dấu hiệu ở: {', '.join(mark.field for mark in marks)}.")


def note_secret(sending: Sending, refusal: Refusal) -> None:
    """Alert the security officer. A database that is away must not hide the refusal."""
    system = sending.sender.system_id
    digest = refusal.sha256.hex()
    try:
        raise_alert(
            kind=AlertKind.STATE_SECRET,
            level=Level.CRITICAL,
            subject=f"Hệ thống {system} gửi gói tin có dấu hiệu bí mật nhà nước; trục đã từ chối, không lưu.",
            detail=f"SHA-256 {digest}; từ địa chỉ {sending.remote or 'không rõ'}. {refusal.detail}",
            dedupe_key=f"state_secret {system} {digest}",
        )
    except (DatabaseError, InterfaceError) as error:
        _log.error("a refused secret (SHA-256 %s, system %s) raised no alert: %s", digest, system, error)
