"""What is about to end, and whether a connection works: it is really called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

from lienthong.common import clock
from lienthong.gateways.webhook.addresses import set_webhook
from lienthong.ledger.uses import record_use
from lienthong.monitoring.expiry import expiring
from lienthong.monitoring.self_test import test_connection as try_connection
from lienthong.registry import services
from lienthong.registry.models import Credential, System
from tests.factories import lock, make_agency, make_system
from tests.servers import free_port


@pytest.fixture
def system(db: None, tmp_path: Path, settings: Settings) -> System:
    settings.TRUST_DIR = tmp_path / "trust"
    settings.WEBHOOK_LOOPBACK = True
    return make_system(make_agency("H99.05", "Sở Y tế (mẫu)")).system


def outcome(system: System) -> list[bool | None]:
    return [step.ok for step in try_connection(system.system_id)]


class Receiver(BaseHTTPRequestHandler):
    status = 204

    def do_POST(self) -> None:
        assert self.headers["Lienthong-Test"] == "1"
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", free_port()), Receiver)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_system_that_fetches_is_judged_by_when_it_came_last(system: System) -> None:
    assert outcome(system) == [True, True, True, None]
    key = Credential.objects.get(system=system)
    record_use(credential=f"secret:{key.pk}", system=system.system_id, remote="10.1.2.3")
    steps = try_connection(system.system_id)
    assert steps[-1].ok
    assert "10.1.2.3" in steps[-1].detail


@pytest.mark.parametrize(("status", "there"), [(204, True), (422, True), (404, False), (500, False)])
def test_a_webhook_is_called(
    system: System, receiver: HTTPServer, monkeypatch: pytest.MonkeyPatch, status: int, there: bool
) -> None:
    monkeypatch.setattr(Receiver, "status", status)
    set_webhook(system=system, url=f"http://127.0.0.1:{receiver.server_port}/nhan")
    system.refresh_from_db()
    assert outcome(system) == [True, True, True, True, True, there]


def test_a_webhook_that_nobody_answers_is_told(system: System) -> None:
    set_webhook(system=system, url=f"http://127.0.0.1:{free_port()}/nhan")
    system.refresh_from_db()
    assert outcome(system)[-1] is False


def test_a_locked_system_and_one_without_a_secret_fail(system: System) -> None:
    lock(system)
    services.revoke_credentials(system=system)
    system.refresh_from_db()
    assert outcome(system)[:3] == [False, True, False]


def test_a_secret_without_a_successor_is_named_before_it_ends(system: System) -> None:
    now = clock.now()
    Credential.objects.filter(system=system).update(expires_at=now + timedelta(days=10))
    assert [one.system_id for one in expiring()] == [system.system_id]
    services.rotate_secret(system=system, overlap=timedelta(days=1))
    assert expiring() == []


def test_a_trusted_certificate_is_named_and_another_file_is_not(system: System, tmp_path: Path) -> None:
    from tests.signatures.ca import cast

    folder = cast().authority.write_trust(tmp_path / "trust")
    (folder / "ghi-chu.pem").write_text("không phải chứng thư")
    assert expiring(within=timedelta(days=1)) == []
    assert {one.what for one in expiring(within=timedelta(days=40_000))} == {"Chứng thư tin cậy"}
