"""What the client does when lines break and axes are busy; the network is httpx's own stand-in, the rest is real."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest

from lienthong.client import AsyncClient, Client, ConnectionFailed, Damaged, Patience, RateLimited, Refused, Unavailable

RECEIPT = {
    "id": "0198f5a2-7b1c-7d1e-9a52-3f0c6c1e9b10",
    "received_at": "2026-03-02T08:00:00+07:00",
    "sha256": "ab",
    "repeated": False,
    "recipients": [],
    "findings": [],
    "a_field_of_next_year": 1,
}
CONTENT = bytes(range(256)) * 4000
ETAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
Reply = Callable[[httpx.Request], httpx.Response]


def refused(status: int, code: str = "exchange.database_unavailable", **headers: str) -> httpx.Response:
    problem = {"code": code, "title": "Trục bận (mẫu).", "next_step": "Gửi lại.", "findings": []}
    return httpx.Response(status, json=problem, headers=headers)


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("không nối được (mẫu)")


class Script:
    """Answers one request after the other, and remembers what was asked."""

    def __init__(self, *replies: Reply | httpx.Response) -> None:
        self._replies = list(replies)
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        reply = self._replies.pop(0)
        return reply if isinstance(reply, httpx.Response) else reply(request)

    def client(self, *pauses: float) -> Client:
        transport = httpx.MockTransport(self)
        return Client("http://truc", "k", transport=transport, patience=Patience(pauses), sleep=self.slept.append)


def test_a_busy_axis_is_asked_again_with_the_same_key() -> None:
    script = Script(unreachable, refused(503), refused(429, **{"Retry-After": "7"}), httpx.Response(201, json=RECEIPT))

    receipt = script.client(1, 2, 3).send_package(b"<edXML/>")

    assert receipt.received_at.isoformat() == "2026-03-02T08:00:00+07:00"
    assert script.slept == [1, 2, 7]
    assert len({request.headers["Idempotency-Key"] for request in script.asked}) == 1
    assert {request.content for request in script.asked} == {b"<edXML/>"}


@pytest.mark.parametrize(
    ("reply", "error", "asked"),
    [
        (refused(422, "exchange.not_conforming"), Refused, 1),
        (refused(500, "api.internal"), Unavailable, 1),
        (refused(503), Unavailable, 3),
        (refused(429, **{"Retry-After": "3600"}), RateLimited, 1),
        (unreachable, ConnectionFailed, 3),
        (httpx.Response(502, text="<html>Bad Gateway</html>"), Unavailable, 3),
    ],
)
def test_only_what_may_pass_is_tried_again(reply: Any, error: type[Exception], asked: int) -> None:
    script = Script(*[reply] * 3)

    with pytest.raises(error):
        script.client(1, 1).axis()
    assert len(script.asked) == asked


class _Broken(httpx.SyncByteStream):
    def __init__(self, data: bytes) -> None:
        self._data = data

    def __iter__(self) -> Iterator[bytes]:
        yield self._data
        raise httpx.ReadError("đứt (mẫu)")


def test_a_download_goes_on_where_the_line_broke() -> None:
    broken = httpx.Response(200, headers={"ETag": ETAG}, stream=_Broken(CONTENT[:1000]))
    rest = httpx.Response(206, headers={"ETag": ETAG}, content=CONTENT[1000:])
    script, file = Script(broken, rest), io.BytesIO()

    script.client(1).fetch_package("x", file)

    assert file.getvalue() == CONTENT
    assert script.asked[1].headers["Range"] == "bytes=1000-"
    assert script.asked[1].headers["If-Range"] == ETAG


def test_a_download_begins_anew_when_the_axis_sends_all() -> None:
    broken = httpx.Response(200, headers={"ETag": '"old"'}, stream=_Broken(b"something else"))
    script, file = Script(broken, httpx.Response(200, headers={"ETag": ETAG}, content=CONTENT)), io.BytesIO()

    script.client(1).fetch_package("x", file)

    assert file.getvalue() == CONTENT


def test_other_bytes_than_announced_are_told() -> None:
    script = Script(httpx.Response(200, headers={"ETag": ETAG}, content=CONTENT[:-1]))

    with pytest.raises(Damaged):
        script.client().fetch_package("x", io.BytesIO())


def upload(offset: int) -> httpx.Response:
    fields = {"id": RECEIPT["id"], "length": 25, "offset": offset, "expires_at": RECEIPT["received_at"]}
    return httpx.Response(200, json={**fields, "submitted": False})


def test_an_upload_asks_how_far_it_got_and_goes_on() -> None:
    script = Script(upload(0), unreachable, upload(10), upload(25), httpx.Response(201, json=RECEIPT))

    script.client(1).send_package(b"0123456789abcdefghijklmno", resumable_from=20)

    assert [request.method for request in script.asked] == ["POST", "PATCH", "GET", "PATCH", "POST"]
    assert json.loads(script.asked[0].content)["length"] == 25
    assert script.asked[3].headers["Upload-Offset"] == "10"
    assert script.asked[3].content == b"abcdefghijklmno"


def test_an_upload_that_never_moves_is_given_up() -> None:
    script = Script(upload(0), *[unreachable, upload(0)] * 3)

    with pytest.raises(ConnectionFailed):
        script.client(1, 1).send_package(bytes(25), resumable_from=20)


def test_the_async_client_is_as_patient() -> None:
    script = Script(unreachable, refused(503), httpx.Response(201, json=RECEIPT))

    async def sleep(seconds: float) -> None:
        script.slept.append(seconds)

    async def story() -> None:
        patience = Patience((1, 2))
        async with AsyncClient(
            "http://truc", "k", transport=httpx.MockTransport(script), patience=patience, sleep=sleep
        ) as client:
            assert (await client.send_package(b"<edXML/>")).sha256 == "ab"

    anyio.run(story)
    assert script.slept == [1, 2]
