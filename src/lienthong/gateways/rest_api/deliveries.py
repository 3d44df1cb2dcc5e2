"""What arrived for the caller's agencies: list, read, fetch, confirm."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponseBase
from ninja import Path, Query, Router

from lienthong.exchange import deliveries, inbox
from lienthong.exchange.contents import AttachmentContent, PackageContent, attachment_view
from lienthong.gateways.rest_api import presenting, specification
from lienthong.gateways.rest_api.documents import Cursor, Limit
from lienthong.gateways.rest_api.downloads import download
from lienthong.gateways.rest_api.keys import ApiKey
from lienthong.gateways.rest_api.paging import DEFAULT_LIMIT, inbox_cursor, inbox_position
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import ApiRequest
from lienthong.gateways.rest_api.schemas import ConfirmationIn, DeliveryDetailOut, DeliveryPage, Kind, Outcome
from lienthong.gateways.rest_api.submitting import EDXML
from lienthong.registry.models import ApiScope

router = Router(tags=["deliveries"])


@router.get(
    "/deliveries",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response=DeliveryPage,
    operation_id="listDeliveries",
    summary="Gói tin đang chờ nhận",
)
def list_deliveries(
    request: ApiRequest,
    kind: Annotated[Kind | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> DeliveryPage:
    """Khẩn trước, rồi theo thứ tự đến. Một gói ở trong danh sách đến khi được xác nhận `done`. Gói khẩn hơn đến giữa
    chừng không chen vào trang sau: lấy lại từ đầu thì nó đứng đầu."""
    chosen = kind.package_kind if kind else None
    found = inbox.page_waiting(request.auth.system, chosen, after=inbox_position(cursor), limit=limit)
    return DeliveryPage(
        items=[presenting.delivery(arrival) for arrival in found],
        next_cursor=inbox_cursor(found[-1]) if len(found) == limit else None,
    )


@router.get(
    "/deliveries/{uuid:delivery_id}",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response=DeliveryDetailOut,
    operation_id="getDelivery",
    summary="Một gói tin đã đến",
)
def get_delivery(request: ApiRequest, delivery_id: UUID) -> DeliveryDetailOut:
    """Thông tin văn bản và tệp đính kèm; không làm thay đổi gì."""
    return presenting.delivery_detail(inbox.arrival_detail(request.auth.system, delivery_id))


@router.get(
    "/deliveries/{uuid:delivery_id}/package",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response={200: None},
    operation_id="getDeliveryPackage",
    summary="Tải gói tin",
    openapi_extra=specification.download(EDXML),
)
def get_delivery_package(request: ApiRequest, delivery_id: UUID) -> HttpResponseBase:
    """Nguyên từng byte như trục đã nhận; ETag là SHA-256, dùng được Range. Máy khác của cùng hệ thống thấy gói đang
    được lấy cho đến khi xác nhận hoặc hết thời hạn giữ."""
    inbox.arrival_detail(request.auth.system, delivery_id)
    package = deliveries.open_package(request.auth.system, str(delivery_id))
    return download(request, PackageContent(package), name=f"{delivery_id}.edxml", content_type=EDXML)


@router.get(
    "/deliveries/{uuid:delivery_id}/attachments/{int:number}",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response={200: None},
    operation_id="getDeliveryAttachment",
    summary="Tải một tệp đính kèm",
    openapi_extra=specification.download("application/octet-stream"),
)
def get_delivery_attachment(
    request: ApiRequest, delivery_id: UUID, number: Annotated[int, Path(ge=1, le=10_000)]
) -> HttpResponseBase:
    """Nội dung đã giải mã base64; `number` đếm từ 1. Tệp bên gửi nén theo quy tắc của SDK được trả nguyên bản nén."""
    stored = inbox.arrival_detail(request.auth.system, delivery_id).attachments
    attachment = stored[number - 1] if number <= len(stored) else {}
    view = attachment_view(attachment)
    if view is None:
        raise ApiError(Fault.ATTACHMENT_UNKNOWN, f"Số {number}.")
    package = deliveries.open_package(request.auth.system, str(delivery_id))
    return download(
        request,
        AttachmentContent(package, view),
        name=attachment["name"],
        content_type=attachment["content_type"].strip().casefold(),
    )


@router.post(
    "/deliveries/{uuid:delivery_id}/confirmation",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response=DeliveryDetailOut,
    operation_id="confirmDelivery",
    summary="Xác nhận đã nhận",
)
def confirm_delivery(request: ApiRequest, delivery_id: UUID, confirmation: ConfirmationIn) -> DeliveryDetailOut:
    """`done`: đã nhận xong, không còn trong danh sách; `fail`: nhận lỗi, trục sẽ mời lại sau; `processing`: giữ thêm.
    Xác nhận lại không làm thay đổi gì: đã nhận là đã nhận."""
    system = request.auth.system
    reason = confirmation.reason if confirmation.outcome is Outcome.FAIL else ""
    outcome = deliveries.Confirmation(confirmation.outcome.value)
    deliveries.confirm(system, str(delivery_id), outcome=outcome, reason=reason)
    return presenting.delivery_detail(inbox.arrival_detail(system, delivery_id))
