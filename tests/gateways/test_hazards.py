"""What hostile clients send, over a real server: refused by name, and the server goes on serving."""

from __future__ import annotations

import io
import os
import socket
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests import packages
from tests.gateways.rest_api.conftest import make_cast
from tests.gateways.rest_api.partners import CLERK, DISTRICT, EDXML, Axis
from tests.servers import Server, new_server

pytestmark = pytest.mark.xdist_group("hazards")
_numbers = count(1)


@pytest.fixture(scope="module")
def server(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "LIENTHONG_WEB_PROCESSES": "1",
        "LIENTHONG_WEB_THREADS": "4",
        "LIENTHONG_SLOW_BODY_SECONDS": "1",
        "LIENTHONG_HEADER_SECONDS": "1",
        "LIENTHONG_PACKAGE_LIMIT": "8000000",
    }
    server = new_server(tmp_path_factory.mktemp("hazards"), cluster_url, f"hazards_{os.getpid()}", **settings)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def axis(server: Server) -> Iterator[Axis]:
    keys = make_cast(server)
    server.start()
    with Axis(server, keys) as axis:
        yield axis


def _send(axis: Axis, raw: bytes) -> tuple[int, str, set[str]]:
    answer = axis.clerk.ask("POST", "/documents", content=raw, headers=EDXML).json()
    return answer.get("status", 201), answer.get("code", ""), {one["id"] for one in answer.get("findings", [])}


def _with_file(name: str, content: bytes) -> bytes:
    return packages.document_of(
        CLERK, DISTRICT, files=(content,), names=(name,), organ_name="Sở Y tế (mẫu)", full_name="Người Ký Mẫu",
        number=f"hz-{next(_numbers)}",
    ).replace(b"application/pdf", b"application/zip")  # fmt: skip


def _zip(entry: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, content)
    return out.getvalue()


def _doctype(declaration: bytes) -> bytes:
    raw = packages.document(CLERK, DISTRICT, subject="TEN")
    head, _, rest = raw.partition(b"?>")
    return head + b"?>" + declaration + rest.replace(b"TEN", b"&x;")


