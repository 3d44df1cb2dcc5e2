"""What the two HTTP stacks of the SDK do on the wire, and what they must never get to see."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from lienthong.gateways.vxp_api.urls import CALLS
from tests import packages
from tests.gateways.vxp_api.wire import Axis, Line, request, signed_headers, unpadded

pytestmark = pytest.mark.xdist_group("vxp_wire")

LIST = {"servicetype": "eDoc", "messagetype": "edoc"}


def sending(file: bytes) -> dict[str, str]:
    values = {"servicetype": "eDoc", "messagetype": "edoc", "hash-file": unpadded(file), "from": "H99.01"}
    return {**values, "Content-Type": "application/octet-stream"}


def new_document() -> bytes:
    return packages.document("H99.01", "H99.02", number=uuid.uuid4().hex[:12])


@pytest.mark.parametrize("slash", ["/", "//"])
@pytest.mark.parametrize("call", sorted(CALLS))
def test_every_call_is_there_and_wants_a_signature(axis: Axis, call: str, slash: str) -> None:
    method = "GET" if call == "downloadEdoc" else "POST"
    with Line(axis.port) as line:
        answer = line.ask(request(f"/vxp{slash}{call}", [], method=method))
    assert answer.status == 403
    if call == "downloadEdoc":  # also what the SDK's downloadEdoc2 gets
        assert answer.body == b""
    else:
        assert (answer.code, answer.json["status"]) == ("103", "FAIL")


@pytest.mark.parametrize("call", sorted(CALLS))
def test_wrong_method_is_answered_in_the_shape_of_the_call(axis: Axis, call: str) -> None:
    with Line(axis.port) as line:
        answer = line.ask(request(f"/vxp/{call}", [], method="PUT"))
    assert answer.status == 405
    assert answer.body == b"" if call == "downloadEdoc" else answer.code == "111"


@pytest.mark.parametrize(
    "path", ["/vxp", "/vxp/", "/vxp///sendEdoc", "/vxp/sendedoc", "/vpx/sendEdoc", "/", "/vxp/sendEdoc/"]
)
def test_unknown_path_is_json_and_no_redirect(axis: Axis, path: str) -> None:
    with Line(axis.port) as line:
        answer = line.ask(request(path, [], b"x" * 300_000))
        assert (answer.status, answer.code, answer.json["DocId"]) == (404, "112", "")
        assert line.ask(request(path, [])).status == 404  # the body was read; the connection lives on


def test_expectation_is_answered_before_the_body_comes(axis: Axis) -> None:
    headers = signed_headers(axis.receiver, {})
    whole = request("/vxp/countReceiveEdoc", headers, b"{}", more=(b"Expect: 100-continue",))
    with Line(axis.port) as line:
        line.send(whole.removesuffix(b"{}"))
        assert line.read().status == 100
        line.send(b"{}")
        assert line.read().code == "0"


def test_nothing_is_ever_compressed(axis: Axis) -> None:
    headers = signed_headers(axis.receiver, LIST)
    with Line(axis.port) as line:
        answer = line.ask(request("/vxp/getReceivedEdocList", headers, more=(b"Accept-Encoding: gzip,deflate",)))
    assert "content-encoding" not in answer.headers
    assert answer.code == "0"


def test_connection_is_kept_for_the_next_request(axis: Axis) -> None:
    with Line(axis.port) as line:
        for _ in range(3):
            assert line.ask(request("/vxp/getReceivedEdocList", signed_headers(axis.receiver, LIST))).code == "0"


def test_refused_upload_is_read_to_its_end_so_that_its_answer_is_read(axis: Axis) -> None:
    headers = signed_headers(axis.clerk, sending(b""), signature="0" * 64)
    with Line(axis.port) as line:
        line.send(request("/vxp/sendEdoc", headers, b"x" * 5_000_000))
        assert line.read().code == "15"
        assert line.ask(request("/vxp/getReceivedEdocList", signed_headers(axis.clerk, LIST))).code == "0"


def test_upload_that_breaks_off_is_refused_and_leaves_nothing(axis: Axis) -> None:
    file, before = new_document(), axis.waiting(axis.receiver)
    with Line(axis.port) as line:
        line.send(request("/vxp/sendEdoc", signed_headers(axis.clerk, sending(file)), file + b"\r\n")[:-100])
        line.finish()
        answer = line.read()
    assert (answer.code, answer.json["DocId"]) == ("115", "")
    assert axis.waiting(axis.receiver) == before


def test_upload_in_http_chunks_is_taken(axis: Axis) -> None:
    file = new_document()
    sent = file + b"\r\n"
    chunks = [sent[place : place + 1000] for place in range(0, len(sent), 1000)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    head = request("/vxp/sendEdoc", signed_headers(axis.clerk, sending(file)), method="GET").replace(b"GET", b"POST", 1)
    head = head.removesuffix(b"\r\n\r\n") + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    with Line(axis.port) as line:
        assert line.ask(head + body).code == "0"


def test_order_of_the_signed_names_is_arbitrary(axis: Axis) -> None:
    names = [
        *LIST.items(),
        ("systemid", axis.receiver.system_id),
        ("timestamp", "1"),
        ("Content-Type", "application/json"),
    ]
    for seed in range(5):
        random.Random(seed).shuffle(names)
        assert axis.ask(axis.receiver, "getReceivedEdocList", dict(names)).code == "0"


def test_system_is_the_signed_one(axis: Axis) -> None:
    """An entry of the caller overrides what the client was built with; the header lines beside it mean nothing."""
    lines = {"systemid": axis.clerk.system_id, "messagetype": "status"}
    answer = axis.ask(axis.receiver, "countReceiveEdoc", body=b"{}", lines=lines)
    assert answer.json["count"] == len(axis.waiting(axis.receiver))


def test_raw_utf8_in_the_signed_header_verifies(axis: Axis) -> None:
    note = 'Đơn vị <A> & "B" = C\'D\\E'
    assert axis.ask(axis.receiver, "getReceivedEdocList", {"note": note, **LIST}).code == "0"


def test_latin_1_in_the_signed_header_is_refused_as_json(axis: Axis) -> None:
    headers = signed_headers(axis.receiver, {"note": "PLACE", **LIST})
    damaged = [line.replace(b"PLACE", "à la française".encode("latin-1")) for line in headers]
    with Line(axis.port) as line:
        answer = line.ask(request("/vxp/getReceivedEdocList", damaged))
    assert (answer.status, answer.code) == (400, "104")


def test_outer_blanks_are_trimmed_in_the_line_but_not_in_the_json(axis: Axis) -> None:
    assert axis.ask(axis.receiver, "getReceivedEdocList", {"servicetype": " eDoc", "messagetype": "edoc  "}).code == "0"


def test_header_of_thousands_of_receivers_is_taken(axis: Axis) -> None:
    codes = ",".join(f'"000.00.{number:04d}.H99"' for number in range(6000))
    headers = signed_headers(axis.receiver, {"to": f"[{codes}]", **LIST})
    assert max(map(len, headers)) > 100_000
    with Line(axis.port) as line:
        assert line.ask(request("/vxp/getReceivedEdocList", headers)).code == "0"


@pytest.mark.parametrize("line_end", [b"XroadVnpt-note: a\x01b", b"broken line", b"XroadVnpt note: x"])
def test_request_that_the_server_cannot_read_is_answered_as_json(axis: Axis, line_end: bytes) -> None:
    with Line(axis.port) as line:
        answer = line.ask(request("/vxp/getReceivedEdocList", [line_end]))
    assert (answer.status, answer.json["status"]) == (400, "FAIL")


# --- Agencies -----------------------------------------------------------------------------------------------------


def agencies(axis: Axis, call: str = "getAgenciesList", **parameters: str) -> dict[str, dict[str, Any]]:
    answer = axis.ask(axis.clerk, call, parameters)
    assert answer.code == "0"
    assert b"null" not in answer.body
    return {row["code"]: row for row in answer.json["data"]}


def register(axis: Axis, body: bytes) -> str:
    return axis.ask(axis.clerk, "registerAgency", body=body).code


def test_directory_lists_open_agencies(axis: Axis) -> None:
    clerk = agencies(axis)["H99.01"]
    assert (clerk["name"], clerk["oldCode"]) == ("Sở mẫu H99.01", "000.00.01.H99")
    assert all(isinstance(value, str) for value in clerk.values())
    assert agencies(axis, "getAgenciesListQD20", level="2")["H99.01"]["code102"] == "000.00.01.H99"
    assert agencies(axis, "getAgenciesListQD20", level="4") == {}
    assert axis.ask(axis.clerk, "getAgenciesListQD20", {"level": "9"}).code == "110"


def test_units_carry_numbers_and_booleans(axis: Axis) -> None:
    unit = agencies(axis, "getSynchronizeUnit")["H99.01"]
    assert isinstance(unit["version"], int)
    assert (unit["deleted"], unit["isAgency"], unit["centerCode"]) == (False, True, "HUB.CLERK")


def test_unit_is_registered_and_deleted_however_often_the_client_asks(axis: Axis) -> None:
    body = '{"id":"1","pcode":"H99.01","code":"H99.01.07","name":"Phòng mẫu","mobile":912,"fax":null}'.encode()
    assert [register(axis, body) for _ in range(3)] == ["0", "0", "0"]
    assert agencies(axis)["H99.01.07"]["name"] == "Phòng mẫu"
    deletions = [axis.ask(axis.clerk, "deleteAgency", {"AgencyCode": "H99.01.07"}, b"{}").code for _ in range(3)]
    assert deletions == ["0", "0", "0"]
    assert "H99.01.07" not in agencies(axis)
    assert agencies(axis, "getSynchronizeUnit")["H99.01.07"]["deleted"] is True


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "113"),
        (b"{'code':'x'}", "113"),
        (b"[]", "113"),
        (b"{" + b" " * 70_000 + b"}", "113"),
        (b"{}", "110"),
        (b'{"pcode":"H99.01","code":"H99.01.08","name":["x"]}', "110"),
        (b'{"pcode":"H99.01","code":"H99.01.08","name":"a\\u0000b"}', "110"),
        (b'{"pcode":"H99.77","code":"H99.77.01","name":"x"}', "140"),
        (b'{"pcode":"H99.03","code":"H99.03.01","name":"x"}', "141"),
        (b'{"pcode":"H99.01","code":"H99.03","name":"x"}', "141"),
        (b'{"pcode":"H99.01","code":"\\u0110","name":"x"}', "142"),
    ],
)
def test_registration_that_cannot_be_is_refused_by_name(axis: Axis, body: bytes, code: str) -> None:
    assert register(axis, body) == code


def test_nobody_deletes_what_the_operator_entered(axis: Axis) -> None:
    assert axis.ask(axis.clerk, "deleteAgency", {"AgencyCode": "H99.01"}, b"{}").code == "141"
    assert axis.ask(axis.clerk, "deleteAgency", {"AgencyCode": "H99.03"}, b"{}").code == "141"
    assert axis.ask(axis.clerk, "deleteAgency", {"AgencyCode": "H99.77"}, b"{}").code == "140"
    assert axis.ask(axis.clerk, "deleteAgency", {}, b"{}").code == "110"
