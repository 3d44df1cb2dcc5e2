"""Status reports in short form, and what the directory and the statistics say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateways.rest_api.partners import CLERK, DISTRICT, OUTSIDER, PAPER, Axis


def standing(axis: Axis, receipt: dict[str, Any]) -> tuple[str, str]:
    (recipient,) = axis.clerk.get(f"/documents/{receipt['id']}")["recipients"]
    return recipient["state"], recipient["status_code"]


def test_a_documents_life(axis: Axis) -> None:
    receipt, delivery = axis.sent()

    for code, state in [("01", "arrived"), ("03", "accepted"), ("05", "in_progress"), ("06", "done")]:
        assert axis.district.report(code=code, delivery_id=delivery["id"]).status_code == 201
        assert standing(axis, receipt) == (state, code)
    again = axis.district.report(code="03", delivery_id=delivery["id"])
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert standing(axis, receipt) == ("done", "06")


def test_the_issuer_takes_a_document_back(axis: Axis) -> None:
    receipt, delivery = axis.sent()

    asked = axis.clerk.report(code="13", sent_id=receipt["id"], recipient=DISTRICT, description="Gửi nhầm (mẫu)")
    assert asked.status_code == 201, asked.text
    assert standing(axis, receipt)[0] == "takeback_asked"
    assert axis.district.report(code="15", delivery_id=delivery["id"]).status_code == 201
    assert standing(axis, receipt)[0] == "taken_back"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"code": "03"}, "api.request_invalid"),
        ({"code": "99", "delivery_id": "{delivery}"}, "api.request_invalid"),
        ({"code": "03", "delivery_id": "{delivery}", "reporter": CLERK}, "api.recipient_unknown"),
        ({"code": "02", "delivery_id": "{delivery}"}, "exchange.not_conforming"),
        ({"code": "03", "delivery_id": "{delivery}", "reported_at": "1999-01-01T00:00:00Z"}, "api.request_invalid"),
        ({"code": "13", "delivery_id": "{delivery}"}, "api.request_invalid"),
    ],
)
def test_what_is_wrong_is_refused_by_name(axis: Axis, fields: dict[str, str], code: str) -> None:
    _, delivery = axis.sent()
    filled = {name: value.format(delivery=delivery["id"]) for name, value in fields.items()}

    assert axis.district.report(**filled).json()["code"] == code


def test_a_report_about_a_report_makes_no_sense(axis: Axis) -> None:
    receipt, delivery = axis.sent()
    axis.district.report(code="01", delivery_id=delivery["id"])
    about = delivery["document"]["document_id"]
    status = next(row for row in axis.clerk.waiting("status") if row["status"]["document_id"] == about)

    assert axis.clerk.report(code="01", delivery_id=status["id"]).json()["code"] == "api.not_a_document"
    assert axis.clerk.report(code="13", sent_id=receipt["id"], recipient=OUTSIDER).status_code == 404


def test_a_time_in_the_future_counts_as_now_and_a_key_repeats_the_answer(axis: Axis) -> None:
    receipt, delivery = axis.sent()
    fields = {"code": "03", "delivery_id": delivery["id"], "reported_at": "2999-01-01T08:00:00+07:00"}
    headers = {"Idempotency-Key": f"bao-{delivery['id']}"}

    first = axis.district.ask("POST", "/statuses", json=fields, headers=headers)
    again = axis.district.ask("POST", "/statuses", json=fields, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    (report,) = axis.clerk.get(f"/documents/{receipt['id']}")["reports"]
    assert report["event_time"] <= report["arrived_at"]


def test_the_directory_tells_before_sending_whether_it_will_arrive(axis: Axis) -> None:
    ready, paper = axis.clerk.get(f"/directory/agencies/{DISTRICT}"), axis.clerk.get(f"/directory/agencies/{PAPER}")

    assert (ready["outcome"], ready["capabilities"]["reachable"]) == ("open", True)
    assert ready["capabilities"]["largest_package"] == 8_000_000
    assert (paper["capabilities"]["connected"], paper["capabilities"]["reachable"]) == (False, False)
    assert "bản giấy" in paper["capabilities"]["reason"]
    assert axis.clerk.ask("GET", "/directory/agencies/H77.99").json()["code"] == "api.agency_unknown"
    before = axis.clerk.ask("GET", f"/directory/agencies/{DISTRICT}", params={"on_date": "2001-01-01"})
    assert before.json()["code"] == "api.agency_unknown"
    found = axis.clerk.get("/directory/agencies", params={"q": "hoa phượng"})["items"]
    assert [row["code"] for row in found] == [DISTRICT]


def test_statistics_count_the_own_traffic(axis: Axis) -> None:
    def total(name: str, **params: str) -> int:
        return sum(row[name] for row in axis.district.get("/statistics", params=params)["items"])

    before = {name: total(name) for name in ("documents_arrived", "confirmed", "reports_sent")}
    _, delivery = axis.sent()
    axis.district.ask("POST", f"/deliveries/{delivery['id']}/confirmation", json={})
    axis.district.report(code="03", delivery_id=delivery["id"])

    assert {name: total(name) for name in before} == {name: count + 1 for name, count in before.items()}
    assert total("documents_arrived", period="month") == before["documents_arrived"] + 1
    assert total("documents_arrived", last="2020-01-01") == 0
    too_long = axis.district.ask("GET", "/statistics", params={"first": "2020-01-01"})
    assert too_long.json()["code"] == "api.request_invalid"
