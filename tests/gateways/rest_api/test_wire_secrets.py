"""State secrets are refused at every entrance of the REST interface, and leave nothing behind."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import psycopg
import pytest

from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, EDXML, Axis

WORDS = "Phương án trực chiến Đồi Thông"
SUBJECT = f"{WORDS} (Tối mật)"


def _edxml(axis: Axis) -> httpx.Response:
    return axis.clerk.ask("POST", "/documents", content=_package(), headers=EDXML)


def _package() -> bytes:
    return packages.document(CLERK, DISTRICT, subject=SUBJECT, content=bytes(1_500_000))


def _multipart(axis: Axis) -> httpx.Response:
    described = {
        "sender": CLERK,
        "recipients": [{"code": DISTRICT}],
        "number": "77",
        "notation": "SYT-NVY",
        "issued_on": "2024-03-15",
        "place": "Thành phố Mẫu",
        "type_name": "Công văn",
        "subject": SUBJECT,
        "signer": {"full_name": "Nguyễn Văn Mẫu", "position": "Giám đốc"},
        "priority": 2,
        "attachments": [{"name": "Công văn.pdf"}],
    }
    parts: list[tuple[str, Any]] = [
        ("metadata", (None, json.dumps(described), "application/json")),
        ("file", ("tep", packages.PDF)),
    ]
    return axis.clerk.ask("POST", "/documents", files=parts)


def _upload(axis: Axis) -> httpx.Response:
    raw = _package()
    upload = axis.clerk.ask("POST", "/uploads", json={"length": len(raw)}).json()
    headers = {"Upload-Offset": "0", "Content-Type": "application/partial-upload"}
    axis.clerk.ask("PATCH", f"/uploads/{upload['id']}", content=raw, headers=headers)
    return axis.clerk.ask("POST", f"/uploads/{upload['id']}/submit")


def _report(axis: Axis) -> httpx.Response:
    _, delivery = axis.sent()
    return axis.district.report(code="02", delivery_id=delivery["id"], description=SUBJECT)


@pytest.mark.parametrize("entrance", [_edxml, _multipart, _upload, _report])
def test_a_secret_is_refused_and_leaves_nothing(axis: Axis, entrance: Any) -> None:
    answer = entrance(axis)
    assert (answer.status_code, answer.json()["code"]) == (422, "exchange.state_secret")
    assert WORDS not in answer.text
    for path in axis.server.data_dir.rglob("*"):
        if path.is_file() and "postgres" not in path.parts:
            assert WORDS.encode() not in path.read_bytes(), path.name
    assert WORDS not in _dump(axis)


def _dump(axis: Axis) -> str:
    """Every row of every table, as text."""
    out = io.StringIO()
    with psycopg.connect(axis.server.database_url) as database:
        tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with database.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:  # type: ignore[arg-type]
                for piece in rows:
                    out.write(bytes(piece).decode())
    assert "state_secret" in out.getvalue()  # the alert is there
    return out.getvalue()
