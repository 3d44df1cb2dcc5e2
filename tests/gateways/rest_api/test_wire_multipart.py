"""A document from metadata and files: the axis builds the package while they arrive."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import count
from typing import Any

import httpx
import pytest

from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, Axis

_numbers = count(9000)


def metadata(**changes: Any) -> dict[str, Any]:
    """A letter of the clerk to the district with one file."""
    return {
        "sender": CLERK,
        "recipients": [{"code": DISTRICT}],
        "number": str(next(_numbers)),
        "notation": "SYT-NVY",
        "issued_on": "2024-03-15",
        "place": "Thành phố Mẫu",
        "type_name": "Công văn",
        "subject": "Về việc phòng, chống dịch (mẫu)",
        "signer": {"full_name": "Nguyễn Văn Mẫu", "position": "Giám đốc"},
        "priority": 2,
        "attachments": [{"name": "Công văn số 1.pdf"}],
        **changes,
    }


def post(axis: Axis, described: Any, *contents: bytes, **headers: str) -> httpx.Response:
    parts: list[tuple[str, Any]] = [("metadata", (None, json.dumps(described), "application/json"))]
    parts += [("file", (f"tep-{n}", content)) for n, content in enumerate(contents)]
    return axis.clerk.ask("POST", "/documents", files=parts, headers=headers)


def package_at_the_district(axis: Axis, receipt: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    delivery = next(row for row in axis.district.waiting() if row["sha256"] == receipt["sha256"])
    return delivery, axis.district.ask("GET", f"/deliveries/{delivery['id']}/package").content


def test_the_district_gets_a_package_that_conforms(axis: Axis) -> None:
    table = b"so lieu " * 50_000
    described = metadata(
        attachments=[{"name": "Công văn số 1.pdf"}, {"name": "Phụ lục.xlsx", "description": "Số liệu"}]
    )

    sent = post(axis, described, packages.PDF, table)

    assert sent.status_code == 201, sent.text
    delivery, raw = package_at_the_district(axis, sent.json())
    package = read_package(io.BytesIO(raw)).package
    assert isinstance(package, DocumentPackage)
    header = package.header
    assert (header.from_.organ_name, header.to[0].organ_name) == ("Sở Y tế (mẫu)", "UBND quận Hoa Phượng (mẫu)")
    assert (header.document_type.type, header.document_type.type_detail) == ("2", "18")
    assert header.document_id == f"{CLERK},2024/03/15,{described['number']}/SYT-NVY"
    assert delivery["priority"] == 2
    assert [(one.attachment_name, one.content_type) for one in package.attachments] == [
        ("Công văn số 1.pdf", "application/pdf"),
        ("Phụ lục.xlsx", "application/zip"),
    ]
    zipped = axis.district.ask("GET", f"/deliveries/{delivery['id']}/attachments/2").content
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.read(archive.namelist()[0]) == table


def test_sent_again_it_is_the_same_document(axis: Axis) -> None:
    described = metadata()
    first, again = (post(axis, described, packages.PDF) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]


def test_an_idempotency_key_covers_what_was_sent_not_how_it_was_packed(axis: Axis) -> None:
    described = metadata()
    key = {"Idempotency-Key": f"phieu-{described['number']}"}

    first, again = (post(axis, described, packages.PDF, **key) for _ in range(2))
    other = post(axis, metadata(), packages.PDF, **key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "api.idempotency_key_reused")


@pytest.mark.parametrize(
    ("changes", "contents", "code"),
    [
        ({"subject": ""}, [b"x"], "api.request_invalid"),
        ({"subjekt": "viết sai"}, [b"x"], "api.request_invalid"),
        ({"recipients": []}, [b"x"], "api.request_invalid"),
        ({"recipients": [{"code": "H99.98"}]}, [b"x"], "exchange.no_recipient"),
        ({"sender": DISTRICT}, [b"x"], "exchange.sender_foreign"),
        ({"issued_on": "2999-01-01"}, [b"x"], "exchange.not_conforming"),
        ({}, [], "api.multipart_wrong"),
        ({}, [b"x", b"y"], "api.multipart_wrong"),
        ({}, [bytes(7_000_000)], "exchange.too_large"),
    ],
)
def test_what_is_wrong_is_refused_by_name(axis: Axis, changes: Any, contents: list[bytes], code: str) -> None:
    refused = post(axis, metadata(**changes), *contents)

    assert refused.json()["code"] == code, refused.text
    assert refused.json()["next_step"]


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{', b"y"]
)
def test_a_body_that_breaks_off_is_refused(axis: Axis, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    assert axis.clerk.ask("POST", "/documents", content=body, headers=headers).json()["code"] == "api.multipart_wrong"
