"""Answers in exactly the shapes that SDK clients can read (vxp-protocol.md, sections 3 and 4).

Nothing is ever ``null``: one null loses the client the whole answer, so unknown fields are left out. All text is
ASCII-only JSON, because the SDK decodes the answer to sendEdoc as US-ASCII.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from typing import IO, Any

import pybase64
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from edxml102.errors import Finding
from lienthong.common import clock
from lienthong.gateways.vxp_api.body import CHUNK
from lienthong.gateways.vxp_api.faults import Failure

SUCCESS: Mapping[str, str] = {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Thanh cong"}
_JSON = "application/json; charset=utf-8"
_IN_MEMORY = 1024 * 1024
_BASE64_BLOCK = CHUNK // 3 * 3


def to_json(fields: Mapping[str, Any]) -> bytes:
    """A JSON object of the fields that have a value, at every depth."""
    return json.dumps(_present(fields), ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _present(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _present(inner) for name, inner in value.items() if inner is not None}
    return [_present(inner) for inner in value] if isinstance(value, list) else value


def moment(value: datetime) -> str:
    """A time as the .NET clients of this interface write theirs, in Vietnam's zone. To the SDK it is free text."""
    return f"{clock.in_vietnam(value):%d/%m/%Y %H:%M:%S}"


# --- Success ------------------------------------------------------------------------------------------------------


def succeeded(fields: Mapping[str, Any] | None = None) -> HttpResponse:
    return _whole(to_json({**SUCCESS, **(fields or {})}), 200, _JSON)


def listed(rows: Iterable[Mapping[str, Any]]) -> HttpResponseBase:
    """A list of any length in constant memory. It is written down whole before the first byte leaves, so that a failure
    half-way is still a failure to the client and no slow client holds a database connection."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by the response
    file.write(to_json(SUCCESS)[:-1] + b',"data":[')
    separator = b""
    for row in rows:
        file.write(separator + to_json(row))
        separator = b","
    file.write(b"]}")
    length = file.tell()
    file.seek(0)
    return _streamed(_blocks(file), length, _JSON)


def base64_data(chunks: Iterable[bytes], size: int, extra: Mapping[str, Any] | None = None) -> HttpResponseBase:
    """The answer to getEdoc: JSON around the base64 of ``size`` bytes, encoded while it leaves."""
    head, tail = to_json({**SUCCESS, **(extra or {})})[:-1] + b',"data":"', b'"}'
    length = len(head) + (size + 2) // 3 * 4 + len(tail)
    encoded = (pybase64.b64encode(block) for block in _blocks_of_three(chunks))
    return _streamed(chain([head], encoded, [tail]), length, _JSON)


def raw_bytes(chunks: Iterable[bytes], size: int) -> HttpResponseBase:
    """The answer to downloadEdoc."""
    return _streamed(iter(chunks), size, "application/octet-stream")


def finding_fields(finding: Finding) -> dict[str, Any]:
    """A finding for programs."""
    return {**asdict(finding), "severity": finding.severity.value}


# --- Failure ------------------------------------------------------------------------------------------------------


def failed(failure: Failure) -> HttpResponse:
    """What most calls answer; a list must have no ``data`` then."""
    return _failed(failure, {})


def failed_send(failure: Failure) -> HttpResponse:
    """Without ``DocId`` the SDK loses status, code and description."""
    return _failed(failure, {"DocId": ""})


def failed_get(failure: Failure) -> HttpResponse:
    """SDK 2.0.0 reads ``data`` before the code."""
    return _failed(failure, {"data": ""})


def failed_count(failure: Failure) -> HttpResponse:
    return _failed(failure, {"count": 0})


def failed_anything(failure: Failure) -> HttpResponse:
    """For requests whose call is not known: the fields that any call could miss."""
    return _failed(failure, {"DocId": "", "data": "", "count": 0})


def failed_download(failure: Failure) -> HttpResponse:
    """Any body at all would be saved as the document and reported as success; the code goes into a header."""
    response = _whole(b"", failure.http_status, "application/octet-stream")
    response["X-Error-Code"] = f"{failure.number} {failure.code}"
    return response


def _failed(failure: Failure, extra: Mapping[str, Any]) -> HttpResponse:
    findings = [finding_fields(finding) for finding in failure.findings]
    fields = {
        "status": "FAIL",
        "ErrorCode": failure.number,
        "ErrorDesc": failure.description,
        **extra,
        "code": failure.code,
        "nextStep": failure.next_step,
        "findings": findings or None,
    }
    return _whole(to_json(fields), failure.http_status, _JSON)


# --- Transport ----------------------------------------------------------------------------------------------------


def _whole(content: bytes, status: int, content_type: str) -> HttpResponse:
    return HttpResponse(content, status=status, headers=_headers(len(content), content_type))


def _streamed(content: Iterator[bytes], length: int, content_type: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(content, headers=_headers(length, content_type))


def _headers(length: int, content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Content-Length": str(length), "Cache-Control": "no-store"}


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(CHUNK):
            yield block


def _blocks_of_three(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that encode to base64 without padding, the last one apart."""
    held = b""
    for chunk in chunks:
        held += chunk
        if len(held) >= _BASE64_BLOCK:
            whole = len(held) // 3 * 3
            yield held[:whole]
            held = held[whole:]
    if held:
        yield held
