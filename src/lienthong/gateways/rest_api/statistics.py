"""How much passed for the caller's agencies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from ninja import Query, Router

from lienthong.common import clock
from lienthong.exchange.counts import Period, count_periods
from lienthong.gateways.rest_api.keys import ApiKey
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import ApiRequest
from lienthong.gateways.rest_api.schemas import PeriodCountOut, StatisticsOut
from lienthong.registry.models import ApiScope

router = Router(tags=["statistics"])
_LONGEST = timedelta(days=366)
_BY_DEFAULT = timedelta(days=29)
_EPOCH = date(2000, 1, 1)  # ids hold no earlier time


@router.get(
    "/statistics",
    auth=ApiKey(ApiScope.STATISTICS_READ),
    response=StatisticsOut,
    operation_id="getStatistics",
    summary="Số gói gửi và nhận theo kỳ",
)
def get_statistics(
    request: ApiRequest,
    first: Annotated[date | None, Query(description="Ngày đầu; mặc định 30 ngày gần đây.")] = None,
    last: Annotated[date | None, Query(description="Ngày cuối, tính cả ngày này; mặc định hôm nay.")] = None,
    period: Annotated[Period, Query()] = Period.DAY,
) -> StatisticsOut:
    """Theo ngày hoặc tháng (giờ Việt Nam), tối đa 366 ngày một lần hỏi; kỳ không có gì thì không có dòng."""
    until = min(last or clock.today(), clock.today())
    since = max(first or until - _BY_DEFAULT, _EPOCH)
    if not since <= until <= since + _LONGEST:
        raise ApiError(Fault.REQUEST_INVALID, f"Từ {since:%d/%m/%Y} đến {until:%d/%m/%Y}: tối đa 366 ngày.")
    counts = count_periods(request.auth.system, first=since, last=until, period=period)
    items = [PeriodCountOut.model_validate(count, from_attributes=True) for count in counts]
    return StatisticsOut(first=since, last=until, items=items)
