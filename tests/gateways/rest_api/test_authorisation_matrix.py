"""Who may do what: every operation of the OpenAPI document × every kind of caller. A new operation without a row here
fails the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import pytest

from lienthong.gateways.rest_api.api import api
from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, EDXML, Axis, Partner

_ALL = {
    operation["operationId"]: (method.upper(), path)
    for path, operations in api.document["paths"].items()
    for method, operation in operations.items()
}


@dataclass(frozen=True)
class Row:
    """How the owner calls an operation, and what another agency's system is answered.

    ``foreign``: the status (and code) for a resource that is not its own; ``None``: the operation answers everybody,
    from their own rows only, and ``leak`` tells whether the owner's shows.
    """

    owner: str
    foreign: tuple[int, str] | None
    details: Callable[[], dict[str, Any]] = dict
    leak: Callable[[Any, dict[str, str]], bool] = field(default=lambda answer, ids: False)


def _document() -> dict[str, Any]:
    return {"content": packages.document(CLERK, DISTRICT), "headers": EDXML}


def _shows(name: str) -> Callable[[Any, dict[str, str]], bool]:
    return lambda answer, ids: ids[name] in [item["id"] for item in answer["items"]]


_UNKNOWN = (404, "exchange.package_unknown")
_NO_UPLOAD = (404, "api.upload_unknown")
ROWS = {
    "submitDocument": Row("clerk", (403, "exchange.sender_foreign"), _document),
    "listDocuments": Row("clerk", None, leak=_shows("document")),
    "getDocument": Row("clerk", _UNKNOWN),
    "getDocumentPackage": Row("clerk", _UNKNOWN),
    "listDeliveries": Row("district", None, lambda: {"params": {"limit": 200}}, leak=_shows("delivery")),
    "getDelivery": Row("district", _UNKNOWN),
    "getDeliveryPackage": Row("district", _UNKNOWN),
    "getDeliveryAttachment": Row("district", _UNKNOWN),
    "confirmDelivery": Row("district", _UNKNOWN, lambda: {"json": {"outcome": "processing"}}),
    "reportStatus": Row("district", _UNKNOWN, lambda: {"json": {"code": "01", "delivery_id": "{delivery}"}}),
    "createUpload": Row("clerk", None, lambda: {"json": {"length": 10}}),
    "getUpload": Row("clerk", _NO_UPLOAD),
    "appendUpload": Row("clerk", _NO_UPLOAD, lambda: {"content": b"", "headers": {"Upload-Offset": "0"}}),
    "submitUpload": Row("clerk", _NO_UPLOAD),
    "cancelUpload": Row("clerk", _NO_UPLOAD),
    "getAxis": Row("clerk", None, leak=lambda answer, ids: CLERK in answer["system_id"]),
    "searchAgencies": Row("clerk", None, lambda: {"params": {"q": "mẫu"}}),
    "getAgency": Row("clerk", None),
    "getEvidence": Row("clerk", _UNKNOWN),
    "getStatistics": Row("clerk", None, leak=lambda answer, ids: any(row["documents_sent"] for row in answer["items"])),
}
LAST_OF_OWNER = ("submitUpload", "cancelUpload")
"""Needs a whole upload, or takes it away: proven in ``test_wire_uploads``."""


@pytest.fixture(scope="module")
def ids(axis: Axis) -> dict[str, str]:
    receipt, delivery = axis.sent()
    upload = axis.clerk.ask("POST", "/uploads", json={"length": 10}).json()
    return {"document": receipt["id"], "delivery": delivery["id"], "upload": upload["id"]}


def call(partner: Partner, name: str, ids: dict[str, str]) -> httpx.Response:
    method, path = _ALL[name]
    for parameter, value in {
        "{document_id}": ids["document"],
        "{delivery_id}": ids["delivery"],
        "{upload_id}": ids["upload"],
        "{subject_id}": ids["document"],
        "{number}": "1",
        "{code}": DISTRICT,
    }.items():
        path = path.replace(parameter, value)
    details = ROWS[name].details()
    if "json" in details:
        details["json"] = {
            key: value.format(**ids) if isinstance(value, str) else value for key, value in details["json"].items()
        }
    return partner.ask(method, path, **details)


@cache
def operations() -> list[str]:
    return sorted(_ALL)


def test_every_operation_has_a_row() -> None:
    assert sorted(ROWS) == operations()


@pytest.mark.parametrize("name", [name for name in operations() if name not in LAST_OF_OWNER])
def test_own_system(axis: Axis, ids: dict[str, str], name: str) -> None:
    answer = call(axis.partner(ROWS[name].owner), name, ids)
    assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("name", operations())
class TestMatrix:
    def test_other_agencys_system(self, axis: Axis, ids: dict[str, str], name: str) -> None:
        answer = call(axis.outsider, name, ids)
        foreign = ROWS[name].foreign
        if foreign is None:
            assert answer.status_code < 300, answer.text
            assert not ROWS[name].leak(answer.json(), ids)
        else:
            assert (answer.status_code, answer.json()["code"]) == foreign

    def test_locked_system(self, axis: Axis, ids: dict[str, str], name: str) -> None:
        answer = call(axis.partner("locked"), name, ids)
        assert (answer.status_code, answer.json()["code"]) == (403, "api.system_locked")

    def test_key_without_the_scope(self, axis: Axis, ids: dict[str, str], name: str) -> None:
        answer = call(axis.partner("reader"), name, ids)
        if name in ("getAxis", "searchAgencies", "getAgency"):
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "api.scope_missing")

    @pytest.mark.parametrize(
        "credentials",
        [
            {},
            {"Authorization": "Basic b3BlcmF0b3I6b3BlcmF0b3I="},
            {"Authorization": "", "Cookie": "sessionid=operator"},
        ],
        ids=["anonymous", "operator-password", "operator-session"],
    )
    def test_nobody_without_a_key(
        self, axis: Axis, ids: dict[str, str], name: str, credentials: dict[str, str]
    ) -> None:
        """Operators work with commands and pages: no login of a person opens this interface."""
        method, path = _ALL[name]
        answer = axis.http.request(method, "/api/v1" + path.replace("{number}", "1"), headers=credentials)
        if "{" in path:
            filled = {
                "subject_id": ids["document"],
                "document_id": ids["document"],
                "delivery_id": ids["delivery"],
                "upload_id": ids["upload"],
            }
            path = path.format(**filled, number=1, code=DISTRICT)
            answer = axis.http.request(method, f"/api/v1{path}", headers=credentials)
        assert (answer.status_code, answer.json()["code"]) == (401, "api.key_missing")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
