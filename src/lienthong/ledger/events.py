"""Events: what happened, who did it, to what, when, and the hash of the bytes. Frozen values with one byte form.

The byte form is hashed twice: ``digest`` (SHA-256) is the event's entry in the public log, and the log hashes its
entries once more into the leaves of its tree. The public log so shows that nothing was changed, and nothing of who
wrote to whom; the random part of ``uid`` keeps anybody from guessing an event back from its digest (docs/adr/0010).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from lienthong.common.ids import new_id
from lienthong.ledger import canonical
from lienthong.ledger.kinds import EventKind

MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: a connected system for an agency, from a network address, or a person of the operator."""

    system: str = ""
    agency: str = ""
    remote: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on. ``document``: the document (``DocId``) whose story the event belongs to."""

    type: str
    id: str
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One act. ``data`` holds JSON values only, no floats; ``sha256`` is the hash of the bytes it was about."""

    kind: str
    at: datetime
    actor: Actor
    subject: Subject
    sha256: bytes = b""
    data: Mapping[str, Any] = field(default_factory=dict)
    uid: UUID = field(default_factory=new_id)

    def canonical(self) -> bytes:
        """The event as it is hashed and exported."""
        return canonical.encode(
            {
                "v": 1,
                "uid": str(self.uid),
                "kind": self.kind,
                "at": self.at.astimezone(UTC).strftime(MOMENT),
                "actor": {name: getattr(self.actor, name) for name in ("system", "agency", "remote", "user")},
                "subject": {name: getattr(self.subject, name) for name in ("type", "id", "document")},
                "sha256": self.sha256.hex(),
                "data": self.data,
            }
        )

    def digest(self) -> bytes:
        """The event's entry in the log."""
        return hashlib.sha256(self.canonical()).digest()


def new_event(  # noqa: PLR0913 - one field each
    kind: EventKind,
    *,
    at: datetime,
    actor: Actor,
    subject: Subject,
    sha256: bytes = b"",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """An event of a known kind, ready to be appended."""
    return Event(kind=kind.value, at=at, actor=actor, subject=subject, sha256=sha256, data=data or {})


def parse(raw: bytes) -> Event:
    """Read an event back from its canonical bytes.

    :raises ValueError: these are not the canonical bytes of an event
    """
    try:
        found = canonical.decode(raw)
        event = Event(
            kind=found["kind"],
            at=datetime.strptime(found["at"], MOMENT).replace(tzinfo=UTC),
            actor=Actor(**found["actor"]),
            subject=Subject(**found["subject"]),
            sha256=bytes.fromhex(found["sha256"]),
            data=found["data"],
            uid=UUID(found["uid"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an event: {error}") from error
    if event.canonical() != raw:
        raise ValueError("not the canonical form of an event")
    return event