HOSTILE = {
    "external entity": lambda: _doctype(b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "entity bomb": lambda: _doctype(
        b'<!DOCTYPE e [<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    ),
    "external dtd": lambda: _doctype(b'<!DOCTYPE e SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "zip bomb": lambda: _with_file("bang-tinh.xls.zip", _zip("bang-tinh.xls", bytes(40_000_000))),
    "deep nesting": lambda: b"<a>" * 5000,
    "endless element": lambda: b"<" + b"a" * 3_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused(axis: Axis, name: str) -> None:
    status, code, findings = _send(axis, HOSTILE[name]())
    assert (status, code) == (422, "exchange.not_conforming")
    assert findings
    assert b"root:" not in axis.clerk.ask("GET", "/documents").content


@pytest.mark.parametrize("name", ["../../../tmp/hz-slip.pdf", "..\\..\\hz-slip.pdf", "/tmp/hz-slip.pdf", "a\x00b.pdf"])
def test_a_path_in_a_name_names_nothing_on_this_machine(axis: Axis, server: Server, name: str) -> None:
    """Names are data: files are kept by numbers of the axis, and a download is called by its last part only."""
    raw = packages.document(CLERK, DISTRICT).replace(b"van-ban-mau.pdf", name.replace("\x00", "&#0;").encode())
    _send(axis, raw)
    for delivery in axis.district.ask("GET", "/deliveries").json()["items"]:
        answer = axis.district.ask("GET", f"/deliveries/{delivery['id']}/attachments/1")
        told = answer.headers.get("content-disposition", "")
        assert "/" not in told.partition("filename*=UTF-8''")[2]
        assert ".." not in told
    assert list(server.data_dir.rglob("*slip*")) == []
    assert not Path("/tmp/hz-slip.pdf").exists()


@pytest.mark.parametrize(
    "path", ["/documents/..%2f..%2fetc%2fpasswd", "/deliveries/%2e%2e/package", "/uploads/../../etc/passwd"]
)
def test_a_path_in_an_address_leads_nowhere(axis: Axis, path: str) -> None:
    assert axis.clerk.ask("GET", path).status_code in (404, 405, 422)


def test_headers_without_end_are_refused(axis: Axis) -> None:
    with _line(axis) as line:
        with suppress(OSError):  # the server hangs up while we are writing
            line.sendall(b"GET /api/v1/axis HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 3_000_000)
        assert _last(line).startswith((b"HTTP/1.1 400", b"HTTP/1.1 431", b""))
    assert axis.clerk.ask("GET", "/axis").status_code == 200


def test_too_many_headers_are_refused(axis: Axis) -> None:
    with _line(axis) as line:
        many = b"".join(b"X-%d: 1\r\n" % number for number in range(500))
        line.sendall(b"GET /api/v1/axis HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")
        assert _last(line).startswith(b"HTTP/1.1 400")


def test_headers_that_drip_do_not_hold_a_thread(axis: Axis) -> None:
    """More connections than threads, each sending a letter now and then: the clerk is served all the same."""
    lines = [_line(axis) for _ in range(6)]
    for line in lines:
        line.sendall(b"GET /api/v1/axis HTTP/1.1\r\nX-Drip: ")
    assert _is_cut(lines, b"a")
    assert axis.clerk.ask("GET", "/axis").status_code == 200


def test_a_body_that_drips_is_cut_off_and_told_why(axis: Axis) -> None:
    with _line(axis) as line:
        line.sendall(_head(axis, 1_000_000))
        assert _is_cut([line], b"<")
        answer = _last(line)
    assert answer.startswith(b"HTTP/1.1 408") or b"exchange.body_too_slow" in answer
    assert axis.clerk.ask("GET", "/axis").status_code == 200


def test_a_body_that_stops_is_cut_off(axis: Axis) -> None:
    with _line(axis) as line:
        line.sendall(_head(axis, 1_000_000) + b"<edXML")
        assert b"exchange.body_too_slow" in _last(line)


def test_two_lengths_are_refused(axis: Axis) -> None:
    head = _head(axis, 5).replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    with _line(axis) as line:
        line.sendall(head + b"0\r\n\r\nGET /api/v1/axis HTTP/1.1\r\n\r\n")
        answer = _last(line)
    assert answer.startswith(b"HTTP/1.1 4")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_request_sent_again_makes_no_second_document(axis: Axis, server: Server) -> None:
    raw, key = packages.document(CLERK, DISTRICT), {"Idempotency-Key": uuid.uuid4().hex}
    first = axis.clerk.ask("POST", "/documents", content=raw, headers=EDXML | key)
    again = axis.clerk.ask("POST", "/documents", content=raw, headers=EDXML | key)
    replayed = axis.clerk.ask("POST", "/documents", content=raw, headers=EDXML)
    assert first.json()["id"] == again.json()["id"] == replayed.json()["id"]
    with psycopg.connect(server.database_url) as database:
        found = database.execute("SELECT count(*) FROM exchange_package WHERE document_id = %s", [first.json()["id"]])
        assert found.fetchone() == (1,)


def _line(axis: Axis) -> socket.socket:
    return socket.create_connection(("127.0.0.1", axis.server.port), timeout=20)


def _head(axis: Axis, length: int) -> bytes:
    return (
        f"POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {axis.keys['clerk']}\r\n"
        f"Content-Type: application/edxml+xml\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def _is_cut(lines: list[socket.socket], letter: bytes) -> bool:
    """Whether the server hangs up on all of them while they go on dripping."""
    left, until = list(lines), time.monotonic() + 20
    while left and time.monotonic() < until:
        for line in list(left):
            line.settimeout(0.05)
            try:
                line.sendall(letter)
                if line.recv(1, socket.MSG_PEEK) is not None:
                    left.remove(line)
            except TimeoutError:
                continue
            except OSError:
                left.remove(line)
    return not left


def _last(line: socket.socket) -> bytes:
    """Whatever the server says until it hangs up or falls silent."""
    line.settimeout(5)
    said = b""
    with suppress(OSError):
        while piece := line.recv(65536):
            said += piece
            if b"\r\n\r\n" in said and b"}" in said:
                break
    return said
