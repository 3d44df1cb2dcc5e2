"""Our Python client against our axis, and against answers that only a foreign one would give."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edxml102.model import PackageKind
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.client import VxpClient
from lienthong.gateways.national.splitting import DataSplitter
from tests import packages
from tests.gateways.vxp_api.wire import Axis, Caller
from tests.servers import Server

wire = pytest.mark.xdist_group("vxp_wire")
MIB = 1024 * 1024


def client_of(axis: Axis, caller: Caller, slash: str = "") -> VxpClient:
    return VxpClient(axis.endpoint + slash, caller.system_id, caller.secret, timeout=20)


def numbered() -> str:
    return uuid.uuid4().hex[:12]


# --- Against our axis -----------------------------------------------------------------------------------------------


@wire
def test_document_and_its_report_travel_there_and_back(axis: Axis, tmp_path: Path) -> None:
    number, path = numbered(), tmp_path / "van-ban.edxml"
    path.write_bytes(packages.document("H99.01", "H99.02", number=number))
    with client_of(axis, axis.clerk, "/") as clerk, client_of(axis, axis.receiver) as receiver:
        sent = clerk.send_edoc(path, sender="H99.01", to=["H99.02"])
        arrived = receiver.get_received_edoc_list()[-1]
        assert (arrived.from_code, arrived.to_code, arrived.status) == ("H99.01", "H99.02", "initial")
        assert receiver.get_edoc(arrived.doc_id) == receiver.download_edoc(arrived.doc_id) == path.read_bytes()
        receiver.update_status(arrived.doc_id, "done")
        assert arrived.doc_id not in {row.doc_id for row in receiver.get_received_edoc_list()}
        report = packages.status("H99.02", "H99.01", f"H99.01,2024/03/15,{number}/CV-MAU", "03")
        receiver.send_edoc(report, sender="H99.02", kind=PackageKind.STATUS)
        (row,) = clerk.get_sent_edoc_list(doc_id=sent.doc_id)
        assert (row.receiver_doc_id, row.send_status, row.receive_status) == (arrived.doc_id, "done", "03")
        assert clerk.count_receive_status() == len(clerk.get_received_edoc_list(PackageKind.STATUS)) > 0


@wire
def test_agencies_are_read_and_written(axis: Axis) -> None:
    with client_of(axis, axis.clerk) as clerk:
        clerk.register_agency({"pcode": "H99.01", "code": "H99.01.11", "name": "Phòng mẫu số 11"})
        assert "Phòng mẫu số 11" in {agency.name for agency in clerk.get_agencies_list()}
        assert "000.00.01.H99" in {agency.code102 for agency in clerk.get_agencies_list_qd20(level=2)}
        clerk.delete_agency("H99.01.11")
        assert {unit.code for unit in clerk.get_synchronize_unit() if unit.deleted} >= {"H99.01.11"}


@wire
def test_refusals_carry_their_code(axis: Axis) -> None:
    stranger = VxpClient(axis.endpoint, "HUB.NOBODY", "x")
    with pytest.raises(VxpError) as refused:
        stranger.send_edoc(packages.document("H99.01", "H99.02"), sender="H99.01")
    assert (refused.value.code, refused.value.temporary) == ("101", False)
    with client_of(axis, axis.receiver) as receiver:
        for fetch in (receiver.get_edoc, receiver.download_edoc):
            with pytest.raises(VxpError) as unknown:
                fetch("khong-co")
            assert unknown.value.code == "131"


@wire
def test_large_package_passes_with_the_servers_memory_flat(axis: Axis, vxp_server: Server, tmp_path: Path) -> None:
    path = tmp_path / "lon.edxml"
    content = b"%PDF-1.4\n" + bytes(range(256)) * (60 * MIB // 256)
    path.write_bytes(packages.document("H99.01", "H99.02", number=numbered(), content=content))
    assert vxp_server.process is not None
    workers = psutil.Process(vxp_server.process.pid).children(recursive=True)
    before = [worker.memory_info().rss for worker in workers]
    with client_of(axis, axis.clerk) as clerk, client_of(axis, axis.receiver) as receiver:
        clerk.send_edoc(path, sender="H99.01")
        doc_id = receiver.get_received_edoc_list()[-1].doc_id
        with (tmp_path / "nhan").open("wb") as target:
            fetched = receiver.get_edoc_to(doc_id, target)
        with (tmp_path / "tai").open("wb") as target:
            assert receiver.download_edoc_to(doc_id, target) == fetched
        receiver.update_status(doc_id, "done")
    grown = max(worker.memory_info().rss - start for worker, start in zip(workers, before, strict=True))
    assert fetched.sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert path.stat().st_size > 80 * MIB
    assert grown < 40 * MIB


# --- Against foreign answers ------------------------------------------------------------------------------------------


@contextmanager
def axis_that_answers(*answers: bytes) -> Iterator[VxpClient]:
    """One connection an answer; each is closed after it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection, connection.makefile("rb") as received:
                    while received.readline().strip():
                        pass
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with VxpClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "HUB.MAU", "x", timeout=5) as client:
            yield client
        thread.join()


