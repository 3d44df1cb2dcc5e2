"""Requests that the web role served: counted in each process, added up over all of them when they are asked for.

The processes share files in a folder of the data folder (prometheus_client's multiprocess mode). A process that ends
leaves its file behind, so nothing that was counted is lost until the role starts again.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

REQUESTS = ("lienthong_http_requests", "Requests that the web role answered, by area and class of status.")
SECONDS = ("lienthong_http_request_seconds", "Time until a request's answer began, by area.")
_AREAS = ("vxp", "api", "webhook", "log")
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)
_Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def use_folder(port: str) -> Path:
    """Begin with empty files, before any process is started.

    :param port: tells several web roles on one machine apart
    """
    folder = Path(settings.DATA_DIR) / "metrics" / port
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def forget_process(pid: int) -> None:
    """A process has ended: what it counted stays."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 - reads the folder's name when it is loaded

        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def area_of(path: str) -> str:
    """The gateway that answers a path, else ``pages``; never the path itself, which is without end."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in _AREAS else "pages"


def measured(application: _Wsgi) -> _Wsgi:
    """The same application, counted. Costs microseconds: the hot path goes through here."""
    from prometheus_client import Counter, Histogram  # noqa: PLC0415 - after ``use_folder``

    requests = Counter(*REQUESTS, ["area", "status"])
    seconds = Histogram(*SECONDS, ["area"], buckets=_BUCKETS)

    def count(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        area, begun = area_of(str(environ.get("PATH_INFO", ""))), time.monotonic()

        def start(status: str, *rest: Any) -> Any:
            requests.labels(area, f"{status[:1]}xx").inc()
            seconds.labels(area).observe(time.monotonic() - begun)
            return start_response(status, *rest)

        return application(environ, start)

    return count
