"""Large packages in parts, so that a broken line costs only what was under way (docs/adr/0063)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from ninja import Header, Router
from ninja.responses import Status

from edxml102.model import PackageKind
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.gateways.rest_api import specification, upload_store
from lienthong.gateways.rest_api.idempotency import Answer, Claim
from lienthong.gateways.rest_api.keys import ApiKey
from lienthong.gateways.rest_api.models import Upload
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import ApiRequest
from lienthong.gateways.rest_api.schemas import ReceiptOut, UploadIn, UploadOut
from lienthong.gateways.rest_api.submitting import response_of, submit
from lienthong.registry.models import ApiScope

router = Router(tags=["uploads"])
_KEY = ApiKey(ApiScope.DOCUMENTS_SEND)


@router.post("/uploads", auth=_KEY, response={201: UploadOut}, operation_id="createUpload", summary="Mở lượt tải lên")
def create_upload(request: ApiRequest, wanted: UploadIn, response: HttpResponse) -> Status[UploadOut]:
    """Khai độ dài cả gói edXML, rồi gửi từng phần. Lượt tải lên dở dang tự hết hạn."""
    sha256 = bytes.fromhex(wanted.sha256) if wanted.sha256 else None
    upload = upload_store.create_upload(system=request.auth.system, length=wanted.length, sha256=sha256)
    response["Location"] = f"/api/v1/uploads/{upload.pk}"
    return Status(201, _told(upload, response))


@router.get(
    "/uploads/{uuid:upload_id}",
    auth=_KEY,
    response=UploadOut,
    operation_id="getUpload",
    summary="Lượt tải lên đã đến đâu",
)
def get_upload(request: ApiRequest, upload_id: UUID, response: HttpResponse) -> UploadOut:
    """Sau khi đứt kết nối, hỏi `offset` rồi gửi tiếp từ đó."""
    return _told(upload_store.find_upload(request.auth.system, upload_id), response)


@router.patch(
    "/uploads/{uuid:upload_id}",
    auth=_KEY,
    response=UploadOut,
    operation_id="appendUpload",
    summary="Gửi một phần",
    openapi_extra=specification.APPEND_UPLOAD,
)
def append_upload(
    request: ApiRequest,
    upload_id: UUID,
    response: HttpResponse,
    upload_offset: Annotated[int, Header(alias="Upload-Offset", ge=0)],
) -> UploadOut:
    """`Upload-Offset` là vị trí của byte đầu trong phần này và phải bằng số byte trục đã có."""
    upload = upload_store.find_upload(request.auth.system, upload_id)
    upload_store.append(upload, offset=upload_offset, body=request.stream)
    return _told(upload, response)


@router.post(
    "/uploads/{uuid:upload_id}/submit",
    auth=_KEY,
    response={201: ReceiptOut, 200: ReceiptOut},
    operation_id="submitUpload",
    summary="Nộp gói đã tải lên đủ",
)
def submit_upload(request: ApiRequest, upload_id: UUID) -> HttpResponseBase:
    """Như `submitDocument`. Nộp lại thì nhận lại đúng câu trả lời đầu."""
    upload = upload_store.find_upload(request.auth.system, upload_id)
    if upload.status is not None:
        answer = Answer(upload.status, upload.content, replayed=True)
    else:
        try:
            answer = _submit(request, upload)
        except Refusal as refusal:
            if refusal.reason is Reason.STATE_SECRET:  # not a byte of it stays, not even until the upload expires
                upload_store.discard(upload)
            raise
        upload_store.finish(upload, status=answer.status, content=answer.content)
    return response_of(answer, location="/api/v1/documents/{id}")


def _submit(request: ApiRequest, upload: Upload) -> Answer:
    if upload_store.offset_of(upload) != upload.length:
        raise ApiError(Fault.UPLOAD_INCOMPLETE, headers={"Upload-Offset": str(upload_store.offset_of(upload))})
    declared = None if upload.sha256 is None else bytes(upload.sha256)
    with upload_store.path_of(upload).open("rb") as file:
        return submit(
            request.auth,
            file,
            length=upload.length,
            claim=Claim(request.auth.system, "submitUpload", None),
            only=PackageKind.DOCUMENT,
            check=lambda digest: declared is None or digest == declared,
        )


@router.delete(
    "/uploads/{uuid:upload_id}",
    auth=_KEY,
    response={204: None},
    operation_id="cancelUpload",
    summary="Hủy lượt tải lên",
)
def cancel_upload(request: ApiRequest, upload_id: UUID) -> Status[None]:
    """Bỏ các phần đã gửi. Gói đã nộp thì không bị ảnh hưởng."""
    upload_store.cancel(upload_store.find_upload(request.auth.system, upload_id))
    return Status(204, None)


def _told(upload: Upload, response: HttpResponse) -> UploadOut:
    offset = upload_store.offset_of(upload)
    response["Upload-Offset"] = str(offset)
    return UploadOut(
        id=upload.pk,
        length=upload.length,
        offset=offset,
        expires_at=upload.expires_at,
        submitted=upload.status is not None,
    )