def http(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"[]",
        b"null",
        b'{"status":"OK","ErrorCode":"0"}',
        b'{"status":null,"ErrorCode":"0","ErrorDesc":"x","data":[]}',
        b'{"status":"OK","ErrorCode":"0","ErrorDesc":"x"}',
        b'{"status":"OK","ErrorCode":"0","ErrorDesc":"x","data":null}',
        b'{"status":"OK","ErrorCode":"0","ErrorDesc":"x","data":[1]}',
        b'{"status":"OK","ErrorCode":"0","ErrorDesc":"x","data":[',
    ],
)
def test_anything_but_a_proper_answer_is_no_empty_list(body: bytes) -> None:
    with axis_that_answers(http(body)) as client, pytest.raises(VxpError):
        client.get_received_edoc_list()


def test_numbers_missing_fields_and_one_element_arrays_are_taken() -> None:
    body = b'\xef\xbb\xbf {"status":"OK","ErrorCode":0,"ErrorDesc":"x","data":[{"docId":7,"to":["A"],"from":null}]}'
    with axis_that_answers(http(body)) as client:
        (row,) = client.get_received_edoc_list()
    assert (row.doc_id, row.to_code, row.from_code) == ("7", "A", "")


@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Service Unavailable"])
def test_trouble_of_the_axis_is_temporary(status: str) -> None:
    with axis_that_answers(http(b"<html></html>", status)) as client, pytest.raises(VxpError) as error:
        client.count_receive_edoc()
    assert error.value.temporary


def test_lost_connection_is_temporary_and_asked_once() -> None:
    with axis_that_answers(b"") as client, pytest.raises(VxpError) as error:
        client.get_agencies_list()
    assert (error.value.code, error.value.temporary) == ("", True)


def test_idle_connection_that_the_axis_closed_is_opened_anew() -> None:
    count = http(b'{"status":"OK","ErrorCode":"0","ErrorDesc":"x","count":"3"}')
    with axis_that_answers(count, count) as client:
        assert [client.count_receive_edoc(), client.count_receive_edoc()] == [3, 3]


@pytest.mark.parametrize("drop", [b"\0", b""], ids=["one byte at a time", "nothing at all"])
def test_an_axis_that_trickles_or_hangs_is_not_waited_for(drop: bytes) -> None:
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while not gone.wait(0.01):
                    connection.sendall(drop)

        thread = threading.Thread(target=trickle)
        thread.start()
        with VxpClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "HUB.MAU", "x", timeout=0.3) as client:
            with pytest.raises(VxpError) as error:
                client.get_edoc("1")
            gone.set()
        thread.join()
    assert error.value.temporary


def test_download_without_a_body_is_a_failure() -> None:
    with axis_that_answers(http(b"")) as client, pytest.raises(VxpError):
        client.download_edoc("1")


@pytest.mark.parametrize("body", [b'{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"QQ', b"<html>" * 9, b"{}"])
def test_broken_package_is_a_failure(body: bytes) -> None:
    with axis_that_answers(http(body)) as client, pytest.raises(VxpError):
        client.get_edoc("1")


# --- Base64 inside JSON -----------------------------------------------------------------------------------------------


def split(answer: bytes, cuts: list[int]) -> tuple[bytes, bytes]:
    sink = io.BytesIO()
    splitter, place = DataSplitter(sink.write), 0
    for cut in cuts:
        splitter.feed(answer[place : place + cut])
        place += cut
    splitter.feed(answer[place:])
    return sink.getvalue(), splitter.finish()


def _plain(text: str) -> str:
    return json.dumps(text)


def _mime(text: str) -> str:
    return json.dumps("\r\n".join(text[place : place + 5] for place in range(0, len(text), 5)))


def _careful(text: str) -> str:
    return json.dumps(text).replace("=", "\\u003d").replace("/", "\\/")


def _url_safe(text: str) -> str:
    return json.dumps(text.replace("+", "-").replace("/", "_"))


@pytest.mark.parametrize("write", [_plain, _mime, _careful, _url_safe])
@given(data=st.binary(max_size=60), cuts=st.lists(st.integers(1, 12)))
def test_data_is_decoded_however_it_is_written_and_cut(write: object, data: bytes, cuts: list[int]) -> None:
    assert callable(write)
    value = write(base64.b64encode(data).decode())
    answer = f'{{"ErrorDesc":"a \\"data\\":\\"x\\"", "data" : {value}, "status":"OK"}}'.encode()
    decoded, outline = split(answer, cuts)
    assert decoded == data
    assert json.loads(outline) == {"ErrorDesc": 'a "data":"x"', "data": "", "status": "OK"}


@pytest.mark.parametrize("value", [b"@@@@", b"QQ=Q", b"QUJ", b"\\ud800"])
def test_data_that_is_not_base64_is_noticed(value: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any
        split(b'{"data":"' + value + b'"}', [])


def test_answer_without_data_must_be_short() -> None:
    with pytest.raises(ValueError, match="too long"):
        split(b" " * (2 * MIB), [MIB])
