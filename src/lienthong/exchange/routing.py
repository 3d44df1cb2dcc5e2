"""Where a package goes: the systems that serve its addressees, one answer per addressee. Pure.

A document is routed by the ``To`` elements inside the package, a status report by ``ResponseFor``: the interface's own
list of receivers may be left over from an earlier call (vxp-protocol.md 2.5) and never decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from edxml102.model import Organ
from lienthong.registry.resolution import Outcome as Found
from lienthong.registry.resolution import Resolution


class Outcome(Enum):
    """What became of one addressee. ``good``: a delivery exists for it."""

    ACCEPTED = ("accepted", "Đã chuyển", True)
    REDIRECTED = ("redirected", "Đã chuyển tới cơ quan kế thừa", True)
    UNKNOWN = ("unknown", "Mã cơ quan không có trong danh bạ", False)
    CLOSED = ("closed", "Mã cơ quan đã đóng", False)
    LOCKED = ("locked", "Hệ thống của nơi nhận đang bị khóa", False)
    NOT_CONNECTED = ("not_connected", "Nơi nhận chưa kết nối trục, cần gửi bản giấy", False)
    ALREADY_THERE = ("already_there", "Phía trục gửi tự chuyển tới nơi nhận này", False)
    FAILED_BEYOND = ("failed_beyond", "Trục phía trên không chuyển được tới nơi nhận", True)

    def __new__(cls, value: str, label: str = "", good: bool = False) -> Outcome:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", good: bool = False) -> None:
        self.label = label
        self.good = good


@dataclass(frozen=True, slots=True)
class Route:
    """One addressee: the agency it names, the agency and system that get the package, or why none does."""

    code: str
    name: str
    outcome: Outcome
    agency_id: int | None = None
    to_agency_id: int | None = None
    system_pk: int | None = None
    successor_code: str = ""
    reason: str = ""


def route_organs(organs: Iterable[Organ], found: Mapping[str, Resolution]) -> list[Route]:
    """One route per addressed agency, in the order of the package; an agency named twice, by an old and a new code,
    gets one: the first that reaches it."""
    routes: dict[object, Route] = {}
    for organ in organs:
        route = route_code(found[organ.organ_id], name=organ.organ_name)
        first = routes.setdefault(route.agency_id or route.code, route)
        if route.outcome.good and not first.outcome.good:
            routes[route.agency_id or route.code] = route
    return list(routes.values())


def route_code(resolution: Resolution, *, name: str = "", follow_successor: bool = False) -> Route:
    """Route to the agency behind one code.

    ``follow_successor``: reports about old documents still find their way, even where new documents to a closed code
    are refused (design section 7): to the successor, or else to the system that the closed agency had.
    """
    name = resolution.name or name
    if resolution.outcome is Found.UNKNOWN:
        return Route(resolution.code, name, Outcome.UNKNOWN, reason=Outcome.UNKNOWN.label)
    if resolution.outcome is Found.CLOSED:
        return _route_closed(resolution, name, follow_successor=follow_successor)
    outcome = _reach(resolution.system_pk, locked=resolution.system_locked)
    return Route(
        code=resolution.code,
        name=name,
        outcome=outcome,
        agency_id=resolution.agency_id,
        to_agency_id=resolution.agency_id,
        system_pk=resolution.system_pk,
        reason="" if outcome.good else outcome.label,
    )


def _route_closed(resolution: Resolution, name: str, *, follow_successor: bool) -> Route:
    redirect = resolution.successor_id is not None and (follow_successor or resolution.on_closed == "redirect")
    reached, system_pk = Outcome.CLOSED, None
    if redirect:
        system_pk = resolution.successor_system_pk
        reached = _reach(system_pk, locked=resolution.successor_system_locked)
    stays = follow_successor and not reached.good and _reach(resolution.system_pk, locked=resolution.system_locked).good
    outcome = Outcome.REDIRECTED if reached.good else Outcome.ACCEPTED if stays else reached
    return Route(
        code=resolution.code,
        name=name,
        outcome=outcome,
        agency_id=resolution.agency_id,
        to_agency_id=resolution.agency_id if stays else resolution.successor_id if redirect else None,
        system_pk=resolution.system_pk if stays else system_pk,
        successor_code=resolution.successor_code or "",
        reason="" if stays else _closed_reason(resolution, outcome),
    )


def _closed_reason(resolution: Resolution, outcome: Outcome) -> str:
    since = f" từ ngày {resolution.closed_on:%d/%m/%Y}" if resolution.closed_on else ""
    successor = f"; cơ quan kế thừa: {resolution.successor_name} ({resolution.successor_code})"
    return f"{outcome.label}{since}" + (successor if resolution.successor_code else "")


def _reach(system_pk: int | None, *, locked: bool | None) -> Outcome:
    if system_pk is None:
        return Outcome.NOT_CONNECTED
    return Outcome.LOCKED if locked else Outcome.ACCEPTED
