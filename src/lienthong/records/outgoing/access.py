"""The one way to a document of an agency: whoever loads it is asked first whether they may (design section 9.2)."""

from __future__ import annotations

from uuid import UUID

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, may_on_documents, require_on_documents
from lienthong.records.outgoing.errors import UnknownDocumentError
from lienthong.records.outgoing.models import OutgoingDocument


def may_follow(actor: Actor, document: OutgoingDocument) -> bool:
    """Who reads documents of the agency, and whoever drafted this one."""
    agency = document.agency_id
    reader = may_on_documents(actor, DocumentAct.READ, agency_id=agency)
    own = document.author_id == actor.user_id and may_on_documents(actor, DocumentAct.COMPOSE, agency_id=agency)
    return reader or own


def find(actor: Actor, document: UUID) -> OutgoingDocument:
    """A document that the actor may read.

    :raises UnknownDocumentError: there is none, or it is not theirs to see
    """
    found = OutgoingDocument.objects.select_related("book", "target").filter(pk=document).first()
    if found is None or not may_follow(actor, found):
        raise UnknownDocumentError
    return found


def lock(actor: Actor, document: UUID, act: DocumentAct) -> OutgoingDocument:
    """A document to act on, locked for the caller's transaction.

    :raises UnknownDocumentError: there is none, or it is not theirs to see
    :raises NotAllowedError: they see it, but may not do this
    """
    found = OutgoingDocument.objects.select_for_update().filter(pk=document).first()
    if found is None or not may_follow(actor, found):
        raise UnknownDocumentError
    require_on_documents(actor, act, agency_id=found.agency_id)
    return found


def home(actor: Actor, act: DocumentAct) -> int:
    """The agency the actor acts in.

    :raises NotAllowedError: they act in none, or may not do this there
    """
    agency_id = actor.agency_id or 0
    require_on_documents(actor, act, agency_id=agency_id)
    return agency_id
