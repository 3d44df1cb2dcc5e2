"""The database does not answer a running axis: every call says so in its own shape, and works again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from tests import packages
from tests.gateways.vxp_api.wire import Answer, Axis
from tests.servers import Server

pytestmark = pytest.mark.xdist_group("vxp_wire")


@contextmanager
def database_stuck(server: Server) -> Iterator[None]:
    """Nobody can read who a system is; the axis gives up after its lock timeout (``conftest``)."""
    with psycopg.connect(server.database_url) as admin:
        admin.execute("LOCK TABLE registry_system IN ACCESS EXCLUSIVE MODE")
        yield
        admin.rollback()


def test_outage_is_told_in_the_shape_of_each_call_and_passes(axis: Axis, vxp_server: Server) -> None:
    file = packages.document("H99.01", "H99.02")
    kind = {"servicetype": "eDoc", "messagetype": "edoc"}

    def ask(call: str) -> Answer:
        if call == "sendEdoc":
            return axis.send(axis.clerk, file)
        return axis.ask(axis.clerk, call, {**kind, "docId": "1"}, method="GET" if call == "downloadEdoc" else "POST")

    calls = ["sendEdoc", "getReceivedEdocList", "getEdoc", "downloadEdoc", "countReceiveEdoc", "getAgenciesList"]
    with database_stuck(vxp_server), ThreadPoolExecutor(len(calls)) as threads:
        answers = dict(zip(calls, threads.map(ask, calls), strict=True))
    assert {answer.status for answer in answers.values()} == {503}
    assert answers.pop("downloadEdoc").body == b""
    assert {(answer.code, answer.json["status"]) for answer in answers.values()} == {("151", "FAIL")}
    assert answers["sendEdoc"].json["DocId"] == answers["getEdoc"].json["data"] == ""
    assert answers["countReceiveEdoc"].json["count"] == 0
    assert "data" not in answers["getReceivedEdocList"].json
    assert ask("getAgenciesList").code == "0"
    assert ask("sendEdoc").json["repeated"] is False
