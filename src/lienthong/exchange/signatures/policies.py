"""What a sender's signatures must come to before its packages are accepted (spec/edxml.md 7.3, "Who decides").

Nothing is demanded unless an operator decided so for a sender, from a day on, on a basis that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from django.db import connection

from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.signatures.findings import Effect
from lienthong.exchange.signatures.reports import PackageReport
from lienthong.exchange.signatures.results import Result, waits_for_the_axis

_TOLD = 3  # findings in a refusal; the sender finds all with `lienthong signatures check`


class Demand(Enum):
    """What may be demanded. ``VALID`` lets pass what only lacks data on the axis's side (roots, revocation lists)."""

    NONE = ("none", "Không đòi hỏi chữ ký")
    ANY = ("any", "Phải có chữ ký số")
    VALID = ("valid", "Phải có chữ ký số hợp lệ")

    def __new__(cls, value: str, label: str = "") -> Demand:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label


@dataclass(frozen=True, slots=True)
class Policy:
    """One dated row."""

    agency_id: int | None
    demand: Demand
    valid_from: date
    valid_to: date | None

    def holds(self, agency_id: int, day: date) -> bool:
        mine = self.agency_id in (None, agency_id)
        return mine and self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def demand_of(agency_id: int, *, on_date: date, revision: int) -> Demand:
    """What is demanded of a sender. Rows are read once per revision of the registry, which setting a policy raises."""
    return strictest_own(_policies(revision), agency_id, on_date)


def strictest_own(policies: Iterable[Policy], agency_id: int, day: date) -> Demand:
    """A sender's own policy goes before the one for everybody, stricter or not."""
    holding = [policy for policy in policies if policy.holds(agency_id, day)]
    own = [policy for policy in holding if policy.agency_id is not None]
    return next((policy.demand for policy in own or holding), Demand.NONE)


@lru_cache(maxsize=2)
def _policies(revision: int) -> tuple[Policy, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id, demand, valid_from, valid_to FROM signatures_policy")
        return tuple(Policy(agency, Demand(demand), start, end) for agency, demand, start, end in cursor.fetchall())


def enforce(demand: Demand, report: PackageReport) -> None:
    """Refuse a package that does not meet the demand.

    :raises Refusal: SIGNATURE_MISSING, SIGNATURE_INVALID
    """
    if demand is Demand.NONE:
        return
    if report.document is Result.UNSIGNED:
        raise Refusal(Reason.SIGNATURE_MISSING)
    if demand is Demand.VALID and not _good_enough(report):
        raise Refusal(Reason.SIGNATURE_INVALID, _told(report))


def _good_enough(report: PackageReport) -> bool:
    if report.result is Result.INDETERMINATE:
        return waits_for_the_axis(report.findings)
    return not report.result.for_information_only


def _told(report: PackageReport) -> str:
    found = [one for one in report.findings if one.effect in (Effect.INVALID, Effect.INDETERMINATE)]
    return " ".join(dict.fromkeys(one.message for one in found[:_TOLD]))
