"""A document's way from one partner to another and back, over HTTP."""

from __future__ import annotations

import hashlib
from typing import Any

from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, EDXML, PAPER, Axis, Partner


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


def test_pages_follow_each_other_without_gap_or_repeat(axis: Axis) -> None:
    sent = [axis.sent(priority=str(priority))[0]["id"] for priority in (0, 2, 0, 3, 1)]

    def all_pages(partner: Partner, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor = None
        while True:
            params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = partner.get(path, params=params)
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    listed = [row["id"] for row in all_pages(axis.clerk, "/documents")]
    assert listed[: len(sent)] == sent[::-1]
    assert len(listed) == len(set(listed))
    arrivals = all_pages(axis.district, "/deliveries")
    assert len({row["id"] for row in arrivals}) == len(arrivals)
    assert [row["priority"] for row in arrivals] == sorted((row["priority"] for row in arrivals), reverse=True)


def test_a_failed_fetch_is_offered_again_and_the_sender_sees_why(axis: Axis) -> None:
    receipt, delivery = axis.sent()
    path = f"/deliveries/{delivery['id']}/confirmation"

    failed = axis.district.ask("POST", path, json={"outcome": "fail", "reason": "Đĩa đầy (mẫu)"}).json()

    assert (failed["state"], failed["attempts"]) == ("failed", 1)
    (recipient,) = axis.clerk.get(f"/documents/{receipt['id']}")["recipients"]
    assert (recipient["transport_state"], recipient["last_error"]) == ("failed", "Đĩa đầy (mẫu)")
    assert axis.district.ask("POST", path, json={"outcome": "done"}).json()["state"] == "delivered"
    assert axis.district.ask("POST", path, json={"outcome": "fail", "reason": "muộn"}).json()["state"] == "delivered"


def test_an_idempotency_key_repeats_the_answer_to_the_letter(axis: Axis) -> None:
    raw = packages.document(CLERK, DISTRICT)
    first = axis.clerk.send(raw, **{"Idempotency-Key": "phieu-gui-1"})
    again = axis.clerk.send(raw, **{"Idempotency-Key": "phieu-gui-1"})
    without = axis.clerk.send(raw)
    other = axis.clerk.send(packages.document(CLERK, DISTRICT), **{"Idempotency-Key": "phieu-gui-1"})

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (without.status_code, without.json()["repeated"]) == (200, True)
    assert (other.status_code, other.json()["code"]) == (409, "api.idempotency_key_reused")
    assert axis.district.send(raw, **{"Idempotency-Key": "phieu-gui-1"}).json()["code"] == "exchange.sender_foreign"


def test_a_refusal_is_not_remembered_and_a_day_later_the_key_is_free(axis: Axis) -> None:
    key = {"Idempotency-Key": "phieu-gui-2"}
    assert axis.clerk.send(packages.document(CLERK, PAPER), **key).status_code == 422
    assert axis.clerk.send(packages.document(CLERK, DISTRICT), **key).status_code == 201

    axis.change("UPDATE rest_api_storedanswer SET created_at = created_at - interval '25 hours'")
    assert axis.clerk.send(packages.document(CLERK, DISTRICT), **key).status_code == 201


def test_a_status_package_does_not_pass_as_a_document(axis: Axis) -> None:
    _, delivery = axis.sent()
    report = packages.status(DISTRICT, CLERK, delivery["document"]["document_id"], "01")
    document = packages.document(CLERK, DISTRICT)

    assert axis.district.send(report).json()["code"] == "exchange.kind_unexpected"
    wrong = axis.clerk.ask("POST", "/statuses", content=document, headers=EDXML)
    assert wrong.json()["code"] == "exchange.kind_unexpected"
    assert axis.district.ask("POST", "/statuses", content=report, headers=EDXML).status_code == 201


def test_a_broken_package_is_refused_with_its_findings(axis: Axis) -> None:
    refused = axis.clerk.send(b"<edXML/>")

    assert (refused.status_code, refused.json()["code"]) == (422, "exchange.not_conforming")
    assert refused.json()["findings"][0]["message"]
    assert axis.clerk.send(bytes(8_000_001)).json()["code"] == "exchange.too_large"
    assert axis.clerk.ask("POST", "/documents", content=b"x").json()["code"] == "api.content_type_wrong"
