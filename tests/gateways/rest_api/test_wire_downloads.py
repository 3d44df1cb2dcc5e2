"""Packages and attachments, whole and in part."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest

from tests import packages
from tests.gateways.rest_api.partners import Axis

CONTENT = b"%PDF-1.4\n" + os.urandom(300_000)


@pytest.fixture(scope="module")
def delivery(axis: Axis) -> dict[str, Any]:
    return axis.sent(content=CONTENT)[1]


RANGES = [
    ("bytes=0-0", 0, 1),
    ("bytes=0-", 0, None),
    ("bytes=1-100", 1, 101),
    ("bytes=2-2", 2, 3),
    ("bytes=100000-200001", 100_000, 200_002),
    ("bytes=-7", -7, None),
    ("bytes=299999-999999999", 299_999, None),
]


@pytest.mark.parametrize(("header", "begin", "end"), RANGES)
@pytest.mark.parametrize("what", ["package", "attachments/1"])
def test_a_range_is_that_part_of_the_whole(
    axis: Axis, delivery: dict[str, Any], what: str, header: str, begin: int, end: int | None
) -> None:
    path = f"/deliveries/{delivery['id']}/{what}"
    whole = axis.district.ask("GET", path)
    part = axis.district.ask("GET", path, headers={"Range": header, "If-Range": whole.headers["ETag"]})

    assert part.status_code == (200 if part.content == whole.content and header == "bytes=0-" else 206)
    assert part.content == whole.content[begin:end]
    assert part.headers["ETag"] == whole.headers["ETag"] == f'"{hashlib.sha256(whole.content).hexdigest()}"'


def test_an_attachment_is_decoded(axis: Axis, delivery: dict[str, Any]) -> None:
    answer = axis.district.ask("GET", f"/deliveries/{delivery['id']}/attachments/1")

    assert answer.content == CONTENT
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("lines", [True, False])
def test_a_range_of_base64_with_line_breaks_or_marks(axis: Axis, lines: bool) -> None:
    raw = packages.document("H99.01", "H99.30", content=CONTENT)
    begin = raw.index(b"ContentTransferEncoded")
    begin = raw.index(b">", begin) + 1
    end = raw.index(b"<", begin)
    text = raw[begin:end]
    text = b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76)) if lines else b"<![CDATA[" + text + b"]]>"
    receipt = axis.clerk.send(raw[:begin] + text + raw[end:]).json()
    found = next(row for row in axis.district.waiting() if row["sha256"] == receipt["sha256"])

    part = axis.district.ask("GET", f"/deliveries/{found['id']}/attachments/1", headers={"Range": "bytes=1000-2000"})

    assert (part.status_code, part.content) == (206, CONTENT[1000:2001])


def test_what_the_client_has_is_not_sent_again(axis: Axis, delivery: dict[str, Any]) -> None:
    path = f"/deliveries/{delivery['id']}/package"
    etag = f'"{delivery["sha256"]}"'

    assert axis.district.ask("GET", path, headers={"If-None-Match": etag}).status_code == 304
    beyond = axis.district.ask("GET", path, headers={"Range": "bytes=999999999-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "api.range_wrong")
    assert beyond.headers["Content-Range"] == f"bytes */{delivery['size']}"
    for ignored in ("bytes=5-1", "lines=1-2", "bytes=0-1,5-6", "bytes=x"):
        assert axis.district.ask("GET", path, headers={"Range": ignored}).status_code == 200
    changed = axis.district.ask("GET", path, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert changed.status_code == 200


def test_an_attachment_that_is_not_there(axis: Axis, delivery: dict[str, Any]) -> None:
    for number in (2, 9999):
        answer = axis.district.ask("GET", f"/deliveries/{delivery['id']}/attachments/{number}")
        assert answer.json()["code"] == "api.attachment_unknown"
