"""Evidence over REST: receipts and bundles that anybody can check, and a trace of who was turned away."""

from __future__ import annotations

import io
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from lienthong.cli.main import build
from lienthong.client import Client
from lienthong.ledger.notes import VerifyKey
from lienthong.ledger.receipts import open_receipt
from tests.gateways.rest_api.partners import Axis


def test_a_receipt_is_checked_with_the_published_key(axis: Axis) -> None:
    receipt, _ = axis.sent()
    keys = [VerifyKey.parse(line) for line in axis.http.get("/log/keys").text.splitlines()]

    content, _ = open_receipt(receipt["signed"], keys)

    assert (content["doc_id"], content["sha256"]) == (receipt["id"], receipt["sha256"])


@pytest.mark.parametrize("whose", ["sender", "recipient"])
def test_a_bundle_is_verified_offline(axis: Axis, tmp_path: Path, whose: str) -> None:
    receipt, delivery = axis.sent()
    axis.district.ask("POST", f"/deliveries/{delivery['id']}/confirmation", json={})
    role, subject = ("clerk", receipt["id"]) if whose == "sender" else ("district", delivery["id"])
    bundle = io.BytesIO()
    with Client(f"http://127.0.0.1:{axis.server.port}", axis.keys[role]) as client:
        client.fetch_evidence(subject, bundle)
    (tmp_path / "bang-chung.asice").write_bytes(bundle.getvalue())
    (tmp_path / "khoa.txt").write_bytes(axis.http.get("/log/keys").content)

    files = [str(tmp_path / "bang-chung.asice"), "--key", str(tmp_path / "khoa.txt")]
    verified = CliRunner().invoke(build(), ["verify", *files])

    assert verified.exit_code == 0, verified.output


def test_who_is_turned_away_leaves_an_event_without_the_secret(axis: Axis) -> None:
    locked = axis.partner("locked")
    locked.ask("GET", "/axis")
    prefix, secret = locked.key.split("_", 2)[1:]
    with psycopg.connect(axis.server.database_url) as watcher:
        found = watcher.execute(
            "SELECT subject_id, data::text FROM ledger_event WHERE kind = 'AccessDenied'"
            " AND data->>'code' = 'api.system_locked' AND subject_id = %s",
            [f"ltk_{prefix}"],  # other files lock systems of this axis too
        ).fetchall()
    assert {subject for subject, _ in found} == {f"ltk_{prefix}"}
    assert secret not in str(found)
