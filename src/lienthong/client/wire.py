"""What both clients need to put a ``Call`` on the wire with httpx."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

import httpx

from lienthong.client.calls import Answer, Call

BASE = "/api/v1"
TIMEOUT = 60.0
RESUMABLE_FROM = 32 * 1024 * 1024
"""Packages from this size on are uploaded in parts."""


def options(url: str, key: str, timeout: float) -> dict[str, Any]:
    """What an httpx client is made with. No redirects are followed: they would carry the key elsewhere."""
    return {
        "base_url": url.rstrip("/") + BASE,
        "headers": {
            "Authorization": f"Bearer {key}",
            "User-Agent": f"lienthong-client Python/{platform.python_version()}",
        },
        "timeout": timeout,
    }


def request_headers(call: Call[Any]) -> dict[str, str]:
    headers = {"Accept": "application/json, application/problem+json, */*", **call.headers}
    if call.sink is not None:
        headers["Accept-Encoding"] = "identity"
    if call.body is not None:
        headers |= {"Content-Type": call.body.content_type, "Content-Length": str(call.body.length)}
    return headers


def head_of(response: httpx.Response) -> Answer:
    """Status and headers, before the content has come."""
    return Answer(response.status_code, _lower(response.headers))


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def is_download(call: Call[Any], head: Answer) -> bool:
    """Whether the content goes into the call's sink; a refusal never does."""
    return call.sink is not None and head.status < 300
