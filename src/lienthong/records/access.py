"""The one way to an agency's documents (design section 9.2): every read and every act goes through here."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, may_on_documents, require_on_documents
from lienthong.accounts.roles import Role
from lienthong.records.models import Endorsement, IncomingDocument
from lienthong.records.refusals import Reason, RecordsRefusal


def readable_incoming(actor: Actor) -> QuerySet[IncomingDocument]:
    """The incoming documents the actor may see: all of the agency, or, for an officer, those assigned to them."""
    if actor.agency_id is None:
        return IncomingDocument.objects.none()
    own = IncomingDocument.objects.filter(agency=actor.agency_id)
    if may_on_documents(actor, DocumentAct.READ, agency_id=actor.agency_id):
        return own
    if not actor.has(Role.OFFICER):
        return own.none()
    mine = Endorsement.objects.filter(incoming=OuterRef("pk"), undone_at=None).filter(
        Q(officers=actor.user_id) | Q(lead=actor.user_id)
    )
    return own.filter(Exists(mine))


def incoming_of(actor: Actor, incoming_id: UUID) -> IncomingDocument:
    """One of those.

    :raises RecordsRefusal: NOT_FOUND, also where it exists but is not theirs to see
    """
    found = readable_incoming(actor).filter(pk=incoming_id).first()
    if found is None:
        raise RecordsRefusal(Reason.NOT_FOUND)
    return found


def locked_for(actor: Actor, act: DocumentAct, incoming_id: UUID) -> IncomingDocument:
    """A document to act on, locked until the transaction ends.

    :raises RecordsRefusal: NOT_FOUND
    :raises lienthong.accounts.policies.NotAllowedError: theirs to see, not to change
    """
    found = readable_incoming(actor).filter(pk=incoming_id).select_for_update(of=("self",)).first()
    if found is None:
        raise RecordsRefusal(Reason.NOT_FOUND)
    require_on_documents(actor, act, agency_id=found.agency_id, assignees=assignees_of(found))
    return found


def assignees_of(incoming: IncomingDocument) -> frozenset[int]:
    """The people it is assigned to now."""
    current = incoming.endorsements.filter(undone_at=None)
    officers = current.filter(officers__isnull=False).values_list("officers", flat=True)
    leads = current.filter(lead__isnull=False).values_list("lead", flat=True)
    return frozenset(officers.union(leads))
