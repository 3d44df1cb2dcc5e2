"""Shapes of answers: what SDK clients of both versions can read."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from hypothesis import given
from hypothesis import strategies as st

from edxml102.errors import Finding, Severity
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.gateways.vxp_api import answers
from lienthong.gateways.vxp_api.faults import NUMBERS, Failure, Fault
from lienthong.registry.errors import RegistryError

ERROR_CODES = Path(__file__).parents[3] / "docs" / "operations" / "vxp-error-codes.md"
FAILURE = Failure.of_refusal(
    Refusal(
        Reason.NOT_CONFORMING, "Chi tiết.", (Finding("x.y", Severity.ERROR, "MessageHeader/To", "Thiếu nơi nhận."),)
    )
)


def content(response: HttpResponseBase) -> bytes:
    """The bytes, which must be as many as declared."""
    if isinstance(response, StreamingHttpResponse):
        raw = b"".join(response.streaming_content)  # type: ignore[arg-type]
    else:
        assert isinstance(response, HttpResponse)
        raw = response.content
    assert len(raw) == int(response["Content-Length"])
    return raw


@given(st.binary(max_size=40), st.lists(st.integers(1, 9)))
def test_base64_answer_is_exact_whatever_the_pieces(data: bytes, cuts: list[int]) -> None:
    def pieces() -> Iterator[bytes]:
        place = 0
        for cut in cuts:
            yield data[place : place + cut]
            place += cut
        yield data[place:]

    answer = json.loads(content(answers.base64_data(pieces(), len(data))))
    assert base64.b64decode(answer["data"], validate=True) == data
    assert (answer["status"], answer["ErrorCode"], answer["ErrorDesc"]) == ("OK", "0", "Thanh cong")


@pytest.mark.parametrize("rest", [0, 1, 2])
def test_large_base64_answer_has_padding_only_at_its_end(rest: int) -> None:
    data = bytes(range(256)) * 3000 + b"x" * rest
    pieces = (data[place : place + 1000] for place in range(0, len(data), 1000))
    answer = json.loads(content(answers.base64_data(pieces, len(data))))
    assert base64.b64decode(answer["data"], validate=True) == data


def test_list_is_an_array_even_when_empty() -> None:
    assert json.loads(content(answers.listed([])))["data"] == []


def test_long_list_is_whole_and_valid() -> None:
    rows = [{"code": str(number), "name": "Sở mẫu", "mail": None} for number in range(50_000)]
    raw = content(answers.listed(rows))
    assert b"null" not in raw
    assert [row["code"] for row in json.loads(raw)["data"]] == [row["code"] for row in rows]


def test_list_that_fails_half_way_answers_nothing_of_it() -> None:
    def rows() -> Iterator[dict[str, str]]:
        yield {"code": "1"}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answers.listed(rows())


def test_nothing_is_null_at_any_depth_and_everything_is_ascii() -> None:
    raw = answers.to_json({"a": None, "b": [{"c": None, "d": "Đ"}], "e": {"f": None}})
    assert raw == b'{"b":[{"d":"\\u0110"}],"e":{}}'


@pytest.mark.parametrize(
    ("failed", "extra"),
    [
        (answers.failed, {}),
        (answers.failed_send, {"DocId": ""}),
        (answers.failed_get, {"data": ""}),
        (answers.failed_count, {"count": 0}),
        (answers.failed_anything, {"DocId": "", "data": "", "count": 0}),
    ],
)
def test_failures_have_the_fields_their_call_needs(
    failed: Callable[[Failure], HttpResponse], extra: dict[str, Any]
) -> None:
    raw = content(failed(FAILURE))
    answer = json.loads(raw)
    assert raw.isascii()
    assert b"null" not in raw
    assert answer["status"] == "FAIL"
    assert answer["ErrorCode"] == "22"
    assert {name: answer[name] for name in ("DocId", "data", "count") if name in answer} == extra
    assert answer["findings"] == [
        {"id": "x.y", "severity": "error", "path": "MessageHeader/To", "message": "Thiếu nơi nhận."}
    ]


def test_description_says_what_where_and_what_next() -> None:
    assert FAILURE.description == (
        "Gói tin không đúng chuẩn QCVN 102:2016. Chi tiết. MessageHeader/To: Thiếu nơi nhận."
        " Sửa các lỗi được nêu rồi gửi lại. [exchange.not_conforming]"
    )


def test_description_of_many_findings_stays_readable() -> None:
    findings = tuple(Finding(f"x.{number}", Severity.ERROR, "", "Lỗi.") for number in range(40))
    description = Failure.of_reason(Reason.NOT_CONFORMING, findings=findings).description
    assert description.count("Lỗi.") == 5
    assert "(và 35 lỗi khác)" in description


def test_failed_download_is_empty() -> None:
    response = answers.failed_download(FAILURE)
    assert content(response) == b""
    assert response.status_code == 422


def test_registry_explains_in_its_own_words_without_the_operators_commands() -> None:
    error = RegistryError("registry.agency.unknown", "Không có mã H99.99.", "Tìm mã đúng: lienthong agencies search")
    failure = Failure.of_registry(error)
    assert (failure.number, failure.http_status, failure.code) == ("140", 404, "registry.agency.unknown")
    assert "Không có mã H99.99." in failure.description
    assert "lienthong" not in failure.description


def test_times_are_vietnams() -> None:
    assert answers.moment(datetime(2026, 11, 22, 20, 5, 6, tzinfo=UTC)) == "23/11/2026 03:05:06"


def test_every_reason_has_a_number() -> None:
    assert NUMBERS.keys() == set(Reason)


def test_the_refusals_that_matter_most_have_codes_of_their_own() -> None:
    own = [
        Fault.SIGNATURE_WRONG.number,
        Fault.SYSTEM_UNKNOWN.number,
        Fault.SYSTEM_LOCKED.number,
        NUMBERS[Reason.SENDER_FOREIGN],
        NUMBERS[Reason.HASH_DIFFERS],
    ]
    others = [fault.number for fault in Fault] + [NUMBERS[reason] for reason in Reason]
    assert all(others.count(number) == 1 for number in own if number != "19")
    assert len(set(own)) == 5


def test_no_code_is_one_that_the_sdk_gives_itself() -> None:
    assert not {"0", "100"} & {*NUMBERS.values(), *(fault.number for fault in Fault)}


def test_no_status_keeps_a_java_client_from_reading_the_answer() -> None:
    statuses = {fault.http_status for fault in Fault} | {reason.http_status for reason in Reason}
    assert not statuses & {202, 204, 301, 302, 307, 308, 401, 407}


def test_document_for_integrators_lists_every_code() -> None:
    rows = re.findall(r"^\| (\d+) \| (\d+) \| ([\w.]+) \|", ERROR_CODES.read_text(encoding="utf-8"), re.MULTILINE)
    faults = {(fault.number, str(fault.http_status), fault.code) for fault in Fault}
    reasons = {(NUMBERS[reason], str(reason.http_status), reason.code) for reason in Reason}
    assert set(rows) == faults | reasons
