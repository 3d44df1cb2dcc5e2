"""The OpenAPI document is right, and the axis does what it says, whatever is thrown at it."""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from lienthong.gateways.rest_api.api import api
from tests.gateways.rest_api.partners import Axis

DOCUMENT = json.loads(json.dumps(api.document))
schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.config.output.sanitization.update(enabled=False)


@schemathesis.serializer("application/partial-upload", "application/edxml+xml")
def bytes_as_they_are(context: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


OPERATIONS = {
    "submitDocument", "listDocuments", "getDocument", "getDocumentPackage", "listDeliveries", "getDelivery",
    "getDeliveryPackage", "getDeliveryAttachment", "confirmDelivery", "reportStatus", "createUpload", "getUpload",
    "appendUpload", "submitUpload", "cancelUpload", "getAxis", "searchAgencies", "getAgency", "getStatistics",
    "getEvidence",
}  # fmt: skip


def operations() -> list[dict[str, Any]]:
    return [operation for path in DOCUMENT["paths"].values() for operation in path.values()]


def test_operation_ids_are_stable() -> None:
    """Partners generate clients from them: a name that changes breaks theirs."""
    assert {operation["operationId"] for operation in operations()} == OPERATIONS


def test_the_document_is_valid_openapi_3_1(axis: Axis) -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    schema.validate()
    served = axis.http.get("/api/v1/openapi.json")
    assert served.json() == DOCUMENT
    for operation in operations():
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"]
        assert "application/problem+json" in operation["responses"]["default"]["content"]


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_axis_keeps_to_its_document(case: schemathesis.Case, axis: Axis) -> None:
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{axis.server.port}/api/v1",
        headers={"Authorization": f"Bearer {axis.keys['outsider']}"},
        excluded_checks=[positive_data_acceptance],  # what several fields mean together no schema says
    )
