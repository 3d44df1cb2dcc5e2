"""What the axis brings to the desk, made visible to the agencies it is for.

Everything here may happen twice (a worker died before it could say so) and then changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from edxml102.codes import StatusCode
from edxml102.model import DocumentPackage, StatusPackage
from lienthong.common import clock
from lienthong.exchange.models import Package, Recipient, Report
from lienthong.records import history
from lienthong.records.asks import refresh_asks
from lienthong.records.duplicates import find_duplicate
from lienthong.records.facts import DocumentFacts, read_facts
from lienthong.records.models import IncomingDocument, StatusNotice
from lienthong.records.outbox import queue_report
from lienthong.records.search.indexing import index_incoming
from lienthong.records.wakeups import tell_pages, wake_worker


def take_in_document(delivery_id: UUID, package: DocumentPackage) -> list[IncomingDocument]:
    """One incoming document for each agency the delivery is for; answers those that are new."""
    with transaction.atomic():
        recipients = Recipient.objects.filter(delivery=delivery_id).select_related("document").order_by("id")
        by_agency: dict[int, list[Recipient]] = defaultdict(list)
        for row in recipients.select_for_update(of=("self",)):
            agency = row.to_agency_id or row.agency_id
            if agency is not None:
                by_agency[agency].append(row)
        facts, stored = read_facts(package), Package.objects.get(deliveries=delivery_id)
        taken = [_take_in(agency, group, facts, stored) for agency, group in by_agency.items()]
        return [one for one in taken if one is not None]


def _take_in(
    agency: int, recipients: list[Recipient], facts: DocumentFacts, package: Package
) -> IncomingDocument | None:
    origin, now = recipients[0].document, clock.now()
    if IncomingDocument.objects.filter(agency=agency, origin=origin).exists():
        return None
    duplicate = find_duplicate(agency_id=agency, facts=facts, from_agency_id=origin.agency_id)
    incoming = IncomingDocument.objects.create(
        agency_id=agency,
        recipient=recipients[0],
        package=package,
        origin=origin,
        from_agency_id=origin.agency_id,
        codes=[one.code for one in recipients],
        code_folded=facts.code_folded,
        duplicate_of=duplicate,
        arrived_at=now,
        **asdict(facts) | {"responds_to": list(facts.responds_to)},
    )
    history.note(incoming, "arrived", "Văn bản đến nơi", at=now, detail=_about(incoming))
    queue_report(incoming, StatusCode.ARRIVED, at=now)
    refresh_asks(incoming)
    index_incoming(incoming)
    wake_worker()
    tell_pages(agency)
    return incoming


def _about(incoming: IncomingDocument) -> str:
    return f"Có thể trùng với {incoming.duplicate_of.code}" if incoming.duplicate_of else ""


def take_in_report(package_id: UUID, package: StatusPackage) -> None:
    """A notice for the agency a status report is for; where the issuer asks a document back, the question."""
    with transaction.atomic():
        report = Report.objects.select_related("recipient").select_for_update(of=("self",)).get(package=package_id)
        if StatusNotice.objects.filter(report=report).exists():
            return
        origin = report.recipient.document_id if report.recipient else None
        StatusNotice.objects.create(
            agency_id=report.target_id,
            report=report,
            origin_id=origin,
            document_id=report.document_id,
            from_code=package.from_.organ_id,
            from_name=package.from_.organ_name or package.from_.organ_id,
            status_code=report.code,
            description=report.description,
            arrived_at=clock.now(),
        )
        asked = IncomingDocument.objects.filter(agency=report.target_id, origin=origin).first() if origin else None
        if asked is not None:
            refresh_asks(asked)
        tell_pages(report.target_id)
