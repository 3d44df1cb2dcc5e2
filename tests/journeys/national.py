"""Two axes under test, each with its own database and data folder, and the offices that use them over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from edxml102.model import PackageKind
from lienthong.gateways.national.answers import Sending, Sent, VxpError
from lienthong.gateways.national.client import VxpClient
from tests import packages
from tests.servers import Server, new_server

PATIENCE = 150  # seconds; after an outage the circuit breaker may rest for a minute, only a hang takes longer
_FAST = {
    "LIENTHONG_LINK_SECONDS": "0.1",
    "LIENTHONG_WORKER_LEASE_SECONDS": "2",
    "LIENTHONG_WORKER_THREADS": "2",
    "LIENTHONG_WEB_PROCESSES": "1",
    "LIENTHONG_WEB_THREADS": "8",
}


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something has come true; a server that is down just now is asked again."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if true():
                return
        except VxpError as error:
            if not error.temporary:
                raise
        assert time.monotonic() < deadline, f"nothing came of: {what}"
        time.sleep(0.05)


@dataclass
class Role:
    """``lienthong link`` or ``lienthong worker`` of one axis."""

    server: Server
    name: str
    process: subprocess.Popen[bytes] | None = None

    def start(self, failpoints: str = "") -> None:
        with (self.server.data_dir / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lienthong", self.name],
                env={**environment(self.server), "LIENTHONG_FAILPOINTS": failpoints},
                stdout=log,
                stderr=log,
            )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)


def environment(server: Server) -> dict[str, str]:
    return {
        **os.environ,
        **server.environment,
        "LIENTHONG_DATA_DIR": str(server.data_dir),
        "LIENTHONG_DATABASE_URL": server.database_url,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
    }


@dataclass
class Office:
    """An agency's document system: sends, and takes what waits as soon as it may."""

    code: str
    client: VxpClient
    documents: dict[str, bytes] = field(default_factory=dict)  # docId: package
    reports: dict[str, bytes] = field(default_factory=dict)

    def send(self, raw: bytes, kind: PackageKind = PackageKind.DOCUMENT) -> Sending:
        """Until the axis has answered, as a clerk's software does."""
        sent: list[Sending] = []

        def try_once() -> bool:
            sent.append(self.client.send_edoc(raw, sender=self.code, kind=kind))
            return True

        until(try_once, f"{self.code} sending")
        return sent[-1]

    def report(self, issuer: str, document_id: str, code: str, description: str = "") -> None:
        raw = packages.status(self.code, issuer, document_id, code, description=description)
        self.send(raw, PackageKind.STATUS)

    def collect(self) -> None:
        for kind, kept in ((PackageKind.DOCUMENT, self.documents), (PackageKind.STATUS, self.reports)):
            for row in self.client.get_received_edoc_list(kind):
                kept[row.doc_id] = self.client.get_edoc(row.doc_id)
                self.client.update_status(row.doc_id, "done")

    def wait_for_documents(self, count: int) -> list[bytes]:
        until(lambda: self.collect() or len(self.documents) >= count, f"{count} documents for {self.code}")
        return list(self.documents.values())

    def wait_for_reports(self, count: int) -> list[bytes]:
        until(lambda: self.collect() or len(self.reports) >= count, f"{count} reports for {self.code}")
        return list(self.reports.values())

    def standing(self, doc_id: str, recipient: str) -> Sent:
        rows = self.client.get_sent_edoc_list(doc_id=doc_id)
        return next(row for row in rows if row.to_code == recipient and row.sender_doc_id == doc_id)


@dataclass
class Country:
    """The national axis, the city's axis with the roles beside it, and the offices."""

    national: Server
    city: Server
    link: Role
    worker: Role
    ministry: Office
    neighbour: Office
    department: Office
    commune: Office

    @property
    def offices(self) -> list[Office]:
        return [self.ministry, self.neighbour, self.department, self.commune]

    def forget(self) -> None:
        for office in self.offices:
            office.collect()
            office.documents.clear()
            office.reports.clear()


@contextmanager
def country(folder: Path, cluster_url: str, name: str) -> Iterator[Country]:
    national = new_server(folder / "national", cluster_url, f"{name}_national", LIENTHONG_HUB_CODES="A99", **_FAST)
    city = new_server(folder / "city", cluster_url, f"{name}_city", LIENTHONG_HUB_CODES="H99", **_FAST)
    link, worker = Role(city, "link"), Role(city, "worker")
    try:
        above = _cast(national, "national")
        below = _cast(city, "city", national.url, above["TRUC.H99"])
        national.start()
        city.start()
        link.start()
        worker.start()
        yield Country(
            national,
            city,
            link,
            worker,
            ministry=_office(national, "HUB.G99", "G99", above),
            neighbour=_office(national, "TRUC.H98", "H98", above),
            department=_office(city, "HUB.H99.01", "H99.01", below),
            commune=_office(city, "HUB.H99.30.11", "H99.30.11", below),
        )
    finally:
        link.kill()
        worker.kill()
        national.kill()
        city.kill()


def _office(server: Server, system_id: str, code: str, secrets: dict[str, str]) -> Office:
    return Office(code, VxpClient(server.url, system_id, secrets[system_id], timeout=10))


def _cast(server: Server, side: str, *arguments: str) -> dict[str, str]:
    made = subprocess.run(
        [sys.executable, "-m", "tests.journeys.national_cast", side, *arguments],
        env=environment(server), stdout=subprocess.PIPE, timeout=60, check=True,
    )  # fmt: skip
    secrets: dict[str, str] = json.loads(made.stdout)
    return secrets


def lienthong(server: Server, *arguments: str) -> str:
    """A command on the axis of a server."""
    done = subprocess.run(
        [sys.executable, "-m", "lienthong", *arguments],
        env=environment(server), stdout=subprocess.PIPE, timeout=60, check=True, text=True,
    )  # fmt: skip
    return done.stdout
