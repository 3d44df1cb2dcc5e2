"""What ``agencies`` and ``systems`` share: one JSON document or a table, and errors in the same form."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from lienthong.cli import runtime, vietnamese
from lienthong.common import clock
from lienthong.registry.errors import RegistryError

# The class of all mistakes in how a command is written; typer shows it only through this public child.
_UsageError: type[Any] = typer.BadParameter.__bases__[0]
_REFUSED, _MISWRITTEN = 1, 2

Json = Annotated[bool, typer.Option("--json", help="In một tài liệu JSON.")]


class Command(vietnamese.Command):
    """A command that explains in Vietnamese, or in JSON, how it was miswritten."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        as_json = "--json" in args
        try:
            return super().parse_args(ctx, args)
        except _UsageError as error:
            refuse(
                RegistryError("cli.usage", _explain(error), f"Xem cách viết: {ctx.command_path} --help"),
                as_json=as_json,
                exit_code=_MISWRITTEN,
            )


@contextmanager
def answering(*, as_json: bool) -> Iterator[None]:
    """Make the database ready; turn a refusal into its message and exit code 1."""
    runtime.prepare()
    try:
        with runtime.explained():
            yield
    except RegistryError as error:
        refuse(error, as_json=as_json)


def refuse(error: RegistryError, *, as_json: bool, exit_code: int = _REFUSED) -> NoReturn:
    """Say why, and end the program."""
    if as_json:
        print_json({"error": {"code": error.code, "message": error.message, "next_step": error.next_step}})
    else:
        sys.stderr.write(f"{error.code}: {error.message}\n→ {error.next_step}\n")
    raise typer.Exit(exit_code)


def print_json(document: object) -> None:
    """Write the one document of a command."""
    sys.stdout.write(json.dumps(_plain(document), ensure_ascii=False, indent=2) + "\n")


def console() -> Console:
    """A console for standard output as it is now; names are never read as markup."""
    return Console(markup=False, highlight=False, emoji=False)


def table(*headings: str, title: str = "") -> Table:
    """A table with Vietnamese headings."""
    made = Table(title=title or None, title_justify="left")
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def shown(value: object) -> str:
    """A value as clerks read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return f"{clock.in_vietnam(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "có" if value else "không"
    return str(value)


def read_day(text: str | None, option: str) -> date:
    """The day an option names; today when it is not given.

    :raises RegistryError: ``cli.date``
    """
    from lienthong.registry.directory_file.columns import read_date  # noqa: PLC0415 - needs Django

    if text is None:
        return clock.today()
    try:
        return read_date(text)
    except ValueError:
        raise RegistryError(
            "cli.date", f"{option}: {text!r} không phải một ngày.", "Viết ngày như 2025-07-01 hoặc 1/7/2025."
        ) from None


_UNITS = {"": "hours", "h": "hours", "m": "minutes", "d": "days"}


def read_duration(text: str, option: str) -> timedelta:
    """A length of time: ``0``, ``90m``, ``24h``, ``7d``.

    :raises RegistryError: ``cli.duration``
    """
    match = re.fullmatch(r"(\d{1,4})([mhd]?)", text.strip().lower())
    if match is None or (match[2] == "" and int(match[1]) != 0):
        raise RegistryError(
            "cli.duration", f"{option}: {text!r} không phải một khoảng thời gian.", "Viết như 90m, 24h, 7d hoặc 0."
        )
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _explain(error: Any) -> str:
    parameter = getattr(error, "param", None)
    name = "/".join(parameter.opts) if parameter is not None and parameter.opts else ""
    kind = type(error).__name__
    if kind == "MissingParameter":
        metavar = getattr(parameter, "metavar", None)
        return f"Thiếu {name if name.startswith('-') else metavar or name}."
    if kind == "NoSuchOption":
        return f"Không có tùy chọn {error.option_name}."
    return f"Lệnh viết chưa đúng{f' ở {name}' if name else ''}: {error.format_message()}"
