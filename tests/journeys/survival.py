"""A city under test: one clerk's system sends to two districts' systems over HTTP, through servers that may die."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from bench.packages import Template
from bench.wire import Account, Answer, Client
from tests.servers import Server, free_port

_NUMBER = re.compile(rb"<edXML:CodeNumber>(\d+)</edXML:CodeNumber>")
_PATIENCE = 60  # seconds; only a hang takes that long


@dataclass
class City:
    """One database and one data folder, served by any number of servers, one after the other or side by side."""

    data_dir: Path
    database_url: str
    clerk: Account
    districts: list[Account]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def found(cls, data_dir: Path, database_url: str) -> City:
        made = json.loads(_run(data_dir, database_url, "bench.city", "1", "2").stdout)
        clerk, *districts = [Account(**one) for one in [*made["senders"], *made["receivers"]]]
        return cls(data_dir, database_url, clerk, districts)

    @contextmanager
    def server(self, *, failpoints: str = "", processes: int = 1) -> Iterator[Server]:
        server = Server(self.data_dir, self.database_url, free_port())
        environment = {"LIENTHONG_WEB_PROCESSES": str(processes), "LIENTHONG_FAILPOINTS": failpoints}
        try:
            yield server.start(environment)
        finally:
            server.kill()

    def verify(self, *options: str) -> dict[str, Any]:
        """``lienthong segments verify --json``."""
        run = _run(self.data_dir, self.database_url, "lienthong", "segments", "verify", "--json", *options)
        report: dict[str, Any] = json.loads(run.stdout)
        return report

    # -- what the systems do

    def package(self, number: int, size: int = 2_000) -> bytearray:
        return Template(size, self.clerk.code, [district.code for district in self.districts]).make(number)

    def send(self, server: Server, package: bytearray) -> Answer:
        return self.call(server, self.clerk, lambda client: client.send(package, hashlib.sha256(package).digest()))

    def call(self, server: Server, account: Account, act: Callable[[Client], Answer]) -> Answer:
        with Client(server.port, account) as client:
            return act(client)

    def arrivals(self, server: Server, package: bytearray) -> list[list[str]]:
        """For each district the deliveries of this package that wait for it; each is fetched and compared."""
        return [self._arrivals(server, district, package) for district in self.districts]

    def _arrivals(self, server: Server, district: Account, package: bytearray) -> list[str]:
        with Client(server.port, district) as client:
            waiting = {row["docId"]: client.download(row["docId"]).body for row in client.waiting()}
        found = [doc_id for doc_id, body in waiting.items() if number_of(body) == number_of(package)]
        assert all(waiting[doc_id] == package for doc_id in found)
        return found


def _run(data_dir: Path, database_url: str, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LIENTHONG_DATA_DIR": str(data_dir), "LIENTHONG_DATABASE_URL": database_url}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=True)


def confirm_all(city: City, server: Server, arrivals: list[list[str]]) -> None:
    """The districts confirm these deliveries, and do not see them again."""
    for district, doc_ids in zip(city.districts, arrivals, strict=True):
        with Client(server.port, district) as client:
            assert all(client.confirm(doc_id).accepted for doc_id in doc_ids)
            assert not {row["docId"] for row in client.waiting()} & set(doc_ids)


def number_of(package: bytes | bytearray) -> int:
    """The number that a package of ``bench.packages`` carries."""
    found = _NUMBER.search(package[:10_000])
    assert found
    return int(found[1])


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something has come true."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"nothing came of: {what}"
        time.sleep(0.01)


def workers(server: Server) -> list[psutil.Process]:
    """The processes that serve requests."""
    assert server.process is not None
    return psutil.Process(server.process.pid).children()


@dataclass
class Diary:
    """What the systems of a city saw, together; ``complaints`` must stay empty."""

    sent: dict[int, bytes] = field(default_factory=dict)  # number: SHA-256
    receipts: dict[int, str] = field(default_factory=dict)  # number: DocId
    deliveries: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    confirmed: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def unanswered(self) -> list[int]:
        return sorted(self.sent.keys() - self.receipts.keys())


class Office(threading.Thread):
    """A system that goes on working whatever the server does; ``leave`` ends its day."""

    def __init__(self, server: Server, account: Account, diary: Diary) -> None:
        super().__init__(name=account.code, daemon=True)
        self._server = server
        self._leaving = threading.Event()
        self.account = account
        self.diary = diary

    def run(self) -> None:
        while not self._leaving.is_set():
            try:
                with Client(self._server.port, self.account) as client:
                    while not self._leaving.is_set():
                        self.work(client)
            except OSError:
                self._leaving.wait(0.01)  # the server is down; try again
            except Exception as error:  # noqa: BLE001 - told to the test, which fails with it
                self.diary.complaints.append(f"{self.name}: {error!r}")
                return

    def leave(self) -> None:
        self._leaving.set()

    def work(self, client: Client) -> None:
        raise NotImplementedError


class Clerk(Office):
    """Sends one package after another and writes down which were acknowledged."""

    def __init__(self, server: Server, city: City, diary: Diary, templates: Sequence[Template]) -> None:
        super().__init__(server, city.clerk, diary)
        self._numbers = city.numbers
        self._templates = templates

    def work(self, client: Client) -> None:
        self.send(client, next(self._numbers))

    def send(self, client: Client, number: int) -> Answer:
        package = self._templates[number % len(self._templates)].make(number)
        digest = hashlib.sha256(package).digest()
        self.diary.sent[number] = digest
        answer = client.send(package, digest)
        if answer.accepted:
            self.diary.receipts[number] = answer.fields["DocId"]
        else:
            self.diary.complaints.append(f"package {number} refused: {answer.body!r}")
        return answer


class District(Office):
    """Lists, fetches, compares and confirms; a delivery whose confirmation was answered must never come again."""

    def work(self, client: Client) -> None:
        self.empty_inbox(client)

    def empty_inbox(self, client: Client) -> int:
        """Take everything that waits; answers how many there were."""
        rows = client.waiting()
        for row in rows:
            if row["docId"] in self.diary.confirmed:
                self.diary.complaints.append(f"{row['docId']} came again after its confirmation")
            self._take(client, row["docId"])
        return len(rows)

    def _take(self, client: Client, doc_id: str) -> None:
        body = client.download(doc_id).body
        number = number_of(body)
        if hashlib.sha256(body).digest() != self.diary.sent.get(number):
            self.diary.complaints.append(f"{doc_id}: not the bytes of package {number}")
        self.diary.deliveries[self.account.code, number].add(doc_id)
        if client.confirm(doc_id).accepted:
            self.diary.confirmed.add(doc_id)
        else:
            self.diary.complaints.append(f"{doc_id} could not be confirmed")
