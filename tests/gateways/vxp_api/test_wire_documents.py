"""sendEdoc, the lists, getEdoc, downloadEdoc and updateStatus over bare sockets against a running axis."""

from __future__ import annotations

import base64
import hashlib
import uuid

import pytest

from tests import packages
from tests.gateways.vxp_api.wire import Axis, Caller, unpadded

pytestmark = pytest.mark.xdist_group("vxp_wire")


def clerks_document(**more: str) -> bytes:
    """A new document from the clerk's department to the receiver's."""
    return packages.document("H99.01", "H99.02", number=uuid.uuid4().hex[:12], **more)  # type: ignore[arg-type]


# --- sendEdoc -----------------------------------------------------------------------------------------------------


def test_package_reaches_its_receiver_byte_for_byte(axis: Axis) -> None:
    file = clerks_document()
    answer = axis.send(axis.clerk, file)
    assert (answer.status, answer.code, answer.json["status"]) == (200, "0", "OK")
    assert answer.json["ErrorDesc"] == "Thanh cong"
    assert answer.json["DocId"]
    assert answer.json["sha256"] == hashlib.sha256(file).hexdigest()
    doc_id = axis.waiting(axis.receiver)[-1]["docId"]
    fetched = axis.ask(axis.receiver, "getEdoc", {"docId": doc_id, "filePath": "C:\\tai-lieu"})
    assert base64.b64decode(fetched.json["data"], validate=True) == file
    assert axis.ask(axis.receiver, "downloadEdoc", {"docId": doc_id}, method="GET").body == file


def test_answer_is_ascii_and_never_compressed_nor_null(axis: Axis) -> None:
    file = packages.document("H99.01", "H99.02", "H99.98", number=uuid.uuid4().hex[:12])
    answer = axis.send(axis.clerk, file)
    assert answer.body.isascii()
    assert b"null" not in answer.body
    assert "content-encoding" not in answer.headers


def test_partial_success_says_who_missed_it_and_why(axis: Axis) -> None:
    answer = axis.send(axis.clerk, packages.document("H99.01", "H99.02", "H99.98", number=uuid.uuid4().hex[:12]))
    assert answer.code == "0"
    assert "H99.98" in answer.json["ErrorDesc"]
    by_code = {row["code"]: row for row in answer.json["recipients"]}
    assert by_code["H99.02"]["sent"] is True
    assert by_code["H99.98"]["sent"] is False
    assert by_code["H99.98"]["reason"]


@pytest.mark.parametrize("slash", ["/", "//"])
def test_both_endpoint_spellings_reach_send_edoc(axis: Axis, slash: str) -> None:
    assert axis.send(axis.clerk, clerks_document(), slash=slash).code == "0"


def test_five_arrivals_are_one_document(axis: Axis) -> None:
    file, before = clerks_document(), len(axis.waiting(axis.receiver))
    arrivals = [axis.send(axis.clerk, file) for _ in range(5)]
    assert {answer.code for answer in arrivals} == {"0"}
    assert len({answer.json["DocId"] for answer in arrivals}) == 1
    assert [answer.json["repeated"] for answer in arrivals] == [False, True, True, True, True]
    assert len(axis.waiting(axis.receiver)) == before + 1


def test_padded_hash_is_accepted_too(axis: Axis) -> None:
    file = clerks_document()
    assert axis.send(axis.clerk, file, **{"hash-file": hashlib.sha256(file).hexdigest()}).code == "0"


def test_body_with_another_hash_is_refused_and_leaves_nothing(axis: Axis) -> None:
    file, before = clerks_document(), axis.waiting(axis.receiver)
    answer = axis.send(axis.clerk, file, **{"hash-file": unpadded(file + b"!")})
    assert (answer.status, answer.code, answer.json["status"], answer.json["DocId"]) == (400, "114", "FAIL", "")
    assert axis.waiting(axis.receiver) == before
    assert axis.send(axis.clerk, file).json.get("repeated") is False, axis.send(axis.clerk, file).json


def test_line_end_of_the_file_itself_is_kept(axis: Axis) -> None:
    file = clerks_document().rstrip(b"\r\n") + b"\r\n"
    doc_id = axis.delivered(file)
    assert axis.ask(axis.receiver, "downloadEdoc", {"docId": doc_id}, method="GET").body == file


def test_foreign_sender_is_refused(axis: Axis) -> None:
    answer = axis.send(axis.outsider, clerks_document(), sender="H99.03")
    assert (answer.status, answer.code, answer.json["DocId"]) == (403, "19", "")


def test_package_against_the_standard_is_refused_with_its_findings(axis: Axis) -> None:
    answer = axis.send(axis.clerk, b"<edXML/>")
    assert (answer.status, answer.code, answer.json["DocId"]) == (422, "22", "")
    assert answer.json["findings"]


