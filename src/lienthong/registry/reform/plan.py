"""A reform plan: what happens to which agencies on a day. Pure values; ``reading`` makes them from YAML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Ref:
    """A code, or another word, and where in the plan it stands."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency that the plan creates."""

    path: str
    code: Ref
    old_code: Ref | None
    scheme: str | None
    name: str
    abbreviation: str
    level: str
    parent: Ref | None


@dataclass(frozen=True, slots=True)
class Create:
    """A new agency."""

    path: str
    agency: NewAgency


@dataclass(frozen=True, slots=True)
class Close:
    """Close all codes of agencies, or only ``codes``. ``transfer_mandates``: the successor acts for whom they did."""

    path: str
    agencies: tuple[Ref, ...]
    codes: tuple[Ref, ...]
    successor: Ref | None
    on_closed: str
    transfer_mandates: bool


@dataclass(frozen=True, slots=True)
class Merge:
    """Several agencies become one: an existing one (``into``), which may get another name, or a new one."""

    path: str
    agencies: tuple[Ref, ...]
    into: Ref | None
    create: NewAgency | None
    name: str | None
    abbreviation: str | None
    on_closed: str
    transfer_mandates: bool


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name; ``abbreviation`` stays when it is ``None``."""

    path: str
    agency: Ref
    name: str
    abbreviation: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """Another level or parent; what is ``None`` stays. ``to_top``: no parent any more."""

    path: str
    agencies: tuple[Ref, ...]
    level: str | None
    parent: Ref | None
    to_top: bool


@dataclass(frozen=True, slots=True)
class Recode:
    """New codes; the old ones, all or those in ``replaces``, close in favour of the agency itself."""

    path: str
    agency: Ref
    codes: tuple[Ref, ...]
    replaces: tuple[Ref, ...]
    on_closed: str


@dataclass(frozen=True, slots=True)
class Serve:
    """A system begins to carry agencies' documents."""

    path: str
    system: Ref
    agencies: tuple[Ref, ...]
    include_subordinates: bool


@dataclass(frozen=True, slots=True)
class Unserve:
    """A system ceases to."""

    path: str
    system: Ref
    agencies: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A system that served one agency serves another instead."""

    path: str
    system: Ref
    source: Ref
    target: Ref


@dataclass(frozen=True, slots=True)
class GiveMandate:
    """``mandatary`` sends or receives for the agencies."""

    path: str
    agencies: tuple[Ref, ...]
    mandatary: Ref
    scope: str
    until: date | None


@dataclass(frozen=True, slots=True)
class EndMandate:
    """It no longer does."""

    path: str
    agencies: tuple[Ref, ...]
    mandatary: Ref


@dataclass(frozen=True, slots=True)
class Restore:
    """Codes stand as before the run that the plan undoes."""

    path: str
    codes: tuple[Ref, ...]


Step = Create | Close | Merge | Rename | Move | Recode | Serve | Unserve | Transfer | GiveMandate | EndMandate | Restore


@dataclass(frozen=True, slots=True)
class Plan:
    """``basis`` is the decision it rests on; ``undoes`` the number of the run that it takes back."""

    name: str
    day: date
    basis: str
    undoes: int | None
    steps: tuple[Step, ...]
    sha256: str
