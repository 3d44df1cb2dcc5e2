"""Reads of what was asked of a recipient, and of what is therefore shown there.

An update never changes a stored byte. Once a recipient agreed to it, the data *shown* at that recipient are those of
the update's header; what was shown before stays readable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from lienthong.common.sql import hot_cursor
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.states import Ask
from lienthong.registry.resolution import SystemAccess


@dataclass(frozen=True, slots=True)
class Metadata:
    """What lists show of a document."""

    number: str
    notation: str
    promulgation_date: date | None
    subject: str
    type_name: str
    priority: int

    @property
    def code(self) -> str:
        return f"{self.number}/{self.notation}" if self.notation else self.number


@dataclass(frozen=True, slots=True)
class AskRecord:
    """One ask of a recipient and its answer. ``document`` is the one that asks; ``shown``: the data that it brought."""

    ask: Ask
    document: UUID
    asked_at: datetime
    reason: str
    agreed: bool | None
    code: str
    answered_at: datetime | None
    answer: str
    shown: Metadata | None

    @property
    def text(self) -> str:
        """For the sender, in one clause."""
        if self.agreed is None:
            return f"{self.ask.label}: chờ trả lời"
        if not self.code:
            return f"{self.ask.label}: đã rút lại"
        return f"{self.ask.label}: {'đồng ý' if self.agreed else 'từ chối'} ({self.code})"


@dataclass(frozen=True, slots=True)
class Version:
    """Data of a document as shown at a recipient from ``since`` on. ``document`` brought them; ``reason``: why."""

    metadata: Metadata
    since: datetime
    document: UUID
    reason: str = ""


_METADATA = "{0}.number, {0}.notation, {0}.promulgation_date, {0}.subject, {0}.type_name, {0}.priority"


def asks_of(recipients: Sequence[UUID]) -> dict[UUID, list[AskRecord]]:
    """Everything that was asked of these recipients, in order."""
    rows = hot_cursor().execute(
        "SELECT a.recipient_id, a.kind, u.id, a.asked_at, a.reason, a.agreed, a.answered_code, a.answered_at,"  # noqa: S608
        f" a.answer, a.changes_document, {_METADATA.format('u')}"
        "  FROM exchange_ask a"
        "  JOIN exchange_recipient s ON s.id = a.asking_id JOIN exchange_document u ON u.id = s.document_id"
        " WHERE a.recipient_id = ANY(%s) ORDER BY a.id",
        [list(recipients)],
    )
    found: dict[UUID, list[AskRecord]] = defaultdict(list)
    for recipient, kind, document, asked_at, reason, agreed, code, answered_at, answer, changes, *metadata in rows:
        shown = Metadata(*metadata) if agreed and changes else None
        found[recipient].append(
            AskRecord(Ask(kind), document, asked_at, reason, agreed, code, answered_at, answer, shown)
        )
    return found


def current(asks: Sequence[AskRecord], original: Metadata) -> Metadata:
    """The data shown now: those of the update that was agreed to last."""
    agreed = [ask for ask in asks if ask.shown and ask.answered_at]
    latest = max(agreed, key=lambda ask: ask.answered_at or ask.asked_at, default=None)
    return latest.shown if latest and latest.shown else original


def list_versions(system: SystemAccess, doc_id: str, *, code: str) -> list[Version]:
    """The data of a document as shown at the recipient ``code``, oldest first; the last is what is shown now.

    :param doc_id: the document's id at its sender, or the delivery's at its recipient; only their systems may read it
    :raises Refusal: PACKAGE_UNKNOWN
    """
    with connection.wrap_database_errors:
        row = _readable(system, doc_id, code)
        if row is None:
            raise Refusal(Reason.PACKAGE_UNKNOWN, f"docId {doc_id[:64]!r}, nơi nhận {code}.")
        recipient, document, received_at, *metadata = row
        asks = asks_of([recipient])[recipient]
    original = Version(Metadata(*metadata), received_at, document)
    updates = [Version(a.shown, a.answered_at, a.document, a.reason) for a in asks if a.shown and a.answered_at]
    return [original, *sorted(updates, key=lambda version: version.since)]


def _readable(system: SystemAccess, doc_id: str, code: str) -> tuple[Any, ...] | None:
    try:
        identifier = UUID(doc_id)
    except ValueError:
        return None
    row = hot_cursor().execute(
        f"SELECT r.id, d.id, d.received_at, {_METADATA.format('d')}"  # noqa: S608
        "  FROM exchange_recipient r"
        "  JOIN exchange_document d ON d.id = r.document_id"
        "  LEFT JOIN exchange_delivery v ON v.id = r.delivery_id"
        " WHERE r.code = %(code)s AND (r.document_id = %(id)s AND d.system_id = %(system)s"
        "                              OR r.delivery_id = %(id)s AND v.system_id = %(system)s)",
        {"id": identifier, "system": system.pk, "code": code},
    )
    return row.fetchone()
