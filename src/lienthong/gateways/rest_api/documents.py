"""What the caller's agencies send: submit, and follow every recipient."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponseBase
from ninja import Query, Router

from edxml102.model import PackageKind
from lienthong.exchange.contents import PackageContent
from lienthong.exchange.deliveries import open_package
from lienthong.exchange.outbox import page_sent, sent_detail
from lienthong.gateways.rest_api import presenting, specification
from lienthong.gateways.rest_api.composing import composed
from lienthong.gateways.rest_api.downloads import download
from lienthong.gateways.rest_api.idempotency import Answer, Claim
from lienthong.gateways.rest_api.keys import ApiKey
from lienthong.gateways.rest_api.paging import DEFAULT_LIMIT, MOST, outbox_cursor, outbox_position
from lienthong.gateways.rest_api.requests import ApiRequest
from lienthong.gateways.rest_api.schemas import ReceiptOut, SentDocumentDetailOut, SentDocumentPage
from lienthong.gateways.rest_api.submitting import (
    EDXML,
    IdempotencyKey,
    answered,
    content_type,
    submit,
    wrong_content_type,
)
from lienthong.registry.models import ApiScope

router = Router(tags=["documents"])
_MULTIPART = "multipart/form-data"
_LOCATION = "/api/v1/documents/{id}"

Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.post(
    "/documents",
    auth=ApiKey(ApiScope.DOCUMENTS_SEND),
    response={201: ReceiptOut, 200: ReceiptOut},
    operation_id="submitDocument",
    summary="Gửi một văn bản",
    openapi_extra=specification.SUBMIT_DOCUMENT,
)
def submit_document(request: ApiRequest, idempotency_key: IdempotencyKey = None) -> HttpResponseBase:
    """Gửi gói edXML dựng sẵn (`application/edxml+xml`), hoặc `multipart/form-data`: phần `metadata` (JSON) trước, rồi
    các tệp theo thứ tự của `attachments`. 201: văn bản mới; 200: đã nhận trước đó, trả lại biên nhận đầu."""
    claim = Claim(request.auth.system, "submitDocument", idempotency_key)
    if content_type(request) == EDXML:
        return answered(lambda: _submit_ready(request, claim), location=_LOCATION)
    if content_type(request) == _MULTIPART:
        return answered(lambda: _submit_parts(request, claim), location=_LOCATION)
    raise wrong_content_type(EDXML, _MULTIPART)


def _submit_ready(request: ApiRequest, claim: Claim) -> Answer:
    stream = request.stream
    return submit(request.auth, stream, length=stream.length, claim=claim, only=PackageKind.DOCUMENT)


def _submit_parts(request: ApiRequest, claim: Claim) -> Answer:
    with composed(request.stream, request.headers["Content-Type"], request.auth.system) as made:
        return submit(
            request.auth,
            made.file,
            length=made.length,
            claim=claim,
            only=PackageKind.DOCUMENT,
            check=lambda _: claim.take(made.content_hash),
        )


@router.get(
    "/documents",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response=SentDocumentPage,
    operation_id="listDocuments",
    summary="Văn bản đã gửi",
)
def list_documents(request: ApiRequest, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> SentDocumentPage:
    """Mới nhất trước, mỗi văn bản kèm trạng thái chuyển và trạng thái xử lý của từng nơi nhận."""
    found = page_sent(request.auth.system, after=outbox_position(cursor), limit=limit)
    return SentDocumentPage(
        items=[presenting.sent_document(document) for document in found],
        next_cursor=outbox_cursor(found[-1]) if len(found) == limit else None,
    )


@router.get(
    "/documents/{uuid:document_id}",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response=SentDocumentDetailOut,
    operation_id="getDocument",
    summary="Một văn bản đã gửi",
)
def get_document(request: ApiRequest, document_id: UUID) -> SentDocumentDetailOut:
    """Biên nhận, từng nơi nhận, và mọi báo trạng thái đã đến."""
    return presenting.sent_detail(sent_detail(request.auth.system, document_id))


@router.get(
    "/documents/{uuid:document_id}/package",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response={200: None},
    operation_id="getDocumentPackage",
    summary="Gói tin của một văn bản đã gửi",
    openapi_extra=specification.download(EDXML),
)
def get_document_package(request: ApiRequest, document_id: UUID) -> HttpResponseBase:
    """Nguyên từng byte như trục đã nhận; dùng được Range."""
    sent_detail(request.auth.system, document_id)
    package = open_package(request.auth.system, str(document_id))
    return download(request, PackageContent(package), name=f"{document_id}.edxml", content_type=EDXML)