def test_empty_file_is_refused(axis: Axis) -> None:
    assert axis.send(axis.clerk, b"").code == "22"


def test_other_content_under_the_same_id_is_a_conflict(axis: Axis) -> None:
    number = uuid.uuid4().hex[:12]
    assert axis.send(axis.clerk, packages.document("H99.01", "H99.02", number=number)).code == "0"
    other = packages.document("H99.01", "H99.02", number=number, subject="Nội dung khác (mẫu)")
    answer = axis.send(axis.clerk, other)
    assert (answer.status, answer.code) == (409, "130")


@pytest.mark.parametrize("missing", ["from", "hash-file", "messagetype"])
def test_missing_parameter_is_named(axis: Axis, missing: str) -> None:
    file = clerks_document()
    values = {"servicetype": "eDoc", "messagetype": "edoc", "hash-file": unpadded(file), "from": "H99.01"}
    del values[missing]
    answer = axis.ask(axis.clerk, "sendEdoc", values, file + b"\r\n")
    assert (answer.status, answer.code, answer.json["DocId"]) == (400, "110", "")
    assert missing in answer.json["ErrorDesc"]


@pytest.mark.parametrize("to", ['["H99.02"]', '"H99.02"', ""])
def test_receivers_header_comes_in_any_form(axis: Axis, to: str) -> None:
    assert axis.send(axis.clerk, clerks_document(), to=to).code == "0"


# --- Lists ----------------------------------------------------------------------------------------------------------


def test_list_shows_strings_in_the_spelling_of_the_sdk(axis: Axis) -> None:
    axis.delivered(clerks_document())
    row = axis.waiting(axis.receiver)[-1]
    assert set(row) == {
        "docId", "serviceType", "messageType", "created_time", "updated_time", "from", "to", "status", "status_desc",
    }  # fmt: skip
    assert all(isinstance(value, str) for value in row.values())
    assert (row["serviceType"], row["messageType"], row["from"], row["to"]) == ("eDoc", "edoc", "H99.01", "H99.02")
    assert row["status"] == "initial"


def test_stale_parameters_filter_nothing(axis: Axis) -> None:
    axis.delivered(clerks_document())
    stale = {"status": "done", "from": "H99.03", "to": '["H99.03"]', "docId": "x", "docid": "y", "hash-file": "z"}
    more = {"filePath": "C:\\a", "description": "cũ", "level": "9", "AgencyCode": "H99.01", "fromDate": "31/02/2020"}
    fresh = axis.waiting(axis.receiver)
    assert fresh
    assert axis.waiting(axis.receiver, **stale, **more) == fresh


def test_empty_list_is_an_array(axis: Axis) -> None:
    assert axis.waiting(axis.outsider) == []


def test_lists_of_documents_and_reports_are_apart(axis: Axis) -> None:
    number = uuid.uuid4().hex[:12]
    axis.delivered(packages.document("H99.01", "H99.02", number=number))
    report = packages.status("H99.02", "H99.01", f"H99.01,2024/03/15,{number}/CV-MAU", "03")
    before = len(axis.waiting(axis.clerk, "status"))
    assert axis.send(axis.receiver, report, sender="H99.02", messagetype="status").code == "0"
    assert len(axis.waiting(axis.clerk, "status")) == before + 1
    assert axis.waiting(axis.clerk, "edoc") == []
    count = axis.ask(axis.clerk, "countReceiveStatus", body=b"{}").json["count"]
    assert count == before + 1


@pytest.mark.parametrize("values", [{}, {"messagetype": "mail"}, {"messagetype": "edoc", "servicetype": "mail"}])
def test_list_of_an_unnamed_kind_is_refused_instead_of_looking_empty(axis: Axis, values: dict[str, str]) -> None:
    answer = axis.ask(axis.receiver, "getReceivedEdocList", values)
    assert answer.code == "110"
    assert "data" not in answer.json


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_count_is_a_number(axis: Axis, method: str) -> None:
    body = b"{}" if method == "POST" else b""
    answer = axis.ask(axis.receiver, "countReceiveEdoc", body=body, method=method)
    assert answer.json["count"] == len(axis.waiting(axis.receiver))


