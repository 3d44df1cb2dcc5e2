"""Who may do what, over all gateways: every address of the URL conf × every kind of caller, over a real server.

An address without a row here fails the test. Operations of ``/api/v1`` have rows of their own in
``rest_api/test_authorisation_matrix``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from lienthong.gateways.rest_api.api import api
from lienthong.gateways.vxp_api.urls import CALLS
from lienthong.gateways.webhook.signing import sign_link
from tests import packages
from tests.gateways.vxp_api.wire import Answer, Axis, Caller, Line, request, unpadded
from tests.servers import Server, new_server

pytestmark = pytest.mark.xdist_group("authorisation")
ROOT = Path(__file__).parents[2]
STATUS = {"servicetype": "eDoc", "messagetype": "status"}
EDOC = {"servicetype": "eDoc", "messagetype": "edoc"}


@pytest.fixture(scope="module")
def server(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("authorisation")
    server = new_server(folder, cluster_url, f"authorisation_{os.getpid()}", LIENTHONG_WEB_PROCESSES="1")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def axis(server: Server) -> Axis:
    environment = {
        **os.environ,
        "LIENTHONG_DATA_DIR": str(server.data_dir),
        "LIENTHONG_DATABASE_URL": server.database_url,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "tests.gateways.vxp_api.cast"]
    made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=60, check=True)
    cast = {role: Caller(f"HUB.{role.upper()}", secret) for role, secret in json.loads(made.stdout).items()}
    server.start()
    return Axis(server.port, **cast)


@pytest.fixture(scope="module")
def delivery(axis: Axis) -> str:
    """The clerk's document for the receiver, under the id the receiver sees."""
    return axis.delivered(packages.document("H99.01", "H99.02", number="matrix"))


# --- Rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A call of the national interface: who may make it on the clerk's document, how, and what the others get.

    ``foreign``: the code for another agency's system; ``None``: it is answered from its own rows only.
    """

    owner: str
    foreign: str | None
    parameters: Callable[[str], dict[str, str]] = lambda delivery: {}
    body: Callable[[], bytes] = lambda: b"{}"
    method: str = "POST"


def _unit() -> bytes:
    return json.dumps({"pcode": "H99.01", "code": "H99.01.88", "name": "Phòng mẫu"}).encode()


VXP_ROWS = {
    "getAgenciesList": Row("clerk", None),
    "getAgenciesListQD20": Row("clerk", None),
    "getSynchronizeUnit": Row("clerk", None),
    "registerAgency": Row("clerk", "141", body=_unit),
    "deleteAgency": Row("clerk", "141", lambda delivery: {"AgencyCode": "H99.01.88"}),
    "sendEdoc": Row("clerk", "19"),
    "getReceivedEdocList": Row("receiver", None, lambda delivery: EDOC),
    "getEdoc": Row("receiver", "131", lambda delivery: {"docId": delivery}),
    "downloadEdoc": Row("receiver", "131", lambda delivery: {"docId": delivery}, method="GET"),
    "updateStatus": Row("receiver", "131", lambda delivery: {"docid": delivery, "status": "processing"}),
    "getSentEdocList": Row("clerk", None, lambda delivery: EDOC),
    "countReceiveEdoc": Row("receiver", None),
    "countReceiveStatus": Row("receiver", None),
}


def _addresses(patterns: list[Any], place: str = "") -> Iterator[tuple[str, str]]:
    """``(gateway, name)`` of every address the server answers."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, place or str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield place, str(pattern.pattern) if "api" in place else pattern.name or str(pattern.pattern)


def test_every_address_has_a_row() -> None:
    """Whoever adds an address decides here who may use it; pages have their own table (tests/web/test_matrix.py)."""
    others = {"", r"^openapi\.json$"}  # described to everybody; and what is nowhere
    found: dict[str, set[str]] = {}
    gateways = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern)]
    for place, name in _addresses(gateways):
        found.setdefault(place.strip("^").partition("/")[0].partition("(")[0], set()).add(name)
    assert found["vxp"] == {*VXP_ROWS, ""}
    assert set(VXP_ROWS) == set(CALLS)
    assert found["log"] == {"log-checkpoint", "log-keys", "log-tile", ""}
    assert found["webhook"] == {"packages/<str:system_id>/<str:delivery_id>"}
    assert {re.sub(r"<\w+:(\w+)>", r"{\1}", f"/{path}") for path in found["api"] - others} == set(api.document["paths"])
    assert found[""] == {"^healthz$", "^readyz$", "^metrics$"}  # who may read them: tests/monitoring
    assert set(found) == {"vxp", "log", "webhook", "api", ""}


# --- The national interface -----------------------------------------------------------------------------------------


def _call(axis: Axis, caller: Caller, name: str, delivery: str) -> Answer:
    row = VXP_ROWS[name]
    if name == "sendEdoc":
        return axis.send(caller, packages.document("H99.01", "H99.02", number=uuid.uuid4().hex[:8]))
    body = b"" if row.method == "GET" else row.body()
    return axis.ask(caller, name, row.parameters(delivery), body, method=row.method)


def _code(answer: Answer) -> str:
    return answer.headers.get("x-error-code", "0").split()[0] if not answer.body.startswith(b"{") else answer.code


@pytest.mark.parametrize("name", VXP_ROWS)
def test_own_system(axis: Axis, delivery: str, name: str) -> None:
    answer = _call(axis, getattr(axis, VXP_ROWS[name].owner), name, delivery)
    assert answer.status == 200
    assert _code(answer) == "0"


