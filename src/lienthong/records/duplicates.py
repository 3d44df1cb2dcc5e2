"""Warn of a document that the agency has already: the same identifier, or the same number, notation and issuer in the
same year (NĐ 30/2020 Phụ lục VI, III.1h; spec edxml 2.4)."""

from __future__ import annotations

from django.db.models import Q

from lienthong.records.facts import DocumentFacts
from lienthong.records.incoming_states import IncomingState, is_order
from lienthong.records.models import IncomingDocument


def find_duplicate(
    *, agency_id: int, facts: DocumentFacts, from_agency_id: int | None, other_than: IncomingDocument | None = None
) -> IncomingDocument | None:
    """The first document of the agency that looks like the same one; recalls and updates never do.

    :param from_agency_id: the issuer, where the directory knows it; else its name is compared
    """
    if is_order(facts.business_type):
        return None
    found = IncomingDocument.objects.filter(agency=agency_id).exclude(business_type__in=["1", "2"])
    found = found.exclude(state__in=[IncomingState.REFUSED, IncomingState.CANCELLED])
    same = _same_number(facts, from_agency_id)
    if facts.document_id:
        same |= Q(document_id=facts.document_id) & _same_issuer(facts, from_agency_id)
    if other_than is not None:
        found = found.exclude(pk=other_than.pk)
    return found.filter(same).order_by("id").first()


def _same_number(facts: DocumentFacts, from_agency_id: int | None) -> Q:
    if not facts.number or facts.promulgation_date is None:
        return Q(pk=None)
    year = Q(promulgation_date__year=facts.promulgation_date.year)
    return Q(code_folded=facts.code_folded) & year & _same_issuer(facts, from_agency_id)


def _same_issuer(facts: DocumentFacts, from_agency_id: int | None) -> Q:
    by_name = Q(from_name__iexact=facts.from_name)
    return by_name if from_agency_id is None else by_name | Q(from_agency=from_agency_id)
