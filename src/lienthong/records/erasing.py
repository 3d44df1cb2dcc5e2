"""A spilled secret leaves the axis: its bytes, and the words that were copied from it into the agencies' books."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lienthong.exchange.guards.erasing import ERASED, destroy_bytes, order_erasure
from lienthong.exchange.models import Package
from lienthong.records.models import IncomingDocument, SearchEntry
from lienthong.records.outgoing.models import OutgoingDocument

_SIGNED = {"signer_name": "", "signer_position": "", "subject": ERASED}


def erase_package(*, package_id: UUID, actor: str, reason: str) -> None:
    """Destroy an accepted package for good: its stored bytes, its abstract, names of its files, its words in search.
    Numbers in registers, sender, time, hash and events stay. Again finishes what a crash left undone.

    :raises Refusal: REASON_MISSING, PACKAGE_UNKNOWN
    :raises OSError: the disk refused; call again
    """
    with transaction.atomic():
        package = order_erasure(package_id=package_id, actor=actor, reason=reason)
        _clear_books(package)
    destroy_bytes(package)


def _clear_books(package: Package) -> None:
    of_package = Q(package=package)
    if package.document_id is not None:
        of_package |= Q(origin=package.document_id)
    incoming = list(IncomingDocument.objects.filter(of_package).values_list("pk", flat=True))
    while more := list(
        IncomingDocument.objects.filter(forwarded_from__in=incoming).exclude(pk__in=incoming)
        .values_list("pk", flat=True)
    ):  # fmt: skip
        incoming += more
    IncomingDocument.objects.filter(pk__in=incoming).update(**_SIGNED)
    outgoing = OutgoingDocument.objects.filter(exchange_id=package.document_id) if package.document_id else ()
    sent = [row.pk for row in outgoing]
    OutgoingDocument.objects.filter(pk__in=sent).update(**_SIGNED, folded="")
    SearchEntry.objects.filter(pk__in=[*incoming, *sent]).delete()
