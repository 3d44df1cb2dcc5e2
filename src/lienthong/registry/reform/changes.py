"""What a reform changes, one fact at a time: made by ``effects``, written by ``applying``, turned round by ``undo``.

Agencies are named by a code, which belongs to one agency for ever. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from lienthong.registry.models import Level, MandateScope, OnClosed


@dataclass(frozen=True, slots=True)
class Fate:
    """How a code ends; ``valid_to`` is ``None`` while it is open."""

    valid_to: date | None = None
    successor: str | None = None
    on_closed: str = OnClosed.REFUSE.value


@dataclass(frozen=True, slots=True)
class Naming:
    name: str
    abbreviation: str


@dataclass(frozen=True, slots=True)
class Place:
    level: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a mandate."""

    scope: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Created:
    path: str
    agency: str
    old_code: str | None
    scheme: str | None
    naming: Naming
    place: Place


@dataclass(frozen=True, slots=True)
class CodeGiven:
    path: str
    agency: str
    code: str


@dataclass(frozen=True, slots=True)
class CodeChanged:
    path: str
    agency: str
    code: str
    before: Fate
    after: Fate


@dataclass(frozen=True, slots=True)
class Renamed:
    path: str
    agency: str
    before: Naming
    after: Naming


@dataclass(frozen=True, slots=True)
class Moved:
    path: str
    agency: str
    before: Place
    after: Place


@dataclass(frozen=True, slots=True)
class ServiceChanged:
    """``before`` and ``after``: whether those below the agency are included; ``None`` when it is not served."""

    path: str
    agency: str
    system: str
    before: bool | None
    after: bool | None


@dataclass(frozen=True, slots=True)
class MandateChanged:
    """``mandatary`` acts for ``agency``; ``None`` when it does not."""

    path: str
    agency: str
    mandatary: str
    before: Terms | None
    after: Terms | None


Change = Created | CodeGiven | CodeChanged | Renamed | Moved | ServiceChanged | MandateChanged


# --- As kept in the database ----------------------------------------------------------------------------------------

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Created, CodeGiven, CodeChanged, Renamed, Moved, ServiceChanged, MandateChanged)
}
_PARTS: dict[str, dict[str, type[Any]]] = {
    "Created": {"naming": Naming, "place": Place},
    "CodeChanged": {"before": Fate, "after": Fate},
    "Renamed": {"before": Naming, "after": Naming},
    "Moved": {"before": Place, "after": Place},
    "MandateChanged": {"before": Terms, "after": Terms},
}
_DAYS = ("valid_to", "until")


def to_record(change: Change) -> dict[str, Any]:
    """A change as JSON."""
    return {"change": type(change).__name__, **_flat(asdict(change))}


def of_record(record: Mapping[str, Any]) -> Change:
    """The change of a record."""
    values = dict(record)
    kind = values.pop("change")
    for name, part in _PARTS.get(kind, {}).items():
        if values[name] is not None:
            values[name] = part(**{key: _day(key, value) for key, value in values[name].items()})
    change: Change = _KINDS[kind](**values)
    return change


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _flat(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _day(key: str, value: Any) -> Any:
    return date.fromisoformat(value) if key in _DAYS and value is not None else value


# --- As people read it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table of changes."""

    act: str
    agency: str
    before: str
    after: str


def tell(change: Change) -> Line:
    """What happens, to whom, from what to what."""
    act, before, after = _told(change)
    return Line(act, change.agency, before or "–", after or "–")


def _told(change: Change) -> tuple[str, str, str]:  # noqa: PLR0911 - one answer each
    match change:
        case Created():
            codes = f" (mã cũ {change.old_code})" if change.old_code else ""
            return "Lập cơ quan", "", f"{_naming(change.naming)}{codes}; {_place(change.place)}"
        case CodeGiven():
            return "Cấp mã", "", change.code
        case CodeChanged():
            act = "Đóng mã" if change.after.valid_to else "Mở lại mã"
            return act, f"{change.code}: {_fate(change.before)}", _fate(change.after)
        case Renamed():
            return "Đổi tên", _naming(change.before), _naming(change.after)
        case Moved():
            return "Chuyển", _place(change.before), _place(change.after)
        case ServiceChanged():
            act = "Thôi phục vụ" if change.after is None else "Phục vụ"
            return act, _service(change.system, change.before), _service(change.system, change.after)
        case MandateChanged():
            act = "Ủy quyền" if change.after else "Hết ủy quyền"
            return act, _mandate(change.mandatary, change.before), _mandate(change.mandatary, change.after)


def _naming(naming: Naming) -> str:
    return f"{naming.name} ({naming.abbreviation})" if naming.abbreviation else naming.name


def _place(place: Place) -> str:
    return f"{Level(place.level).label}, " + (f"trực thuộc {place.parent}" if place.parent else "không có cấp trên")


def _fate(fate: Fate) -> str:
    if fate.valid_to is None:
        return "đang dùng"
    heir = f"kế thừa {fate.successor}" if fate.successor else "không có kế thừa"
    return f"đóng từ {fate.valid_to:%d/%m/%Y}, {heir}, {OnClosed(fate.on_closed).label.lower()}"


def _service(system: str, included: bool | None) -> str:
    if included is None:
        return ""
    return f"{system} (cả trực thuộc)" if included else system


def _mandate(mandatary: str, terms: Terms | None) -> str:
    if terms is None:
        return ""
    until = f" đến trước {terms.until:%d/%m/%Y}" if terms.until else ""
    return f"{mandatary}: {MandateScope(terms.scope).label.lower()}{until}"
