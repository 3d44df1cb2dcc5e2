"""Acts about signatures as events of the ledger: results, what is demanded of senders, whom the axis trusts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg

from lienthong.common import clock
from lienthong.exchange.signatures.models import SignatureCheck
from lienthong.exchange.signatures.policies import Demand
from lienthong.exchange.signatures.reports import PackageReport
from lienthong.exchange.signatures.trust import TrustStore
from lienthong.ledger import canonical
from lienthong.ledger.actors import current_actor
from lienthong.ledger.append import append_events
from lienthong.ledger.events import MOMENT, Actor, Event, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.registry.models import Agency

Cursor = psycopg.Cursor[tuple[Any, ...]]
_TRUST_LOCK = 0x11EA
_AXIS = Actor()

StoredPart = tuple[str, int | None, str, bytes, str, Any, Any, Any, datetime]
"""Part, attachment, name, SHA-256, result, findings, signatures, used, time of the check: as the row keeps them."""


def report_hash(parts: Sequence[StoredPart]) -> bytes:
    """The hash of a stored report, whatever the order of its rows."""
    rows = [
        [part, index, name, sha256.hex(), result, findings, signatures, used, f"{checked_at:{MOMENT}}"]
        for part, index, name, sha256, result, findings, signatures, used, checked_at in parts
    ]
    rows.sort(key=lambda row: (str(row[0]), -1 if row[1] is None else int(row[1])))
    plain = json.loads(json.dumps(rows))  # as PostgreSQL gives it back: names read from files are no plain strings
    return hashlib.sha256(canonical.encode(plain)).digest()


def parts_of(report: PackageReport) -> list[StoredPart]:
    """A report's parts as they are stored."""
    return [
        (
            part.part.value, part.index, part.name, part.sha256, part.result.value, part.findings_json(),
            [one.as_json() for one in part.signatures], report.used_json(part), report.checked_at,
        )
        for part in report.parts
    ]  # fmt: skip


def stored_part(row: SignatureCheck) -> StoredPart:
    """A part as its row says now."""
    return (row.part, row.attachment, row.name, bytes(row.sha256), row.result, row.findings, row.signatures, row.used,
            row.checked_at)  # fmt: skip


def checked(package: UUID, document: UUID | None, report: PackageReport, *, number: int, sha256: bytes) -> Event:
    """A check was stored: the first one of a package, or one that says something else than the one before."""
    return new_event(
        EventKind.SIGNATURES_CHECKED,
        at=report.checked_at,
        actor=_AXIS,
        subject=Subject("package", str(package), str(document or "")),
        sha256=sha256,
        data={"result": report.result.value, "round": number, "report": report_hash(parts_of(report)).hex()},
    )


def note_policy(cursor: Cursor, agency: Agency | None, *, demand: Demand, valid_from: date, basis: str) -> None:
    """Senders (or one of them) have to sign otherwise from a day on."""
    event = new_event(
        EventKind.SIGNATURE_POLICY_SET,
        at=clock.now(),
        actor=current_actor(),
        subject=Subject("agency", str(agency.pk) if agency else ""),
        data={"demand": demand.value, "valid_from": str(valid_from), "basis": basis},
    )
    append_events(cursor, [event])


def note_trust(cursor: Cursor, store: TrustStore) -> bool:
    """Tell what is trusted now, unless the last event told the same; answers whether it was told. The folder is the
    operator's: what is seen is that it changed, not who did it."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TRUST_LOCK])
    told = _contents(store)
    cursor.execute(
        "SELECT data->>'fingerprint' FROM ledger_event WHERE subject_type = 'trust_store' AND subject_id = ''"
        " ORDER BY id DESC LIMIT 1"
    )
    last = cursor.fetchone()
    if last is not None and last[0] == told["fingerprint"]:
        return False
    subject = Subject("trust_store", "")
    append_events(
        cursor, [new_event(EventKind.TRUST_STORE_CHANGED, at=clock.now(), actor=_AXIS, subject=subject, data=told)]
    )
    return True


def _contents(store: TrustStore) -> dict[str, Any]:
    kinds = {"roots": store.roots, "authorities": store.authorities, "crls": store.crls}
    hashes = {kind: sorted(hashlib.sha256(one.dump()).hexdigest() for one in found) for kind, found in kinds.items()}
    fingerprint = hashlib.sha256(canonical.encode(hashes)).hexdigest()
    return {"fingerprint": fingerprint, **hashes, "unreadable": len(store.problems)}
