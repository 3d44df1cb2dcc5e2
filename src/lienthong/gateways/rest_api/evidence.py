"""Evidence of what the caller's agencies sent and received, to be checked offline by anybody."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

from django.conf import settings
from django.http import HttpResponseBase
from ninja import Query, Router

from lienthong.exchange.evidence import export_bundle, may_see
from lienthong.exchange.request_body import CHUNK
from lienthong.gateways.rest_api import specification
from lienthong.gateways.rest_api.downloads import download
from lienthong.gateways.rest_api.keys import ApiKey
from lienthong.gateways.rest_api.requests import ApiRequest
from lienthong.ledger.events import Actor
from lienthong.registry.models import ApiScope

router = Router(tags=["evidence"])
_MEDIA_TYPE = "application/vnd.etsi.asic-e+zip"


@dataclass(frozen=True, slots=True)
class _Bundle:
    """A bundle whose name is gone from the disk already: it lives as long as ``file`` is open."""

    file: BinaryIO
    size: int
    sha256: bytes

    def pieces(self, begin: int, end: int) -> Iterator[bytes]:
        with self.file:
            self.file.seek(begin)
            left = end - begin
            while left and (piece := self.file.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece


@router.get(
    "/evidence/{uuid:subject_id}",
    auth=ApiKey(ApiScope.DOCUMENTS_READ),
    response={200: None},
    operation_id="getEvidence",
    summary="Gói bằng chứng",
    openapi_extra=specification.download(_MEDIA_TYPE, ranges=False),
)
def get_evidence(
    request: ApiRequest, subject_id: UUID, *, with_package: Annotated[bool, Query()] = True
) -> HttpResponseBase:
    """Của một văn bản đã gửi (mã trên biên nhận) hoặc một gói đã đến: ASiC-E gồm sự kiện, gói tin, chứng minh và chữ ký
    của trục; kiểm tra ngoại tuyến bằng `lienthong verify`."""
    system = request.auth.system
    may_see(system, str(subject_id))
    folder = Path(settings.DATA_DIR) / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch) / "bundle.asice"
        actor = Actor(system.system_id, remote=request.auth.remote)
        export_bundle(doc_id=str(subject_id), out=path, actor=actor, with_packages=with_package)
        bundle = _opened(path)
    request.META.pop("HTTP_RANGE", None)  # made anew each time: two of them do not fit together
    return download(request, bundle, name=f"{subject_id}.asice", content_type=_MEDIA_TYPE)


def _opened(path: Path) -> _Bundle:
    file = path.open("rb")
    digest = hashlib.file_digest(file, "sha256").digest()
    return _Bundle(file, file.tell(), digest)
