"""The hops of a package: the axes that handled it, first to last. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from edxml102.model import Package, TraceHeaderList

_MOST = 64
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Hop:
    """An axis (or a sender's system) by its code and the time it wrote, as it wrote both.

    ``beside``: told besides the package, which is signed and must not be altered.
    """

    organ_code: str
    timestamp: str
    beside: bool = False


def hops_of(package: Package, beside: Iterable[Hop] = ()) -> tuple[Hop, ...]:
    """Those written in the package, then those told beside it that it does not name itself."""
    traces = getattr(package, "trace", TraceHeaderList()).traces
    written = [Hop(trace.organ_id[:_LONGEST], trace.timestamp[:_LONGEST]) for trace in traces[:_MOST]]
    named = {(hop.organ_code, hop.timestamp) for hop in written}
    told = [hop for hop in beside if (hop.organ_code, hop.timestamp) not in named]
    return tuple([*written, *told][:_MOST])


def to_text(hops: Iterable[Hop]) -> str:
    """The form in which hops are told beside a package: ``[["H99","2024/03/15 08:00:00"]]``; nothing for none."""
    pairs = [[hop.organ_code, hop.timestamp] for hop in hops]
    return json.dumps(pairs, separators=(",", ":")) if pairs else ""


def from_text(text: str) -> tuple[Hop, ...]:
    """Read ``to_text``'s form; what is not of that form is none, since it decides nothing but evidence and loops."""
    try:
        pairs = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return ()
    return from_pairs(pairs)


def from_pairs(pairs: object) -> tuple[Hop, ...]:
    """The same from a value that was JSON already."""
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        return ()
    return tuple(Hop(code, timestamp, beside=True) for code, timestamp in pairs[:_MOST])


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(part, str) and len(part) <= _LONGEST and part.isprintable() for part in pair)
    )
