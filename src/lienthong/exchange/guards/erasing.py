"""Destroying what must not be here although it was accepted: a spilled state secret (spec: legal 8; docs/adr/0125).

What proves the exchange stays: sender, time, hash, number, and every event. What can be read goes.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.guards import holds
from lienthong.exchange.guards.models import Erasure
from lienthong.exchange.intake import segments
from lienthong.exchange.models import Document, Package
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.segments import Address
from lienthong.exchange.segments.erasing import erase
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind

ERASED = "(nội dung đã xóa theo lệnh)"
_KEPT_OF_FILE = ("begin", "end", "size", "sha256", "cdata", "content_type")


def order_erasure(*, package_id: UUID, actor: str, reason: str) -> Package:
    """Write the order down, stop what still is on its way, and clear the words in the exchange's rows. The bytes go
    with :func:`destroy_bytes` once this is committed. Again answers the package and changes nothing.

    :raises Refusal: REASON_MISSING, PACKAGE_UNKNOWN
    """
    told = " ".join(reason.split())[:500]
    if not told:
        raise Refusal(Reason.REASON_MISSING)
    with transaction.atomic():
        package = Package.objects.select_for_update(of=("self",)).select_related("system").filter(pk=package_id).first()
        if package is None:
            raise Refusal(Reason.PACKAGE_UNKNOWN, f"{package_id}.")
        if not Erasure.objects.filter(pk=package_id).exists():
            Erasure.objects.create(package=package, actor=actor, reason=told, at=clock.now())
            _stop(package_id, Actor(user=actor))
            _clear_words(package)
            _note(package, actor, told)
    return package


def destroy_bytes(package: Package) -> None:
    """Overwrite the package where it is stored.

    :raises OSError: the disk refused; the order stands, and the same command carries it out later
    """
    erase(segments().root, Address(package.segment, package.offset, package.length, bytes(package.sha256)))


def orders() -> dict[tuple[str, int], str]:
    """By segment and offset: who ordered a package to be erased, and when."""
    rows = Erasure.objects.select_related("package")
    return {(row.package.segment, row.package.offset): row.told for row in rows}


def _stop(package: UUID, actor: Actor) -> None:
    with connection.wrap_database_errors:
        holds.quarantine(hot_cursor(), package, reason=ERASED)
        holds.block(hot_cursor(), package, reason="Gói tin đã bị xóa khỏi trục theo lệnh.", actor=actor)


def _clear_words(package: Package) -> None:
    files = [{**{key: file[key] for key in _KEPT_OF_FILE if key in file}, "name": ERASED}
             for file in package.attachments]  # fmt: skip
    Package.objects.filter(pk=package.pk).update(attachments=files)
    if package.document_id is not None:
        Document.objects.filter(pk=package.document_id).update(subject=ERASED)


def _note(package: Package, actor: str, reason: str) -> None:
    event = new_event(
        EventKind.PACKAGE_ERASED,
        at=clock.now(),
        actor=Actor(user=actor),
        subject=Subject("package", str(package.pk), str(package.document_id or "")),
        sha256=bytes(package.sha256),
        data={"reason": reason},
    )
    with connection.wrap_database_errors:
        append_events(hot_cursor(), [event])
