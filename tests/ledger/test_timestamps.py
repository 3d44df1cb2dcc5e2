"""Time-stamps of checkpoints, the budget for the authority's outages, and what is shown and refused past it."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from pytest_django import Settings

from lienthong.common import clock
from lienthong.ledger import stamps, timestamps
from lienthong.ledger.audit import Damage, audit
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.models import LedgerStamp
from lienthong.ledger.selectors import head_covering, latest_head, stamp_of
from lienthong.ledger.status import gate, status
from tests.ledger.authority import Authority, make_authority
from tests.ledger.conftest import acceptance, append, fill, sql, superuser


def test_the_newest_checkpoint_is_stamped_once(stamping: Authority) -> None:
    fill(2)
    stamp = timestamps.stamp_newest()
    assert stamp is not None
    assert abs(stamp.at - clock.now()) < timedelta(minutes=1)
    assert "mẫu" in stamp.authority
    asked = stamping.asked
    assert timestamps.stamp_newest() is None
    assert stamping.asked == asked


def test_openssl_agrees_with_the_stamp(stamping: Authority, tmp_path: Path) -> None:
    fill(2)
    timestamps.stamp_newest()
    head = latest_head()
    assert head is not None
    (tmp_path / "checkpoint").write_text(head.note)
    (tmp_path / "checkpoint.tsr").write_bytes(stamp_of(head.size) or b"")
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "checkpoint", "-in", "checkpoint.tsr", "-CAfile", str(stamping.root)],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert "Verification: OK" in done.stdout + done.stderr


def test_a_stamp_holds_for_its_own_bytes_and_for_a_trusted_authority_only(stamping: Authority, tmp_path: Path) -> None:
    response, _ = timestamps.ask(b"van ban")
    trusted = [x509.load_pem_x509_certificate(stamping.root.read_bytes())]
    assert stamps.check_response(response, b"van ban", authorities=trusted)
    stranger = [x509.load_pem_x509_certificate(make_authority(tmp_path / "khac").root.read_bytes())]
    for message, authorities in ((b"khac", trusted), (b"van ban", stranger)):
        with pytest.raises(stamps.StampError):
            stamps.check_response(response, message, authorities=authorities)
    with pytest.raises(stamps.StampError):
        stamps.check_response(response, b"van ban", authorities=trusted, nonce=1)


def test_a_token_alone_is_as_good_as_the_answer(stamping: Authority) -> None:
    response, stamp = timestamps.ask(b"van ban")
    again = stamps.response_of(stamps.token_of(response))
    trusted = [x509.load_pem_x509_certificate(stamping.root.read_bytes())]
    assert stamps.check_response(again, b"van ban", authorities=trusted) == stamp


@pytest.mark.parametrize("url", ["down", "http://127.0.0.1:9/tsr"])
def test_an_authority_that_is_away_is_named_with_what_to_do(stamping: Authority, settings: Settings, url: str) -> None:
    fill(1)
    if url == "down":
        stamping.is_up = False
    else:
        settings.TSA_URL = url
    with pytest.raises(LedgerError) as refused:
        timestamps.stamp_newest()
    assert refused.value.code == "ledger.stamp.unavailable"
    assert LedgerStamp.objects.count() == 0


def test_an_answer_of_somebody_else_is_not_kept(stamping: Authority, settings: Settings, tmp_path: Path) -> None:
    fill(1)
    settings.TSA_CA_FILE = make_authority(tmp_path / "khac").root
    with pytest.raises(LedgerError):
        timestamps.stamp_newest()
    assert LedgerStamp.objects.count() == 0


@pytest.mark.usefixtures("stamping")
def test_proofs_prefer_the_first_checkpoint_with_a_stamp() -> None:
    fill(2)
    timestamps.stamp_newest()
    fill(3)
    timestamps.stamp_newest()
    fill(4)
    for size, expected in ((1, 2), (2, 2), (3, 5), (6, 9)):
        head = head_covering(size)
        assert head is not None
        assert head.size == expected


@pytest.mark.usefixtures("stamping")
def test_the_budget_runs_from_the_oldest_act_without_a_stamp(settings: Settings) -> None:
    settings.TSA_REFUSE = True
    assert timestamps.coverage().since is None
    fill(2)
    assert status().coverage.since is not None
    timestamps.stamp_newest()
    quiet = status()
    assert (quiet.coverage.since, quiet.exceeded, quiet.refusing) == (None, False, False)
    event = acceptance(50)
    append(event)  # it waits: a sequencer that stands still counts as an outage too
    late = status()
    assert (late.waiting, late.waiting_since, late.coverage.since) == (1, event.at, event.at)
    assert late.exceeded  # the acts of these tests happened long ago
    assert late.refusing
    settings.TSA_BUDGET = 10**9
    assert not status().exceeded


@pytest.mark.usefixtures("stamping")
def test_the_door_closes_past_the_budget_only_where_the_operator_said_so(settings: Settings) -> None:
    fill(1)
    gate.forget()
    assert not gate.is_closed()
    settings.TSA_REFUSE = True
    gate.forget()
    assert gate.is_closed()
    timestamps.stamp_newest()
    gate.forget()
    assert not gate.is_closed()


@pytest.mark.usefixtures("log")
def test_without_an_authority_nothing_is_asked_and_nothing_is_late(settings: Settings) -> None:
    settings.TSA_REFUSE = True
    fill(1)
    gate.forget()
    assert timestamps.stamp_newest() is None
    assert (status().exceeded, gate.is_closed()) == (False, False)


@pytest.mark.usefixtures("stamping")
def test_the_audit_checks_every_stamp() -> None:
    fill(2)
    timestamps.stamp_newest()
    fill(3)
    timestamps.stamp_newest()
    assert audit().is_sound
    assert audit().stamps == 2
    with superuser():
        sql("UPDATE ledger_stamp SET response = (SELECT response FROM ledger_stamp WHERE size = 5) WHERE size = 2")
    (only,) = audit().breaks
    assert (only.damage, only.position) == (Damage.STAMP_INVALID, 2)
