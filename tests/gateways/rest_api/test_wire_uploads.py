"""Large packages in parts, over lines that break."""

from __future__ import annotations

import hashlib
import socket
from typing import Any

import httpx
import pytest

from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, Axis


@pytest.fixture(autouse=True)
def _no_uploads(axis: Axis) -> None:
    axis.change("DELETE FROM rest_api_upload")


def opened(axis: Axis, raw: bytes, **fields: Any) -> dict[str, Any]:
    answer = axis.clerk.ask("POST", "/uploads", json={"length": len(raw), **fields})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/uploads/{answer.json()['id']}"
    made: dict[str, Any] = answer.json()
    return made


def put(axis: Axis, upload: dict[str, Any], offset: int, data: bytes) -> httpx.Response:
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/partial-upload"}
    return axis.clerk.ask("PATCH", f"/uploads/{upload['id']}", content=data, headers=headers)


def submit(axis: Axis, upload: dict[str, Any]) -> httpx.Response:
    return axis.clerk.ask("POST", f"/uploads/{upload['id']}/submit")


def test_parts_become_the_package(axis: Axis) -> None:
    raw = packages.document(CLERK, DISTRICT, content=bytes(2_000_000))
    upload = opened(axis, raw, sha256=hashlib.sha256(raw).hexdigest())

    for at in range(0, len(raw), 1_000_000):
        answer = put(axis, upload, at, raw[at : at + 1_000_000])
        assert answer.headers["Upload-Offset"] == str(min(at + 1_000_000, len(raw)))
    first, again = submit(axis, upload), submit(axis, upload)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["sha256"] == hashlib.sha256(raw).hexdigest()
    assert not (axis.server.data_dir / "uploads" / f"{upload['id']}.part").exists()
    axis.clerk.ask("DELETE", f"/uploads/{upload['id']}")
    assert submit(axis, upload).json() == first.json()


def test_what_came_before_the_line_broke_is_kept(axis: Axis) -> None:
    raw = packages.document(CLERK, DISTRICT)
    upload = opened(axis, raw)
    head = (
        f"PATCH /api/v1/uploads/{upload['id']} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {axis.clerk.key}\r\n"
        f"Upload-Offset: 0\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", axis.server.port)) as line:
        line.sendall(head.encode() + raw[:700])
        line.shutdown(socket.SHUT_WR)
        line.recv(1)

    assert axis.clerk.get(f"/uploads/{upload['id']}")["offset"] == 700
    assert put(axis, upload, 700, raw[700:]).status_code == 200
    assert submit(axis, upload).status_code == 201


def test_a_part_must_follow_the_last(axis: Axis) -> None:
    upload = opened(axis, bytes(100))

    gap = put(axis, upload, 10, b"x")
    assert (gap.status_code, gap.json()["code"], gap.headers["Upload-Offset"]) == (409, "api.upload_offset_wrong", "0")
    assert put(axis, upload, 0, bytes(101)).json()["code"] == "exchange.too_large"
    assert submit(axis, upload).json()["code"] == "api.upload_incomplete"


def test_other_bytes_than_declared_are_refused(axis: Axis) -> None:
    raw = packages.document(CLERK, DISTRICT)
    upload = opened(axis, raw, sha256="0" * 64)
    put(axis, upload, 0, raw)

    assert submit(axis, upload).json()["code"] == "exchange.hash_differs"


def test_limits(axis: Axis) -> None:
    assert axis.clerk.ask("POST", "/uploads", json={"length": 8_000_001}).json()["code"] == "exchange.too_large"
    uploads = [opened(axis, b"x") for _ in range(3)]
    assert axis.clerk.ask("POST", "/uploads", json={"length": 1}).json()["code"] == "api.uploads_too_many"

    put(axis, uploads[0], 0, b"x")
    assert axis.clerk.ask("DELETE", f"/uploads/{uploads[0]['id']}").status_code == 204
    assert axis.clerk.ask("GET", f"/uploads/{uploads[0]['id']}").json()["code"] == "api.upload_unknown"
    opened(axis, b"x")


def test_an_upload_that_expired_gives_its_space_back(axis: Axis) -> None:
    upload = opened(axis, bytes(10))
    put(axis, upload, 0, bytes(5))
    axis.change("UPDATE rest_api_upload SET expires_at = now() - interval '1 minute'")

    assert put(axis, upload, 5, bytes(5)).json()["code"] == "api.upload_unknown"
    opened(axis, bytes(10))
    assert not (axis.server.data_dir / "uploads" / f"{upload['id']}.part").exists()
