"""``lienthong alerts`` and ``holds``: the security officer's morning."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from lienthong.cli import alerts, holds
from lienthong.exchange.guards.alerts import raise_alert
from lienthong.exchange.guards.kinds import AlertKind, Level

pytestmark = pytest.mark.django_db(transaction=True)


def run(module: object, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(module.app, list(arguments))  # type: ignore[attr-defined]
    assert result.exit_code == code, result.output
    return result


def test_an_alert_is_shown_muted_and_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    number = raise_alert(
        kind=AlertKind.STATE_SECRET, level=Level.CRITICAL, subject="Hệ thống HUB.MAU", detail="", dedupe_key="k"
    )
    shown = run(alerts, "list", code=1).stdout
    assert "Nghi có bí mật nhà nước" in shown
    assert "Khẩn cấp" in shown
    run(alerts, "mute", str(number), "--for", "2h")
    run(alerts, "list")
    (found,) = json.loads(run(alerts, "list", "--muted", "--json", code=1).stdout)["alerts"]
    assert (found["kind"], found["times"]) == ("state_secret", 1)
    run(alerts, "ack", str(number), "--by", "bà Liên", "--note", "Đã gọi cơ quan gửi")
    run(alerts, "list", "--muted")
    assert "exchange.alert_unknown" in run(alerts, "ack", "999999", code=1).stderr


def test_what_is_not_held_cannot_be_decided() -> None:
    assert json.loads(run(holds, "list", "--json").stdout) == {"held": []}
    for decision in ("release", "block"):
        told = run(holds, decision, str(uuid4()), "--reason", "Thử", code=1).stderr
        assert "exchange.not_held" in told
