"""Answering an incoming document with an outgoing one: the draft names it, so that both sides show each other."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from lienthong.accounts.actors import Actor
from lienthong.records.access import incoming_of
from lienthong.records.models import IncomingDocument
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.services import drafting, recipients


@transaction.atomic
def begin_reply(*, actor: Actor, incoming_id: UUID) -> OutgoingDocument:
    """A draft that answers the document, addressed to its issuer. Paper has no identifier, so only the abstract tells.

    :raises RecordsRefusal: NOT_FOUND
    :raises lienthong.accounts.policies.NotAllowedError: they may not compose
    """
    asked = incoming_of(actor, incoming_id)
    made = drafting.create_draft(actor=actor, answers=_answers(asked))
    subject = {"subject": f"Trả lời văn bản số {asked.code}"} if asked.code else {}
    made = drafting.save_draft(actor=actor, document=made.pk, version=made.version, changes=subject)
    if asked.from_agency_id is not None:
        recipients.change_recipients(actor=actor, document=made.pk, add=[asked.from_agency_id])
    return made


def _answers(asked: IncomingDocument) -> list[dict[str, str]]:
    if not asked.document_id:
        return []
    issued = asked.promulgation_date
    return [
        {
            "organ_id": asked.from_code,
            "code": asked.code,
            "issued_on": issued.isoformat() if issued else "",
            "document_id": asked.document_id,
        }
    ]
