"""The WSGI application that gunicorn serves: gateways on the short way, pages on the long one, files past Django."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from lienthong.common.working_days import warm_up
from lienthong.config.front import is_gateway
from lienthong.monitoring.http_metrics import measured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_HASHED = re.compile(r"-[0-9A-Z]{8}\.\w+$")
_DAY = 86_400


class GatewayHandler(WSGIHandler):
    """Django without any middleware: gateways authenticate for themselves, and the hot path pays for each one."""

    def load_middleware(self, is_async: bool = False) -> None:
        chain: Any = self
        chain._view_middleware = []
        chain._template_response_middleware = []
        chain._exception_middleware = []
        chain._middleware_chain = convert_exception_to_response(chain._get_response)


def _build() -> Application:
    pages: Any = get_wsgi_application()
    warm_up()
    gateways: Any = GatewayHandler()
    files: Any = WhiteNoise(
        pages, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL, max_age=_DAY, immutable_file_test=_is_hashed
    )

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if is_gateway(path):
            return gateways(environ, start_response)  # type: ignore[no-any-return]
        chosen = files if path.startswith(settings.STATIC_URL) else pages
        return chosen(environ, start_response)  # type: ignore[no-any-return]

    return application


def _is_hashed(path: str, url: str) -> bool:
    return bool(_HASHED.search(url))


application = measured(_build())
