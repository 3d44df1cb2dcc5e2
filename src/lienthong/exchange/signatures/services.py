"""Writes that an operator asks for: policies, and checking again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from lienthong.common.sql import hot_cursor
from lienthong.exchange.signatures.acts import note_policy
from lienthong.exchange.signatures.models import PackageCheck, SignaturePolicy
from lienthong.exchange.signatures.policies import Demand
from lienthong.registry import revision
from lienthong.registry.models import Agency


def set_policy(*, agency: Agency | None, demand: Demand, valid_from: date, basis: str) -> SignaturePolicy:
    """Demand something of a sender (of every sender without one of its own: ``None``) from a day on.

    Policies from that day or later are replaced; earlier ones end on it and stay.
    """
    with revision.changing():
        policies = SignaturePolicy.objects.filter(agency=agency)
        policies.filter(valid_from__gte=valid_from).delete()
        policies.filter(valid_to=None).update(valid_to=valid_from)
        policies.filter(valid_to__gt=valid_from).update(valid_to=valid_from)
        policy = SignaturePolicy.objects.create(
            agency=agency, demand=demand.value, basis=basis, valid_from=valid_from, valid_to=None
        )
        with connection.wrap_database_errors:
            note_policy(hot_cursor(), agency, demand=demand, valid_from=valid_from, basis=basis)
        revision.advance()
    return policy


def check_again(*, document: UUID | None, now: datetime) -> int:
    """Make the packages of a document due, or all that are not settled; answers how many."""
    with transaction.atomic():
        checks = PackageCheck.objects.exclude(result="")
        if document is not None:
            checks = checks.filter(package__document_id=document)
        else:
            checks = checks.filter(result="indeterminate")
        return checks.update(due_at=now, attempts=0, rounds=0)
