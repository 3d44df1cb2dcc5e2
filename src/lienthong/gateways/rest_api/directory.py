"""The directory as partners ask it: find an agency, and know before sending whether it can be reached."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.conf import settings
from ninja import Path, Query, Router

from edxml102.limits import Limits
from lienthong.common import clock
from lienthong.exchange.routing import Route, route_code
from lienthong.gateways.rest_api.keys import ApiKey
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import ApiRequest
from lienthong.gateways.rest_api.schemas import AgencyDetailOut, AgencyList, AgencyOut, AxisOut, Capabilities
from lienthong.gateways.rest_api.submitting import EDXML
from lienthong.registry.directory import resolve_many
from lienthong.registry.models import ApiScope, Level
from lienthong.registry.resolution import Outcome
from lienthong.registry.selectors import search_agencies

router = Router(tags=["directory"])
_MOST_ATTACHMENTS = Limits().attachments


@router.get("/axis", auth=ApiKey(), response=AxisOut, operation_id="getAxis", summary="Khóa này và giới hạn của trục")
def get_axis(request: ApiRequest) -> AxisOut:
    """Dùng để thử khóa: hệ thống nào, quyền gì, bao nhiêu yêu cầu mỗi phút."""
    key = request.auth.key
    return AxisOut(
        system_id=key.system.system_id,
        system_name=key.system.name,
        scopes=sorted(key.scopes),
        rate_per_minute=key.rate_per_minute,
        largest_package=settings.PACKAGE_LIMIT,
        most_attachments=_MOST_ATTACHMENTS,
        upload_hours=settings.UPLOAD_HOURS,
    )


@router.get(
    "/directory/agencies",
    auth=ApiKey(ApiScope.DIRECTORY_READ),
    response=AgencyList,
    operation_id="searchAgencies",
    summary="Tìm cơ quan",
)
def find_agencies(  # noqa: PLR0913 - one query parameter each
    request: ApiRequest,
    *,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    level: Annotated[Level | None, Query()] = None,
    include_closed: Annotated[bool, Query()] = False,
    on_date: Annotated[date | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AgencyList:
    """Theo mã, tên hoặc tên viết tắt, có dấu hay không dấu; từ cuối có thể gõ dở."""
    day = on_date or clock.today()
    found = search_agencies(q, on_date=day, level=level, limit=limit, include_closed=include_closed)
    return AgencyList(items=[AgencyOut.model_validate(hit, from_attributes=True) for hit in found])


@router.get(
    "/directory/agencies/{path:code}",
    auth=ApiKey(ApiScope.DIRECTORY_READ),
    response=AgencyDetailOut,
    operation_id="getAgency",
    summary="Một mã cơ quan vào một ngày",
)
def get_agency(
    request: ApiRequest,
    code: Annotated[str, Path(min_length=1, max_length=64)],
    on_date: Annotated[date | None, Query()] = None,
) -> AgencyDetailOut:
    """Mã mở hay đã đóng, cơ quan kế thừa, và gửi tới đó được hay không. Mã có dấu `/` viết nguyên trong địa chỉ."""
    day = on_date or clock.today()
    found = resolve_many([code], day, revision=request.auth.system.revision)[code]
    if found.outcome is Outcome.UNKNOWN:
        raise ApiError(Fault.AGENCY_UNKNOWN, f"Mã {code}, ngày {day:%d/%m/%Y}.")
    return AgencyDetailOut(
        code=found.code,
        outcome=found.outcome.value,
        name=found.name or "",
        level=found.level,
        on_date=day,
        closed_on=found.closed_on,
        successor_code=found.successor_code,
        successor_name=found.successor_name,
        capabilities=_capabilities(route_code(found)),
    )


def _capabilities(route: Route) -> Capabilities:
    return Capabilities(
        connected=route.system_pk is not None,
        reachable=route.outcome.good,
        reason=route.reason,
        largest_package=settings.PACKAGE_LIMIT,
        most_attachments=_MOST_ATTACHMENTS,
        formats=[EDXML],
    )
