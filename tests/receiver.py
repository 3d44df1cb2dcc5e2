"""A real receiver of webhooks for tests: an agency's document system behind an HTTP server, with moods."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Posted:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def delivery(self) -> str:
        return self.headers["X-Lienthong-Delivery"]

    def is_signed_with(self, secret: str) -> bool:
        """As ``docs/operations/webhook.md`` tells receivers to check, written down a second time."""
        digest = hashlib.sha256(self.body).hexdigest()
        text = f"{self.delivery}\n{self.headers['X-Lienthong-Time']}\n{digest}"
        made = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        signatures = self.headers["X-Lienthong-Signature"].split(",")
        return digest == self.headers["X-Lienthong-SHA256"] and made in signatures


Mood = Callable[["Receiver", "_Handler"], None]


@dataclass
class Receiver:
    """``moods`` says how the next requests are met, one each, then ``mood`` for all that follow; by default it accepts.
    ``documents`` are the packages it has stored, by delivery id: one that comes again is not stored twice."""

    moods: list[Mood] = field(default_factory=list)
    mood: Mood | None = None
    posted: list[Posted] = field(default_factory=list)
    documents: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    arrived: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/nhan"

    def next_mood(self) -> Mood:
        with self._lock:
            return self.moods.pop(0) if self.moods else self.mood or accept

    def store(self, delivery: str, package: bytes) -> bool:
        """Whether it is new."""
        with self._lock:
            if delivery in self.documents:
                return False
            self.documents[delivery].append(package)
            return True

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        handler = type("Handler", (_Handler,), {"receiver": self})
        server = _Server(("127.0.0.1", 0), handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.go_on.set()
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: senders that are killed in the middle are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.close_connection = True
        self.receiver.next_mood()(self.receiver, self)

    def read_posted(self) -> Posted:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError("the sender broke off")  # nobody stores half a package
        posted = Posted(self.path, dict(self.headers.items()), body)
        self.receiver.posted.append(posted)
        return posted

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, status: int, **fields: object) -> None:
        self.answer(status, json.dumps(fields, ensure_ascii=False).encode(), {"Content-Type": "application/json"})

    def log_message(self, *_: Any) -> None:
        """Quiet."""


# --- Moods ----------------------------------------------------------------------------------------------------------


def accept(receiver: Receiver, handler: _Handler) -> None:
    """Stores what is new, says so; says 409 to what it has."""
    posted = handler.read_posted()
    is_new = receiver.store(posted.delivery, posted.body)
    handler.answer_json(200 if is_new else 409, delivery=posted.delivery, id="VB-MAU-7")


def accept_silently(receiver: Receiver, handler: _Handler) -> None:
    posted = handler.read_posted()
    receiver.store(posted.delivery, posted.body)
    handler.answer(204)


def answering(status: int, body: bytes = b"", **headers: str) -> Mood:
    """Reads all, then answers with this."""

    def mood(_: Receiver, handler: _Handler) -> None:
        handler.read_posted()
        handler.answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    return mood


def refusing(reason: str, status: int = 422) -> Mood:
    return answering(status, json.dumps({"reason": reason}, ensure_ascii=False).encode())


def talking_nonsense(_: Receiver, handler: _Handler) -> None:
    handler.read_posted()
    handler.wfile.write(b"\x16\x03\x01 khong phai HTTP\r\n\r\n")


def hanging_up_halfway(receiver: Receiver, handler: _Handler) -> None:
    handler.rfile.read(int(handler.headers["Content-Length"]) // 2)
    receiver.arrived.set()


def hanging_up_at_the_end(receiver: Receiver, handler: _Handler) -> None:
    """Stores it, and dies before it can say so."""
    posted = handler.read_posted()
    receiver.store(posted.delivery, posted.body)


def reading_half_then_waiting(receiver: Receiver, handler: _Handler) -> None:
    """Until ``go_on``; then reads on and accepts."""
    half = handler.rfile.read(100)
    receiver.arrived.set()
    receiver.go_on.wait(60)
    rest = handler.rfile.read(int(handler.headers["Content-Length"]) - len(half))
    if len(half + rest) == int(handler.headers["Content-Length"]):
        receiver.store(handler.headers["X-Lienthong-Delivery"], half + rest)
        handler.answer(204)


def silent(receiver: Receiver, handler: _Handler) -> None:
    """Reads all and then says nothing until ``go_on``."""
    handler.read_posted()
    receiver.arrived.set()
    receiver.go_on.wait(60)


def dripping(receiver: Receiver, handler: _Handler) -> None:
    """Answers one byte at a time, for as long as anybody listens."""
    handler.read_posted()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not receiver.go_on.wait(0.05):
        handler.wfile.write(b"X")


def downloading(*, break_after: int | None = None) -> Mood:
    """Downloads what a notice announces; with ``break_after`` the connection is lost after so many bytes and the rest
    fetched with a range."""

    def mood(receiver: Receiver, handler: _Handler) -> None:
        posted = handler.read_posted()
        notice = json.loads(posted.body)
        with urlopen(notice["url"]) as answer:
            package = answer.read(break_after) if break_after else answer.read()
        if break_after:
            asked = {"Range": f"bytes={len(package)}-", "If-Range": f'"{notice["sha256"]}"'}
            with urlopen(Request(notice["url"], headers=asked)) as answer:
                assert answer.status == 206
                package += answer.read()
        if hashlib.sha256(package).hexdigest() != notice["sha256"]:
            handler.answer(503)
            return
        receiver.store(notice["delivery"], package)
        handler.answer_json(200, delivery=notice["delivery"])

    return mood