def test_sent_list_has_one_row_per_receiver_and_narrows_to_own_documents(axis: Axis) -> None:
    doc_id = axis.send(axis.clerk, packages.document("H99.01", "H99.02", "H99.03", number="7")).json["DocId"]
    kind = {"servicetype": "eDoc", "messagetype": "edoc"}
    rows = axis.ask(axis.clerk, "getSentEdocList", {**kind, "docId": doc_id}).json["data"]
    assert {(row["senderDocId"], row["toCode"]) for row in rows} == {(doc_id, "H99.02"), (doc_id, "H99.03")}
    assert rows[0]["messageType"] == "edoc"
    stale = axis.ask(axis.clerk, "getSentEdocList", {**kind, "docId": str(uuid.uuid4())}).json["data"]
    assert stale == axis.ask(axis.clerk, "getSentEdocList", kind).json["data"]
    assert len(stale) > 2


# --- getEdoc, downloadEdoc ------------------------------------------------------------------------------------------


def test_failed_get_has_empty_data(axis: Axis) -> None:
    answer = axis.ask(axis.receiver, "getEdoc", {"docId": "khong-co"}, b"{}")
    assert (answer.status, answer.code) == (404, "131")
    assert (answer.json["status"], answer.json["data"]) == ("FAIL", "")


def test_nobody_else_opens_a_package(axis: Axis) -> None:
    doc_id = axis.delivered(clerks_document())
    assert axis.ask(axis.outsider, "getEdoc", {"docId": doc_id}, b"{}").code == "131"
    assert axis.ask(axis.outsider, "downloadEdoc", {"docId": doc_id}, method="GET").body == b""
    assert axis.ask(axis.outsider, "updateStatus", {"docid": doc_id, "status": "done"}, b"{}").code == "131"


def test_sender_opens_what_it_sent_under_its_own_id(axis: Axis) -> None:
    file = clerks_document()
    doc_id = axis.send(axis.clerk, file).json["DocId"]
    assert base64.b64decode(axis.ask(axis.clerk, "getEdoc", {"docId": doc_id}, b"{}").json["data"]) == file


@pytest.mark.parametrize("parameters", [{"docId": "khong-co"}, {}])
def test_failed_download_is_an_empty_body(axis: Axis, parameters: dict[str, str]) -> None:
    answer = axis.ask(axis.receiver, "downloadEdoc", parameters, method="GET")
    assert answer.status in {400, 404}
    assert (answer.headers["content-length"], answer.body) == ("0", b"")


def test_both_spellings_of_the_id_prefer_the_one_each_call_writes(axis: Axis) -> None:
    new, old = axis.delivered(clerks_document()), axis.delivered(clerks_document())
    reading = {"docId": new, "docid": old}
    # Through the SDK only one of the two header lines survives, whichever: the signed JSON decides.
    fetched = axis.ask(axis.receiver, "getEdoc", reading, b"{}", lines={"docid": old})
    assert fetched.code == "0"
    status = {row["docId"]: row["status"] for row in axis.waiting(axis.receiver)}
    assert (status[new], status[old]) == ("processing", "initial")
    confirming = {"docId": old, "docid": new, "status": "done"}
    assert axis.ask(axis.receiver, "updateStatus", confirming, b"{}", lines={"docId": old}).code == "0"
    left = {row["docId"] for row in axis.waiting(axis.receiver)}
    assert (new in left, old in left) == (False, True)


# --- updateStatus -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["docId", "docid"])
def test_done_takes_a_package_off_the_list_however_often_it_is_said(axis: Axis, spelling: str) -> None:
    doc_id = axis.delivered(clerks_document())
    for _ in range(3):
        answer = axis.ask(axis.receiver, "updateStatus", {spelling: doc_id, "status": "Done"}, b"{}")
        assert (answer.code, answer.json["status"]) == ("0", "OK")
    assert doc_id not in {row["docId"] for row in axis.waiting(axis.receiver)}


@pytest.mark.parametrize("status", ["fail", "processing"])
def test_other_transport_states_are_taken(axis: Axis, status: str) -> None:
    doc_id = axis.delivered(clerks_document())
    answer = axis.ask(axis.receiver, "updateStatus", {"docid": doc_id, "status": status, "description": "Lỗi"}, b"{}")
    assert answer.code == "0"


def test_unknown_transport_state_is_refused(axis: Axis) -> None:
    doc_id = axis.delivered(clerks_document())
    assert axis.ask(axis.receiver, "updateStatus", {"docid": doc_id, "status": "xong"}, b"{}").code == "110"


# --- Whose is it ------------------------------------------------------------------------------------------------------


def test_every_refusal_at_the_door_has_its_own_code(axis: Axis) -> None:
    file = clerks_document()
    guess, nobody = Caller(axis.clerk.system_id, "đoán mò"), Caller("HUB.NOBODY", "x")
    codes = [axis.send(caller, file).code for caller in (guess, nobody, axis.locked, axis.outsider)]
    codes.append(axis.send(axis.clerk, file, **{"hash-file": "0"}).code)
    assert codes == ["15", "101", "102", "19", "114"]