@pytest.mark.parametrize("name", VXP_ROWS)
def test_another_agencys_system(axis: Axis, delivery: str, name: str) -> None:
    answer = _call(axis, axis.outsider, name, delivery)
    if (foreign := VXP_ROWS[name].foreign) is not None:
        assert _code(answer) == foreign
        assert answer.status >= 400
    else:
        assert _code(answer) == "0"
        assert delivery.encode() not in answer.body
        assert "count" not in answer.json or answer.json["count"] == 0


@pytest.mark.parametrize("name", VXP_ROWS)
def test_a_locked_system(axis: Axis, delivery: str, name: str) -> None:
    answer = _call(axis, axis.locked, name, delivery)
    assert (answer.status, _code(answer)) == (403, "102")


@pytest.mark.parametrize("name", VXP_ROWS)
def test_a_system_nobody_registered(axis: Axis, delivery: str, name: str) -> None:
    """An operator has no system: what they know opens nothing here."""
    answer = _call(axis, Caller("operator", "operator"), name, delivery)
    assert (answer.status, _code(answer)) == (403, "101")


@pytest.mark.parametrize("name", VXP_ROWS)
def test_a_wrong_secret(axis: Axis, delivery: str, name: str) -> None:
    answer = _call(axis, Caller(axis.clerk.system_id, axis.outsider.secret), name, delivery)
    assert (answer.status, _code(answer)) == (403, "15")


@pytest.mark.parametrize("more", [[], [b"Cookie: sessionid=operator"], [b"Authorization: Basic b3A6b3A="]])
@pytest.mark.parametrize("name", VXP_ROWS)
def test_nobody(axis: Axis, name: str, more: list[bytes]) -> None:
    with Line(axis.port) as line:
        answer = line.ask(request(f"/vxp/{name}", more, method=VXP_ROWS[name].method))
    assert (answer.status, _code(answer)) == (403, "103")


def test_a_request_sent_again_changes_nothing(axis: Axis) -> None:
    """The SDK signs neither a nonce nor a fresh time (ADR 0081): a copy is answered, and does nothing new."""
    file = packages.document("H99.01", "H99.02", number="replayed")
    parameters = {**EDOC, "hash-file": unpadded(file), "from": "H99.01", "Content-Type": "application/octet-stream"}
    first, again = (axis.ask(axis.clerk, "sendEdoc", parameters, file + b"\r\n") for _ in range(2))
    assert (first.code, again.code) == ("0", "0")
    assert first.json["DocId"] == again.json["DocId"]
    assert again.json["repeated"] is True


def test_a_signature_does_not_open_for_another_body(axis: Axis) -> None:
    file = packages.document("H99.01", "H99.02")
    parameters = {**EDOC, "hash-file": unpadded(file), "from": "H99.01", "Content-Type": "application/octet-stream"}
    other = packages.document("H99.01", "H99.02", subject="Nội dung tráo (mẫu)")
    assert axis.ask(axis.clerk, "sendEdoc", parameters, other + b"\r\n").code == "114"


def test_a_secret_is_refused_at_this_door(axis: Axis) -> None:
    before = axis.waiting(axis.receiver)
    answer = axis.send(axis.clerk, packages.document("H99.01", "H99.02", subject="Kế hoạch diễn tập (Mật)"))
    assert (answer.status, answer.code, answer.json["DocId"]) == (422, "126", "")
    assert "diễn tập" not in answer.body.decode()
    report = packages.status("H99.02", "H99.01", "VB-1", "02", description="TỐI MẬT")
    assert axis.send(axis.receiver, report, sender="H99.02", messagetype="status").code == "126"
    assert axis.waiting(axis.receiver) == before


# --- Links of webhooks, and the log ---------------------------------------------------------------------------------


def _get(axis: Axis, path: str) -> int:
    with Line(axis.port) as line:
        line.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return int(line.read().status)


def _link(caller: Caller, delivery: str, *, secret: str = "", seconds: int = 600) -> str:
    expires = int(time.time()) + seconds
    signature = sign_link(secret or caller.secret, system_id=caller.system_id, delivery_id=delivery, expires=expires)
    return f"/webhook/packages/{caller.system_id}/{delivery}?expires={expires}&signature={signature}"


def test_links_of_webhooks(axis: Axis, delivery: str) -> None:
    answers = {
        "own": _get(axis, _link(axis.receiver, delivery)),
        "another agency's": _get(axis, _link(axis.outsider, delivery)),
        "locked": _get(axis, _link(axis.locked, delivery)),
        "somebody else's secret": _get(axis, _link(axis.receiver, delivery, secret=axis.outsider.secret)),
        "expired": _get(axis, _link(axis.receiver, delivery, seconds=-1)),
        "operator": _get(axis, _link(Caller("operator", "operator"), delivery)),
        "anonymous": _get(axis, f"/webhook/packages/{axis.receiver.system_id}/{delivery}"),
    }
    assert answers == {
        "own": 200, "another agency's": 404, "locked": 403, "somebody else's secret": 403, "expired": 403,
        "operator": 403, "anonymous": 403,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/log/checkpoint", "/log/keys", "/log/tile/0/000"])
def test_the_log_is_for_everybody_and_tells_of_nobody(axis: Axis, delivery: str, path: str) -> None:
    with Line(axis.port) as line:
        line.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = line.read()
    assert answer.status in (200, 404, 503)  # nothing may be in the log yet
    for word in (b"H99", b"HUB.", delivery.encode()):
        assert word not in answer.body
