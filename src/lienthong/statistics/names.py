"""What keys of measures are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import connection

from edxml102.codes import BusinessType
from lienthong.common import clock
from lienthong.exchange.refusals import Reason
from lienthong.exchange.routing import Outcome
from lienthong.exchange.rule_sets import Duty
from lienthong.exchange.states import Ask
from lienthong.registry.models import Level
from lienthong.statistics.measures import Measure, Scope

_ANSWERS = {"open": "chưa trả lời", "agreed": "đồng ý", "declined": "từ chối"}
_REASONS = {reason.code: reason.sentence for reason in Reason}


def level_name(level: str) -> str:
    """A level in words; what is in none of the four tiers is *Khác*."""
    return Level(level).label if level in Level.values else Level.OTHER.label


def key_name(measure: Measure, key: str) -> str:
    """A key in words; one that nobody knows as it came."""
    return _NAMERS[measure](key) if measure in _NAMERS else key


def _outcome(key: str) -> str:
    return Outcome(key).label if key in Outcome._value2member_map_ else key


def _refusal(key: str) -> str:
    return key or "Không nêu lý do"


def _duty(key: str) -> str:
    label = Duty(key).label if key in Duty._value2member_map_ else key
    return f"Chưa {label[:1].lower()}{label[1:]}"


def _answer(key: str) -> str:
    ask, _, answer = key.partition(":")
    label = Ask(ask).label if ask in Ask._value2member_map_ else ask
    return f"{label}: {_ANSWERS.get(answer, answer)}"


def _business(key: str) -> str:
    known = BusinessType.known(key)
    return known.label if known else key


_NAMERS: dict[Measure, Callable[[str], str]] = {
    Measure.FLOW: level_name,
    Measure.NOT_SENT: _outcome,
    Measure.REFUSED: _refusal,
    Measure.RECEIVED_REFUSED: _refusal,
    Measure.UNANSWERED: _duty,
    Measure.RECEIVED_UNANSWERED: _duty,
    Measure.ERRORS: lambda key: _REASONS.get(key, key),
    Measure.ASKED: _answer,
    Measure.BUSINESS: _business,
}


# The newest name a day before the end of the period would need the day; names as they are read today are enough for a
# list that also shows the code.
_NAMES = """
SELECT DISTINCT ON (n.agency_id) n.agency_id, n.name,
       (SELECT code FROM registry_agencyidentifier i WHERE i.agency_id = n.agency_id
         ORDER BY (i.valid_to IS NULL) DESC, i.scheme = 'QD20' DESC, i.id LIMIT 1)
  FROM registry_agencyname n WHERE n.agency_id = ANY(%s) ORDER BY n.agency_id, n.valid_from DESC
"""


def agency_names(agencies: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and code of agencies."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [list(agencies)])
        return {agency: (name, code or "") for agency, name, code in cursor.fetchall()}


def scope_name(scope: Scope) -> str:
    """Whose figures, in words."""
    if scope.is_whole:
        return "Toàn thành phố"
    wanted = [one for one in (scope.agency_id, scope.parent_id) if one is not None]
    names = agency_names(wanted)
    parts = []
    if scope.agency_id is not None:
        parts.append(names.get(scope.agency_id, ("Cơ quan không rõ", ""))[0])
    if scope.parent_id is not None:
        parts.append(f"Các cơ quan trực thuộc {names.get(scope.parent_id, ('', ''))[0]}")
    if scope.level is not None:
        parts.append(f"Cấp {level_name(scope.level).lower()}")
    return ", ".join(parts)


def today_note() -> str:
    """When a report was made."""
    return f"{clock.in_vietnam(clock.now()):%H:%M ngày %d/%m/%Y}"
