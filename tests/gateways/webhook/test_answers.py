"""What answers mean, as a table."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.gateways.webhook.answers import understand
from lienthong.gateways.webhook.transport import RawAnswer

ID = "01900000-0000-7000-8000-000000000001"
NOON = datetime(2024, 3, 15, 5, 0, tzinfo=UTC)


def meaning(status: int, body: object = b"", **headers: str) -> Delivered | NotDelivered:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return understand(RawAnswer(status, named, raw), delivery_id=ID, now=NOON)


@pytest.mark.parametrize(
    ("status", "body", "remote_id"),
    [
        (204, b"", ""),
        (200, b"", ""),
        (200, b" \r\n", ""),
        (200, {}, ""),
        (200, {"delivery": ID, "id": "VB 7"}, "VB 7"),
        (409, {"delivery": ID, "id": "VB 7"}, "VB 7"),
        (409, {"delivery": ID, "reason": "đã có"}, ""),
    ],
)
def test_confirmed(status: int, body: object, remote_id: str) -> None:
    assert meaning(status, body) == Delivered(remote_id=remote_id)


@pytest.mark.parametrize(
    ("status", "body", "permanent", "cause"),
    [
        (422, {"reason": "Sai thể thức"}, True, "webhook.refused"),
        (400, {"reason": "Sai thể thức"}, True, "webhook.refused"),
        (413, {"reason": "Quá lớn"}, True, "webhook.refused"),
        (409, {"reason": "Trùng số"}, True, "webhook.refused"),
        (409, {"delivery": "khác"}, False, "webhook.failed"),
        (404, b"<html>Not Found</html>", False, "webhook.failed"),
        (403, b"", False, "webhook.failed"),
        (400, {"reason": ""}, False, "webhook.failed"),
        (400, {"reason": 7}, False, "webhook.failed"),
        (408, {"reason": "Chậm quá"}, False, "webhook.failed"),
        (429, {"reason": "Chậm lại"}, False, "webhook.busy"),
        (503, b"", False, "webhook.busy"),
        (500, {"reason": "Lỗi"}, False, "webhook.failed"),
        (502, b"Bad Gateway", False, "webhook.failed"),
        (302, b"", False, "webhook.redirected"),
        (202, b"", False, "webhook.not_confirmed"),
        (200, b"<html>Login</html>", False, "webhook.answer_unreadable"),
        (200, b"[1, 2]", False, "webhook.answer_unreadable"),
        (200, {"delivery": "khác"}, False, "webhook.answer_unreadable"),
    ],
)
def test_not_confirmed(status: int, body: object, permanent: bool, cause: str) -> None:
    found = meaning(status, body)
    assert isinstance(found, NotDelivered)
    assert (found.permanent, found.cause) == (permanent, cause)


def test_the_reason_reaches_people_on_one_line() -> None:
    found = meaning(422, {"reason": "Thiếu  trích yếu\nvà nơi nhận"})
    assert isinstance(found, NotDelivered)
    assert found.detail == "Nơi nhận từ chối: Thiếu trích yếu và nơi nhận"


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "120", 120),
        (503, " 30 ", 30),
        (503, "Fri, 15 Mar 2024 05:01:30 GMT", 90),
        (503, "Fri, 15 Mar 2024 04:00:00 GMT", 0),
        (503, "soon", None),
        (503, "", None),
        (503, "-5", None),
        (500, "120", None),
    ],
)
def test_retry_after(status: int, header: str, seconds: float | None) -> None:
    found = meaning(status, retry_after=header)
    assert isinstance(found, NotDelivered)
    assert found.retry_after == seconds


@given(st.integers(100, 599), st.binary(max_size=200), st.text(max_size=40))
def test_no_answer_is_beyond_understanding(status: int, body: bytes, header: str) -> None:
    found = meaning(status, body, retry_after=header)
    assert isinstance(found, Delivered) <= (status in (200, 204))
