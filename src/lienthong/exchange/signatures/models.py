"""Tables of signature checks. ``rows`` writes them with raw SQL; these models give schema, migrations and slow reads.

A package that carries a document has one *package check* from the transaction that accepted it: when it is due, and
what it came to. Each *round* of checking that said something new leaves one *signature check* per part, for ever.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lienthong.exchange.signatures.policies import Demand
from lienthong.exchange.signatures.reports import EvidenceKind, Part
from lienthong.exchange.signatures.results import Result

_RESULTS = [(result.value, result.label) for result in Result]


class PackageCheck(models.Model):
    """Where checking a package stands. ``due_at`` is null when nothing more is to be done; while a worker has it, it is
    the end of that worker's lease."""

    package = models.OneToOneField(
        "exchange.Package", primary_key=True, on_delete=models.PROTECT, related_name="signature_state"
    )
    result = models.TextField(choices=_RESULTS, default="")
    due_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    rounds = models.SmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signatures_package"
        indexes: ClassVar = [
            # The worker's queue; finished packages are not in it.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="signatures_package_due"),
        ]


class SignatureCheck(models.Model):
    """The outcome for one part of a package in one round, with what it rests on (QĐ 28/2018 art. 4.1)."""

    id = models.BigAutoField(primary_key=True)
    package = models.ForeignKey("exchange.Package", on_delete=models.PROTECT, related_name="signature_checks")
    round = models.SmallIntegerField()
    part = models.TextField(choices=[(part.value, part.label) for part in Part])
    attachment = models.SmallIntegerField(null=True)
    name = models.TextField()
    sha256 = models.BinaryField()
    result = models.TextField(choices=_RESULTS)
    findings = models.JSONField()
    signatures = models.JSONField()
    used = models.JSONField()
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "signatures_check"
        indexes: ClassVar = [models.Index(fields=["package", "round"], name="signatures_check_package")]


class Evidence(models.Model):
    """A certificate, revocation list or OCSP answer some check rests on, kept once."""

    sha256 = models.BinaryField(primary_key=True)
    kind = models.TextField(choices=[(kind.value, kind.value) for kind in EvidenceKind])
    der = models.BinaryField()
    first_seen_at = models.DateTimeField()

    class Meta:
        db_table = "signatures_evidence"


class SignaturePolicy(models.Model):
    """What is demanded of a sender's signatures on the days from ``valid_from`` until before ``valid_to``; without an
    agency, of every sender that has no policy of its own."""

    agency = models.ForeignKey("registry.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    demand = models.TextField(choices=[(demand.value, demand.label) for demand in Demand])
    basis = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "signatures_policy"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "valid_from"], nulls_distinct=False, name="signatures_policy_start"
            ),
            models.UniqueConstraint(
                fields=["agency"], condition=Q(valid_to=None), nulls_distinct=False, name="signatures_policy_open"
            ),
        ]
