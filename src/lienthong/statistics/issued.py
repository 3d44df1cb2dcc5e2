"""How much an agency issued in all, paper included: known only where its register is kept here.

Agencies with software of their own report nothing of what they issue on paper, so for them, and for a level or the
city, the share of electronic sending (legal.md, section 11) is unknown and shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.apps import apps

from lienthong.common import clock
from lienthong.statistics.measures import Scope
from lienthong.statistics.periods import Period

_REGISTER = "lienthong.records.outgoing"
_ISSUING = ("0", "3")  # a new document, or one that replaces another; recalls and updates have no number of their own


@dataclass(frozen=True, slots=True)
class Issued:
    """Documents that were given a number, and those of them that went out electronically."""

    total: int
    electronic: int

    @property
    def share(self) -> float | None:
        return self.electronic / self.total if self.total else None


def issued(scope: Scope, period: Period) -> Issued | None:
    """What the register of an agency says of a period; ``None``: unknown."""
    if scope.agency_id is None or not apps.is_installed(_REGISTER):
        return None
    rows = apps.get_model("outgoing", "OutgoingDocument")._default_manager.filter(
        agency_id=scope.agency_id, business_type__in=_ISSUING, numbered_at__isnull=False
    )
    if not rows.exists():
        return None
    start = datetime.combine(period.first, time(), clock.VIETNAM)
    stop = datetime.combine(period.last + timedelta(days=1), time(), clock.VIETNAM)
    within = rows.filter(numbered_at__gte=start, numbered_at__lt=stop)
    return Issued(within.count(), within.filter(exchange_id__isnull=False).count())
