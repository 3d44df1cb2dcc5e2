"""A document's way from one partner to another and back, over HTTP."""

from __future__ import annotations

import hashlib

from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, PAPER, Axis


def test_a_documents_whole_way(axis: Axis) -> None:
    raw = packages.document(CLERK, DISTRICT, PAPER, subject="Về phòng, chống dịch (mẫu)", priority="1")
    sent = axis.clerk.send(raw)

    assert sent.status_code == 201
    receipt = sent.json()
    assert receipt["sha256"] == hashlib.sha256(raw).hexdigest()
    assert [(r["code"], r["outcome"], r["sent"]) for r in receipt["recipients"]] == [
        (DISTRICT, "accepted", True),
        (PAPER, "not_connected", False),
    ]
    assert sent.headers["Location"] == f"/api/v1/documents/{receipt['id']}"

    (arrived,) = [row for row in axis.district.waiting() if row["sha256"] == receipt["sha256"]]
    assert (arrived["document"]["subject"], arrived["priority"]) == ("Về phòng, chống dịch (mẫu)", 1)
    fetched = axis.district.ask("GET", f"/deliveries/{arrived['id']}/package")
    assert fetched.content == raw
    assert axis.district.get(f"/deliveries/{arrived['id']}")["being_fetched"]

    confirmed = axis.district.ask("POST", f"/deliveries/{arrived['id']}/confirmation", json={"outcome": "done"})
    assert confirmed.json()["state"] == "delivered"
    assert arrived["id"] not in [row["id"] for row in axis.district.waiting()]

    reported = axis.district.report(code="03", delivery_id=arrived["id"], staff="Lê Thị Mẫu")
    assert reported.status_code == 201, reported.text
    detail = axis.clerk.get(f"/documents/{receipt['id']}")
    district, paper = detail["recipients"]
    assert (district["transport_state"], district["state"], district["status_code"]) == ("delivered", "accepted", "03")
    assert (paper["transport_state"], paper["state"]) == (None, "not_sent")
    assert [report["code"] for report in detail["reports"]] == ["03"]

    about = detail["document"]["document_id"]
    (status,) = [row for row in axis.clerk.waiting("status") if row["status"]["document_id"] == about]
    assert (status["status"]["code"], status["status"]["from_code"]) == ("03", DISTRICT)
