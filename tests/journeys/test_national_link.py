"""Ministry → national axis → city's axis → department and commune, and back: two real instances over HTTP.

Bộ Thử nghiệm (mẫu) and the neighbouring city sit at the national axis; Sở Y tế (mẫu) and UBND phường Bằng Lăng (mẫu) at
the city's. Whatever is stopped or killed in between, everything arrives once and byte for byte, in the end.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import packages
from tests.journeys.national import Country, Office, country, lienthong, until

pytestmark = pytest.mark.xdist_group("national")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, cluster_url: str) -> Iterator[Country]:
    with country(tmp_path_factory.mktemp("national"), cluster_url, "journey") as made:
        until(lambda: _knows_the_ministry(made), "the city taking over the national directory")
        yield made


@pytest.fixture(autouse=True)
def a_fresh_day(state: Country) -> None:
    state.forget()


def _knows_the_ministry(made: Country) -> bool:
    return any(agency.code == "G99" for agency in made.department.client.get_agencies_list())


def _all_delivered(office: Office) -> bool:
    return {row.send_status for row in office.client.get_sent_edoc_list() if row.to_code == "G99"} == {"done"}


def test_a_ministrys_document_reaches_department_and_commune_and_their_word_comes_back(state: Country) -> None:
    raw = packages.document("G99", "H99.01", "H99.30.11", document_id="VB-DI-1")
    doc_id = state.ministry.send(raw).doc_id
    assert state.department.wait_for_documents(1) == [raw]
    assert state.commune.wait_for_documents(1) == [raw]
    state.department.report("G99", "VB-DI-1", "01")
    state.department.report("G99", "VB-DI-1", "03", "Số đến 15")
    state.commune.report("G99", "VB-DI-1", "02", "Không thuộc thẩm quyền")
    assert len(state.ministry.wait_for_reports(3)) == 3
    assert state.ministry.standing(doc_id, "H99.01").receive_status == "03"
    refusal = state.ministry.standing(doc_id, "H99.30.11")
    assert (refusal.receive_status, refusal.receive_status_desc) == (
        "02", "Từ chối tiếp nhận: Không thuộc thẩm quyền",
    )  # fmt: skip


def test_a_departments_document_goes_up_once_and_never_comes_back(state: Country) -> None:
    raw = packages.document("H99.01", "G99", "H99.30.11", "H98.01", document_id="VB-LEN-1")
    doc_id = state.department.send(raw).doc_id
    assert state.ministry.wait_for_documents(1) == [raw]
    assert state.neighbour.wait_for_documents(1) == [raw]
    assert state.commune.wait_for_documents(1) == [raw]
    state.ministry.report("H99.01", "VB-LEN-1", "03")
    assert len(state.department.wait_for_reports(1)) == 1
    assert state.department.standing(doc_id, "G99").receive_status == "03"
    assert [len(office.documents) for office in state.offices] == [1, 1, 0, 1]


def test_the_bundle_of_a_document_holds_the_other_axis_receipt(state: Country, tmp_path: Path) -> None:
    doc_id = state.department.send(packages.document("H99.01", "G99", document_id="VB-LEN-2")).doc_id
    state.ministry.wait_for_documents(1)
    until(lambda: _all_delivered(state.department), "the city knowing that it has been delivered")
    bundle = tmp_path / "goi.asice"
    lienthong(state.city, "evidence", "export", doc_id, "--out", str(bundle))
    with zipfile.ZipFile(bundle) as archive:
        events = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("events/")]
    (relay,) = [event for event in events if event["kind"] == "RelayAcceptance"]
    assert (relay["actor"]["system"], relay["data"]["to"]) == ("TRUC.QG", ["G99"])
    assert relay["data"]["their_receipt"].count(".") == 2


def test_a_take_back_and_its_answer_cross_both_axes(state: Country) -> None:
    doc_id = state.ministry.send(packages.document("G99", "H99.01", document_id="VB-DI-2")).doc_id
    state.department.wait_for_documents(1)
    state.ministry.report("H99.01", "VB-DI-2", "13", "Gửi nhầm")
    (asked,) = state.department.wait_for_reports(1)
    assert b"<edXML:StatusCode>13" in asked
    state.department.report("G99", "VB-DI-2", "15")
    state.ministry.wait_for_reports(1)
    standing = state.ministry.standing(doc_id, "H99.01")
    assert (standing.receive_status, standing.receive_status_desc) == ("15", "Đã lấy lại")


def test_a_recall_document_crosses_both_axes(state: Country) -> None:
    state.ministry.send(packages.document("G99", "H99.01", document_id="VB-DI-3"))
    state.department.wait_for_documents(1)
    recall = packages.document("G99", "H99.01", document_id="VB-DI-3", business_type="1", staff="Ban hành nhầm")
    recall = recall.replace(
        b"<edXML:BussinessDocType>1<", b"<edXML:DocumentId>VB-DI-3</edXML:DocumentId><edXML:BussinessDocType>1<"
    )
    state.ministry.send(recall)
    assert recall in state.department.wait_for_documents(2)


def test_both_axes_write_their_hop_where_they_are_told_to(state: Country) -> None:
    lienthong(state.national, "upstreams", "hub", "TRUC.H99", "--trace", "--json")
    try:
        raw = packages.document("G99", "H99.01", document_id="VB-DI-4")
        signed = raw.replace(b"</edXML:edXMLHeader>", SIGNATURE + b"</edXML:edXMLHeader>").replace(b"-4<", b"-5<")
        state.ministry.send(raw)
        state.ministry.send(signed)
        arrived = state.department.wait_for_documents(2)
        assert signed in arrived
        (traced,) = [one for one in arrived if one != signed]
        at = traced.index(b"<edXML:TraceHeader><edXML:OrganId>A99<")
        end = traced.index(b"</edXML:TraceHeader>", at) + len(b"</edXML:TraceHeader>")
        assert traced[:at].rstrip() + traced[end:] == raw
    finally:
        lienthong(state.national, "upstreams", "hub", "TRUC.H99", "--no-trace", "--json")


SIGNATURE = b"<Signature><SignedInfo/><SignatureValue>bWF1</SignatureValue></Signature>"


def test_whatever_is_killed_in_between_everything_arrives_once(state: Country) -> None:
    """Each side, and the link, is killed with packages on their way in both directions."""
    contents = random.Random(2024)
    down: list[bytes] = []
    up: list[bytes] = []

    def write(count: int) -> None:
        for _ in range(count):
            size = 1_500_000 if len(down) == 1 else 3_000
            down.append(packages.document("G99", "H99.01", "H99.30.11", content=contents.randbytes(size)))
            up.append(packages.document("H99.01", "G99", content=contents.randbytes(size)))
            state.ministry.send(down[-1])
            state.department.send(up[-1])

    write(3)
    for role, point in ((state.link, "link.after_accept"), (state.worker, "dispatch.before_finish")):
        role.kill()
        write(1)
        role.start(f"{point}=crash")
        until(lambda role=role: not role.is_running, f"the {role.name} dying at {point}")
    state.national.kill()
    state.link.start()
    state.worker.start()
    state.department.send(up[0])  # a resend while the other side is away
    state.national.start()
    write(2)
    state.city.kill()
    state.city.start()
    write(2)
    state.national.stop()
    state.national.start()
    assert sorted(state.department.wait_for_documents(len(down))) == sorted(down)
    assert sorted(state.commune.wait_for_documents(len(down))) == sorted(down)
    assert sorted(state.ministry.wait_for_documents(len(up))) == sorted(up)
    until(lambda: _all_delivered(state.department), "the city knowing that all has been delivered")
    state.link.kill()
    lienthong(state.city, "link", "--once")
    for office in state.offices:
        office.collect()
    assert [len(office.documents) for office in state.offices] == [len(up), 0, len(down), len(down)]
    state.link.start()


def test_operators_see_how_the_link_stands(state: Country) -> None:
    shown = json.loads(lienthong(state.city, "upstreams", "show", "TRUC.QG", "--json"))
    assert (shown["remote_system_id"], shown["locked"], shown["given_up"]) == ("TRUC.H99", False, 0)
    assert shown["synced_at"]
    assert "secret" not in json.dumps(shown)
