"""What can go wrong, as types.

AxisError
├── ConnectionFailed          no answer
├── Damaged                   the bytes that came are not the ones announced
└── ProblemError              the axis refused, and said why
    ├── NotAuthenticated      401
    ├── NotAllowed            403
    ├── NotFound              404
    ├── Conflict              409
    ├── Refused               400, 413, 415, 416, 422
    ├── RateLimited           429
    └── Unavailable           5xx
"""

# ruff: noqa: N818 - the names are read in sentences: "except Refused"

from __future__ import annotations

import json
from typing import Any

from lienthong.client.decoding import decode
from lienthong.client.models import Finding


class AxisError(Exception):
    """Any failure. ``code`` is stable, ``next_step`` says in Vietnamese what helps."""

    code = "client.error"
    next_step = ""


class ConnectionFailed(AxisError):
    code = "client.connection_failed"
    next_step = "Kiểm tra LIENTHONG_API_URL và đường truyền rồi thử lại."


class Damaged(AxisError):
    code = "client.damaged"
    next_step = "Tải lại; nếu vẫn lỗi, báo đơn vị vận hành trục."


class ProblemError(AxisError):
    """A refusal as the axis told it (problem+json)."""

    def __init__(self, *, status: int, problem: dict[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.code = str(problem.get("code") or f"http.{status}")
        self.title = str(problem.get("title") or f"Trục trả lời HTTP {status}.")
        self.detail = str(problem.get("detail") or "")
        self.next_step = str(problem.get("next_step") or "")
        self.findings: list[Finding] = decode(list[Finding], problem.get("findings") or [])
        self.retry_after = retry_after
        super().__init__(f"{self.title} {self.detail}".strip())

    @property
    def temporary(self) -> bool:
        """Whether the same request may be right a little later."""
        return self.status in (429, 502, 503, 504)


class NotAuthenticated(ProblemError):
    """The key is missing, wrong or at its end."""


class NotAllowed(ProblemError):
    """The key does not open this, or its system is locked."""


class NotFound(ProblemError):
    """Nothing of that name for this system."""


class Conflict(ProblemError):
    """Something else stands there already."""


class Refused(ProblemError):
    """The request or package is not right; ``findings`` say what."""


class RateLimited(ProblemError):
    """Too many requests; ``retry_after`` seconds help."""


class Unavailable(ProblemError):
    """The axis could not do it now."""


_TYPES: dict[int, type[ProblemError]] = {
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


def problem_error(status: int, content: bytes, *, retry_after: str | None) -> ProblemError:
    """The error an answer stands for; a proxy's page instead of a problem still has its status."""
    try:
        problem = json.loads(content)
    except ValueError:
        problem = {}
    kind = _TYPES.get(status, Unavailable if status >= 500 else Refused)
    seconds = float(retry_after) if retry_after and retry_after.isdecimal() else None
    return kind(status=status, problem=problem if isinstance(problem, dict) else {}, retry_after=seconds)
