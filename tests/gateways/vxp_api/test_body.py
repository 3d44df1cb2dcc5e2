"""The stream under every call: one CR LF less, lengths believed only as far as bytes arrive."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize, NoMoreData
from hypothesis import given
from hypothesis import strategies as st

from lienthong.exchange.refusals import Reason, Refusal
from lienthong.gateways.vxp_api.body import Body, Readable, WithoutFinalLineEnd
from tests.gateways.vxp_api.conftest import load_vectors


def read_all(stream: Readable, size: int = 7) -> bytes:
    return b"".join(iter(lambda: stream.read(size), b""))


class Trickle:
    """Hands over at most ``most`` bytes at a time, whatever is asked."""

    def __init__(self, content: bytes, most: int) -> None:
        self._stream, self._most = BytesIO(content), most

    def read(self, size: int, /) -> bytes:
        return self._stream.read(min(size, self._most))


class Failing:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, size: int, /) -> bytes:
        raise self._error


@given(
    st.lists(st.sampled_from([b"\r", b"\n", b"x"])).map(b"".join), st.integers(1, 9), st.integers(1, 9), st.booleans()
)
def test_exactly_one_final_line_end_is_taken_away(content: bytes, size: int, most: int, chunked: bool) -> None:
    body = Body(Trickle(content, most), None if chunked else len(content))
    assert read_all(WithoutFinalLineEnd(body), size) == content.removesuffix(b"\r\n")


@pytest.mark.parametrize("vector", load_vectors()["unpadded_hash"], ids=lambda vector: vector["name"])
def test_files_of_the_vectors_come_out_of_their_bodies(vector: dict[str, Any]) -> None:
    sent = bytes.fromhex(vector["sendEdoc_body_hex"])
    package = WithoutFinalLineEnd(Body(BytesIO(sent), vector["sendEdoc_content_length"]))
    assert package.length == vector["size"]
    assert read_all(package).hex() == vector["content_hex"]


def test_bytes_after_the_declared_length_belong_to_the_next_request() -> None:
    stream = BytesIO(b"first" + b"second")
    assert read_all(Body(stream, 5)) == b"first"
    assert stream.read() == b"second"


def test_body_that_ends_early_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        read_all(Body(BytesIO(b"abc"), 4))
    assert refusal.value.reason is Reason.BODY_INCOMPLETE


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), NoMoreData(), InvalidChunkSize(b"zz")])
def test_lost_connections_are_refusals(error: Exception) -> None:
    body = Body(Failing(error), None)
    with pytest.raises(Refusal) as refusal:
        body.read(10)
    assert refusal.value.reason is Reason.BODY_INCOMPLETE
    body.drain(most=100, seconds=1)
    assert body.read(10) == b""


@pytest.mark.parametrize(
    ("environ", "length"),
    [
        ({"CONTENT_LENGTH": "12"}, 12),
        ({"CONTENT_LENGTH": ""}, 0),
        ({}, 0),
        ({"HTTP_TRANSFER_ENCODING": "Chunked"}, None),
    ],
)
def test_length_is_what_the_request_declares(environ: dict[str, str], length: int | None) -> None:
    assert Body.of({**environ, "wsgi.input": BytesIO()}).length == length


def test_draining_reads_the_rest_but_not_beyond_its_bound() -> None:
    whole, endless = BytesIO(b"x" * 1000), BytesIO(b"x" * 1000)
    Body(whole, 1000).drain(most=1000, seconds=5)
    Body(endless, 1000).drain(most=999, seconds=5)
    assert (whole.tell(), endless.tell()) == (1000, 0)
