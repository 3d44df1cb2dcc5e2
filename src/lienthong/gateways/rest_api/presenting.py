"""Domain values in the shapes of ``schemas``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from edxml102.model import PackageKind
from lienthong.exchange.inbox import Arrival, ArrivalDetail
from lienthong.exchange.outbox import SentDetail, SentDocument, SentRecipient
from lienthong.exchange.submissions import Receipt
from lienthong.gateways.rest_api import schemas
from lienthong.gateways.rest_api.problems import finding_fields


def receipt(made: Receipt) -> str:
    """A receipt as it is answered, and kept under an ``Idempotency-Key``."""
    shown = schemas.ReceiptOut(
        id=UUID(made.doc_id),
        received_at=made.received_at,
        sha256=made.sha256.hex(),
        repeated=made.repeated,
        recipients=[
            schemas.RecipientResultOut(
                code=one.code,
                name=one.name,
                outcome=one.outcome.value,
                sent=one.outcome.good,
                already=one.already,
                reason=one.reason,
                successor_code=one.successor_code,
            )
            for one in made.recipients
        ],
        findings=[schemas.FindingOut(**finding_fields(finding)) for finding in made.findings],
        signed=made.signed,
    )
    return shown.model_dump_json()


def delivery(arrival: Arrival) -> schemas.DeliveryOut:
    return schemas.DeliveryOut(**_delivery_fields(arrival))


def delivery_detail(detail: ArrivalDetail) -> schemas.DeliveryDetailOut:
    return schemas.DeliveryDetailOut(
        **_delivery_fields(detail.arrival),
        addressees=[schemas.AddresseeOut(code=code, name=name) for code, name in detail.addressees],
        attachments=attachments(detail.attachments),
        findings=[_stored_finding(*stored) for stored in detail.findings],
    )


def _delivery_fields(arrival: Arrival) -> dict[str, Any]:
    is_document = arrival.kind is PackageKind.DOCUMENT
    return {
        "id": arrival.id,
        "kind": schemas.Kind.of(arrival.kind),
        "state": arrival.state.value,
        "state_label": arrival.state.label,
        "being_fetched": arrival.is_leased,
        "priority": arrival.rank,
        "to_code": arrival.to_code,
        "arrived_at": arrival.created_at,
        "confirmed_at": arrival.delivered_at,
        "attempts": arrival.attempts,
        "last_error": arrival.last_error,
        "size": arrival.size,
        "sha256": arrival.sha256.hex(),
        "document": _facts(arrival) if is_document else None,
        "status": None if is_document else _status(arrival),
    }


def _facts(document: Arrival | SentDocument) -> schemas.DocumentFacts:
    return schemas.DocumentFacts(
        document_id=document.document_id,
        business_type=document.business_type,
        from_code=document.from_code,
        from_name=document.from_name,
        number=document.number,
        notation=document.notation,
        issued_on=document.promulgation_date,
        subject=document.subject,
        type_name=document.type_name,
    )


def _status(arrival: Arrival) -> schemas.StatusFacts:
    return schemas.StatusFacts(
        document_id=arrival.document_id,
        code=arrival.status_code,
        description=arrival.status_description,
        from_code=arrival.from_code,
    )


def _stored_finding(identifier: str, severity: str, path: str, message: str) -> schemas.FindingOut:
    return schemas.FindingOut.model_validate({"id": identifier, "severity": severity, "path": path, "message": message})


def attachments(stored: Sequence[dict[str, Any]]) -> list[schemas.AttachmentOut]:
    """The attachments of a stored package, numbered as they are downloaded."""
    return [
        schemas.AttachmentOut(
            number=number,
            name=one["name"],
            content_type=one["content_type"],
            size=one.get("size"),
            sha256=one.get("sha256") or None,
        )
        for number, one in enumerate(stored, 1)
    ]


def sent_document(document: SentDocument) -> schemas.SentDocumentOut:
    return schemas.SentDocumentOut(**_sent_fields(document))


def sent_detail(detail: SentDetail) -> schemas.SentDocumentDetailOut:
    return schemas.SentDocumentDetailOut(
        **_sent_fields(detail.document),
        reports=[schemas.ReportOut.model_validate(report, from_attributes=True) for report in detail.reports],
        attachments=attachments(detail.attachments),
    )


def _sent_fields(document: SentDocument) -> dict[str, Any]:
    return {
        "id": document.id,
        "document": _facts(document),
        "priority": document.priority,
        "received_at": document.received_at,
        "sha256": document.sha256.hex(),
        "recipients": [_sent_recipient(recipient) for recipient in document.recipients],
    }


def _sent_recipient(recipient: SentRecipient) -> schemas.SentRecipientOut:
    return schemas.SentRecipientOut(
        code=recipient.code,
        name=recipient.name,
        outcome=recipient.outcome.value,
        reason=recipient.reason,
        transport_state=recipient.transport.value if recipient.transport else None,
        transport_label=recipient.transport.label if recipient.transport else None,
        delivered_at=recipient.delivered_at,
        attempts=recipient.attempts,
        last_error=recipient.last_error,
        state=recipient.state.value,
        state_label=recipient.state.label,
        status_code=recipient.status_code,
        status_at=recipient.status_at,
        status_description=recipient.status_description,
    )
