"""The directory as it stands after all recorded changes, in memory: 111,000 agencies take about a second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from lienthong.registry.directory_file.columns import CONTACT
from lienthong.registry.models import Scheme

_PREFERENCE = {scheme: place for place, scheme in enumerate(Scheme.values)}


@dataclass(frozen=True, slots=True)
class KnownCode:
    """A row of AgencyIdentifier."""

    pk: int
    agency: int
    scheme: str
    code: str
    valid_from: date
    valid_to: date | None
    successor: int | None
    on_closed: str

    @property
    def preference(self) -> tuple[bool, int, int]:
        """Sorts the code an agency is best addressed by first."""
        return self.valid_to is not None, _PREFERENCE[self.scheme], self.pk

    @property
    def fate(self) -> tuple[date, date | None, int | None, str]:
        """What two codes written in one row must have in common."""
        return self.valid_from, self.valid_to, self.successor, self.on_closed


@dataclass(frozen=True, slots=True)
class KnownAgency:
    """The open name and placement of an agency, and its contact."""

    pk: int
    name_pk: int
    name: str
    abbreviation: str
    named_from: date
    placement_pk: int
    level: str
    parent: int | None
    placed_from: date
    contact: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Snapshot:
    """Everything known, by code and by agency."""

    codes: dict[str, KnownCode] = field(default_factory=dict)
    codes_of: dict[int, list[KnownCode]] = field(default_factory=dict)
    agencies: dict[int, KnownAgency] = field(default_factory=dict)

    def is_closed(self, agency: int) -> bool:
        return all(code.valid_to is not None for code in self.codes_of.get(agency, []))


def take() -> Snapshot:
    """Read the whole directory."""
    snapshot = Snapshot()
    for row in _rows(_CODES):
        code = KnownCode(*row)
        snapshot.codes[code.code] = code
        snapshot.codes_of.setdefault(code.agency, []).append(code)
    for codes in snapshot.codes_of.values():
        codes.sort(key=lambda code: code.preference)
    for row in _rows(_AGENCIES):
        _keep_agency(snapshot, row)
    return snapshot


def _keep_agency(snapshot: Snapshot, row: tuple[Any, ...]) -> None:
    agency = KnownAgency(*row[: -len(CONTACT)])
    agency.contact.update(zip(CONTACT, row[-len(CONTACT) :], strict=True))
    snapshot.agencies[agency.pk] = agency


_CODES = """
SELECT id, agency_id, scheme, code, valid_from, valid_to, successor_id, on_closed FROM registry_agencyidentifier
"""
_AGENCIES = """
SELECT a.id, n.id, n.name, n.abbreviation, n.valid_from, p.id, p.level, p.parent_id, p.valid_from,
       COALESCE(k.mail, ''), COALESCE(k.phone, ''), COALESCE(k.fax, ''), COALESCE(k.address, '')
  FROM registry_agency a
  JOIN registry_agencyname n ON n.agency_id = a.id AND n.valid_to IS NULL
  JOIN registry_agencyplacement p ON p.agency_id = a.id AND p.valid_to IS NULL
  LEFT JOIN registry_agencycontact k ON k.agency_id = a.id
"""


def _rows(sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        yield from cursor.fetchall()


def renew(known: Snapshot, codes: Sequence[str]) -> None:
    """Read again the agencies that have or had any of these codes, after they were written."""
    fresh = [KnownCode(*row) for row in _rows(f"{_CODES} WHERE {_OF_CODES}", [list(codes)])]
    for agency in {code.agency for code in fresh}:
        known.codes_of[agency] = []
    for code in fresh:
        known.codes[code.code] = code
        known.codes_of[code.agency].append(code)
    for held in {code.agency for code in fresh}:
        known.codes_of[held].sort(key=lambda code: code.preference)
    for row in _rows(f"{_AGENCIES} WHERE {_OF_CODES.replace('agency_id', 'a.id', 1)}", [list(codes)]):
        _keep_agency(known, row)


_OF_CODES = "agency_id IN (SELECT agency_id FROM registry_agencyidentifier WHERE code = ANY(%s))"
