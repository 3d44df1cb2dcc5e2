"""Small helpers for the hot path's raw SQL on Django's connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

Rows = Sequence[tuple[Any, ...]]


def hot_cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    """A cursor with server-side binding, so that PostgreSQL prepares each statement once per connection. The caller
    holds the transaction and translates errors with ``connection.wrap_database_errors``."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def release_connection() -> None:
    """Give the thread's connection back to the pool before waiting for something else (a slow client, a commit), so
    that waiting threads never hold connections. The next query takes one again."""
    if not connection.in_atomic_block:
        connection.close()


def conninfo() -> str:
    """Where the database is, for a connection outside the pool (one that listens for as long as a role lives)."""
    chosen = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo("", **{name: str(chosen[key]) for name, key in names.items() if chosen[key]})


def insert_rows(
    cursor: psycopg.Cursor[Any], table: LiteralString, types: Mapping[LiteralString, LiteralString], rows: Rows
) -> None:
    """Insert many rows with one statement (``unnest``); ``types`` maps columns to PostgreSQL types, in row order."""
    if rows:
        columns = ", ".join(types)
        arrays = ", ".join(f"%s::{name}[]" for name in types.values())
        statement: LiteralString = f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays})"  # noqa: S608 - literals
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
