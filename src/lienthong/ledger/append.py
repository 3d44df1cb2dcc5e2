"""How events get into the database: inside the transaction of the act they tell of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg

from lienthong.ledger.events import Event

Cursor = psycopg.Cursor[tuple[Any, ...]]

CHANNEL: LiteralString = "lienthong_ledger"  # NOTIFY wakes the sequencer

_COLUMNS: dict[LiteralString, LiteralString] = {
    "uid": "uuid", "kind": "text", "at": "timestamptz", "system": "text", "agency": "text", "remote": "text",
    '"user"': "text", "subject_type": "text", "subject_id": "text", "document": "text", "sha256": "bytea",
    "data": "text", "digest": "bytea",
}  # fmt: skip
_VALUES: LiteralString = ", ".join("data::jsonb" if name == "data" else name for name in _COLUMNS)
_NAMES: LiteralString = ", ".join(_COLUMNS)
# Binary arrays: psycopg escapes every quote of every text in its text arrays, which costs more than the insert itself.
_ARRAYS: LiteralString = ", ".join(f"%b::{name}[]" for name in _COLUMNS.values())
# One statement: the rows, their places in the sequencer's queue, and the call that wakes it when the caller commits.
_APPEND: LiteralString = f"""
    WITH added AS (INSERT INTO ledger_event ({_NAMES})
                   SELECT {_VALUES} FROM unnest({_ARRAYS}) AS q({_NAMES}) RETURNING id),
         queued AS (INSERT INTO ledger_waiting (event_id) SELECT id FROM added)
    SELECT pg_notify('{CHANNEL}', '')
"""  # noqa: S608 - constant names


def append_events(cursor: Cursor, events: Sequence[Event]) -> None:
    """Append events inside the caller's transaction with one statement: they stand or fall with what they tell of."""
    if events:
        rows = [_row(event) for event in events]
        cursor.execute(_APPEND, [list(column) for column in zip(*rows, strict=True)])


def _row(event: Event) -> tuple[Any, ...]:
    actor, subject = event.actor, event.subject
    return (
        event.uid, event.kind, event.at, actor.system, actor.agency, actor.remote, actor.user, subject.type, subject.id,
        subject.document, event.sha256, json.dumps(event.data, ensure_ascii=False), event.digest(),
    )  # fmt: skip
