"""Reads: what is known of the signatures of a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from lienthong.exchange.models import Package
from lienthong.exchange.signatures.models import PackageCheck, SignatureCheck, SignaturePolicy
from lienthong.exchange.signatures.reports import Part
from lienthong.exchange.signatures.results import Result


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part of a package as it was last found; ``findings``, ``signatures`` and ``used`` as stored."""

    part: Part
    name: str
    result: Result
    findings: list[dict[str, str]]
    signatures: list[dict[str, Any]]
    used: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """One package of a document. ``result`` is ``None`` until the first check; ``due_at`` is that of the next one."""

    package_id: str
    received_at: datetime
    result: Result | None
    checked_at: datetime | None
    due_at: datetime | None
    parts: list[StoredPart]
    signed_on: date | None = None


def signature_state(doc_id: UUID) -> list[StoredPackage]:
    """The packages of a document (or the one package of that id), oldest first; nothing when there is none."""
    packages = Package.objects.filter(document_id=doc_id) | Package.objects.filter(pk=doc_id)
    checks = (
        PackageCheck.objects.filter(package__in=packages).select_related("package__document").order_by("package_id")
    )
    return [_stored(check) for check in checks]


def _stored(check: PackageCheck) -> StoredPackage:
    rows = SignatureCheck.objects.filter(package_id=check.package_id).order_by("-round", "id")
    newest = [row for row in rows if row.round == rows[0].round]
    parts = [
        StoredPart(Part(row.part), row.name, Result(row.result), row.findings, row.signatures, row.used)
        for row in newest
    ]
    result = Result(check.result) if check.result else None
    document = check.package.document
    return StoredPackage(
        str(check.package_id), check.package.received_at, result, check.checked_at, check.due_at, parts,
        document.promulgation_date if document else None,
    )  # fmt: skip


def policies() -> list[SignaturePolicy]:
    """All policies, the one for everybody first, then by agency and day."""
    order = (F("agency_id").asc(nulls_first=True), "valid_from")
    return list(SignaturePolicy.objects.select_related("agency").order_by(*order))
