"""The interface put together: routers, refusals, and the OpenAPI document."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from lienthong.gateways.rest_api import (
    deliveries,
    directory,
    documents,
    evidence,
    specification,
    statistics,
    statuses,
    uploads,
)
from lienthong.gateways.rest_api.problems import problem_of

_DESCRIPTION = """Giao diện REST của trục liên thông cho hệ thống của các cơ quan.

Mỗi yêu cầu kèm `Authorization: Bearer ltk_…`. Mọi từ chối là `application/problem+json` với mã ổn định (`code`), câu
tiếng Việt và việc cần làm tiếp (`next_step`). Thời gian có múi giờ; danh sách chia trang bằng `cursor`."""


class _Renderer(JSONRenderer):
    """JSON that people can read in Vietnamese."""

    json_dumps_params: dict[str, Any] = {"ensure_ascii": False}  # noqa: RUF012 - as the base class declares it


class Api(NinjaAPI):
    """NinjaAPI whose document is made once, and whose refusals are all problems."""

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document."""
        return specification.completed(OpenAPISchema(self, path_prefix=""))


def _refuse(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(error, request.path).response(request.path)


def _build() -> Api:
    api = Api(
        title="Liên thông",
        version="1.0.0",
        description=_DESCRIPTION,
        openapi_url=None,
        docs_url=None,  # the usual pages load their scripts from other people's servers
        servers=[{"url": "/api/v1"}],
        urls_namespace="rest_api",
        renderer=_Renderer(),
    )
    for module in (documents, deliveries, statuses, uploads, directory, statistics, evidence):
        api.add_router("", module.router)
    for kind in (Exception, HttpError, ValidationError):
        api.add_exception_handler(kind, _refuse)
    return api


api = _build()


def openapi_document(request: HttpRequest) -> HttpResponse:
    """The document; open to everybody, as it tells nothing about anybody."""
    return JsonResponse(api.document, json_dumps_params={"ensure_ascii": False})
