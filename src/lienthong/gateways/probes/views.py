"""The three answers. None of them is for browsers, so none passes through the pages' middleware."""

from __future__ import annotations

import hmac
import ipaddress
import os
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from lienthong.common.sql import release_connection
from lienthong.monitoring.health import readiness
from lienthong.monitoring.metrics import AxisCollector


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Looks at nothing else: a lost database is no reason to start it again."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when packages can be accepted, else 503 with what is wrong. What is wrong is told to who may read metrics:
    others learn only that."""
    checks = readiness()
    ready = all(check.ok for check in checks)
    told = {"ready": ready, "checks": {check.name: check.ok for check in checks}}
    if _may_read(request):
        told["troubles"] = {check.name: check.trouble for check in checks if not check.ok}
    release_connection()
    return JsonResponse(told, status=200 if ready else 503, json_dumps_params={"ensure_ascii": False})


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, in the text format of Prometheus. Only for this machine, or with the token."""
    if not _may_read(request):
        return HttpResponse("Cần mã truy cập: Authorization: Bearer …\n", status=403,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    registry = CollectorRegistry()
    registry.register(AxisCollector())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    answer = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    release_connection()
    return answer


def _may_read(request: HttpRequest) -> bool:
    """With a token file only its token opens; else a caller on this machine, unless a proxy stands between: a proxy on
    this machine would make everybody local."""
    if settings.METRICS_TOKEN_FILE is not None:
        token = _token(settings.METRICS_TOKEN_FILE)
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        return bool(token) and hmac.compare_digest(given, token)
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@cache
def _token(path: Path) -> bytes:
    """The token; empty, so that nothing opens, when the file cannot be read."""
    try:
        return path.read_bytes().strip()
    except OSError:
        return b""
