"""(f) From a sender's receipt to the moment its package is visible at the other end, one package at a time."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from statistics import quantiles

from bench import axis, machine
from bench.axis import Axis
from bench.load import Job
from bench.packages import Template, document_id
from bench.wire import Account, Client

SIZE = 100_000
_PATIENCE = 60  # seconds; more means that it is lost
_EXPRESS = (b"<edXML:Priority>0<", b"<edXML:Priority>3<")
_LOAD_CONNECTIONS, _LOAD_RATE = 4, 5.0  # ordinary packages a second over each connection
_PAUSE = 0.2  # seconds between two packages, so that each meets an axis at rest


@dataclass
class Webhook:
    """A receiver of webhooks that notes which documents it has got."""

    arrived: dict[str, threading.Event] = field(default_factory=dict)
    url: str = ""

    def wait(self, name: str) -> bool:
        return self.arrived.setdefault(name, threading.Event()).wait(_PATIENCE)

    @contextmanager
    def listening(self) -> Iterator[Webhook]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"webhook": self}))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}/nhan"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    webhook: Webhook
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        start = body.index(b"<edXML:DocumentId>") + len(b"<edXML:DocumentId>")
        name = body[start : body.index(b"<", start)].decode()
        self.webhook.arrived.setdefault(name, threading.Event()).set()
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


class Reader:
    """A system that fetches for itself. What it has seen it confirms afterwards, outside the time that is measured."""

    def __init__(self, port: int, account: Account) -> None:
        self._client = Client(port, account)
        self._known: set[str] = set()

    def wait(self, _name: str) -> bool:
        """Until the list has a line more: how long a list takes counts, the interval of somebody's polls does not."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if {row["docId"] for row in self._client.waiting()} - self._known:
                return True
        return False

    def empty(self) -> None:
        """Take everything that waits."""
        while rows := self._client.waiting():
            for row in rows:
                self._client.confirm(row["docId"])


@dataclass
class Neighbourhood:
    """The axis, its worker, and one recipient of each kind. Numbers of packages go on from ``first_number``."""

    city: Axis
    webhook: Webhook
    pushed: Account
    fetching: Account
    beyond: Account
    others: list[Account]  # who get the ordinary load
    readers: dict[str, Reader]
    numbers: Iterator[int]

    def ways(self) -> Iterator[tuple[str, str, Callable[[str], bool]]]:
        yield "đẩy (push)", self.pushed.code, self.webhook.wait
        yield "tự lấy (pull)", self.fetching.code, self.readers["pull"].wait
        yield "qua trục trên", self.beyond.code, self.readers["upstream"].wait

    def measure(self, code: str, wait: Callable[[str], bool], packages: int, *, express: bool) -> list[float]:
        """Seconds from each receipt until the package is there."""
        sender = self.city.senders[0]
        template = Template(SIZE, sender.code, [code])
        found = []
        with Client(self.city.port, sender) as client:
            for number in (next(self.numbers) for _ in range(packages)):
                for reader in self.readers.values():
                    reader.empty()
                package = template.make(number)
                raw = bytes(package).replace(*_EXPRESS) if express else bytes(package)
                answer = client.send(raw, hashlib.sha256(raw).digest())
                start = time.perf_counter()
                if not answer.accepted or not wait(document_id(sender.code, number)):
                    raise RuntimeError(f"package {number} to {code} is not there: {answer.body[:500]!r}")
                found.append(time.perf_counter() - start)
                time.sleep(_PAUSE)
        return found

    @contextmanager
    def ordinary_load(self, seconds: float) -> Iterator[None]:
        """Ordinary packages from other senders to recipients of the same kinds: to the same webhook, over the same way
        to the axis above."""
        job = Job(
            act="accept", port=self.city.port, senders=self.city.senders[1:],
            receivers=[self.pushed, *self.others], size=SIZE, connections=_LOAD_CONNECTIONS, seconds=seconds,
            first_number=next(self.numbers) + 1_000_000, rate=_LOAD_RATE,
        )  # fmt: skip
        running = subprocess.Popen([sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert running.stdin is not None
        running.stdin.write(json.dumps(asdict(job)).encode())
        running.stdin.close()
        try:
            yield
        finally:
            running.terminate()
            running.wait()


@contextmanager
def neighbourhood(city: Axis, place: Path) -> Iterator[Neighbourhood]:
    """Join the axis to another one above it and start its worker."""
    pushed, fetching = city.receivers[:2]
    with ExitStack() as until_end:
        webhook = until_end.enter_context(Webhook().listening())
        upper = until_end.enter_context(axis.running(place, senders=0, receivers=0))
        codes = [account.code for account in city.senders]
        other, beyond, hub = (
            Account(**one) for one in json.loads(upper.run("-m", "bench.neighbours", "above", *codes))
        )
        city.environment["LIENTHONG_WEBHOOK_LOOPBACK"] = "true"
        endpoint = f"http://127.0.0.1:{upper.port}/vxp"
        city.run("-m", "bench.neighbours", "below", pushed.system_id, webhook.url, endpoint, hub.secret)
        city.start("-m", "lienthong", "worker")
        readers = {"pull": Reader(city.port, fetching), "upstream": Reader(upper.port, beyond)}
        yield Neighbourhood(
            city, webhook, pushed, fetching, beyond, [other, city.receivers[2]], readers, count(7_000_000_000)
        )


def values(durations: list[float], busy: float, elapsed: float) -> dict[str, float]:
    """Percentiles in milliseconds, and what the whole machine did meanwhile, in cores."""
    percentiles = quantiles(durations, n=20, method="inclusive")
    return {
        "p50_ms": percentiles[9] * 1000,
        "p95_ms": percentiles[18] * 1000,
        "max_ms": max(durations) * 1000,
        "busy_cores": busy / elapsed,
    }


def timed(measure: Callable[[], list[float]]) -> dict[str, float]:
    busy, start = machine.busy_seconds(), time.perf_counter()
    durations = measure()
    return values(durations, machine.busy_seconds() - busy, time.perf_counter() - start)
