"""Evidence over the wire: a sender checks its receipt with the published key, and whoever is turned away is noted."""

from __future__ import annotations

import hashlib
import uuid

import httpx
import psycopg
import pytest

from lienthong.ledger.notes import VerifyKey
from lienthong.ledger.receipts import open_receipt
from tests import packages
from tests.gateways.vxp_api.wire import Axis, Caller
from tests.servers import Server

pytestmark = pytest.mark.xdist_group("vxp_wire")


def test_a_receipt_is_checked_with_the_published_key(axis: Axis) -> None:
    file = packages.document("H99.01", "H99.02", number=uuid.uuid4().hex[:12])
    answers = [axis.send(axis.clerk, file).json for _ in range(2)]
    keys = [VerifyKey.parse(line) for line in httpx.get(f"http://127.0.0.1:{axis.port}/log/keys").text.splitlines()]
    content, _ = open_receipt(answers[0]["receipt"], keys)
    assert content["doc_id"] == answers[0]["DocId"]
    assert content["sha256"] == hashlib.sha256(file).hexdigest()
    assert answers[1]["repeated"] is True
    assert answers[1]["receipt"] == answers[0]["receipt"]


@pytest.mark.parametrize(
    ("system_id", "code"), [("HUB.CLERK", "vxp.signature_wrong"), ("HUB.LA.MAT", "vxp.system_unknown")]
)
def test_who_is_turned_away_leaves_one_event(axis: Axis, vxp_server: Server, system_id: str, code: str) -> None:
    before = _denials(vxp_server, system_id, code)
    for _ in range(3):
        axis.send(Caller(system_id, "doan-mo"), packages.document("H99.01", "H99.02"))
    after = _denials(vxp_server, system_id, code)
    assert after >= 1
    assert after - before <= 2  # one for each of the two processes, unless an earlier test was turned away just before


def _denials(server: Server, system_id: str, code: str) -> int:
    with psycopg.connect(server.database_url) as watcher:
        found = watcher.execute(
            "SELECT 1 FROM ledger_event WHERE kind = 'AccessDenied' AND data->>'code' = %s AND subject_id = %s",
            [code, system_id],
        )
        return len(found.fetchall())
