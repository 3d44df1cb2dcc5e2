"""Reading the signed JSON, and the traps of section 2.5."""

from __future__ import annotations

import json

import pytest

from edxml102.model import PackageKind
from lienthong.gateways.vxp_api.faults import CallError, Fault
from lienthong.gateways.vxp_api.parameters import Parameters, Spelling, parse_sign_header


def fault_of(raw: bytes) -> Fault:
    with pytest.raises(CallError) as error:
        parse_sign_header(raw)
    return error.value.fault


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"null",
        b'{"XroadVnpt-a":1}',
        b'{"XroadVnpt-a":null}',
        b'{"XroadVnpt-a":["b"]}',
        b'{"XroadVnpt-a":{"b":"c"}}',
        b'{"XroadVnpt-a":NaN}',
        b'{"XroadVnpt-a":"b","XroadVnpt-a":"c"}',
        b'{"XroadVnpt-a":"\\u0000"}',
        b'{"XroadVnpt-a":"\\ud800"}',
        b'{"XroadVnpt-a":"\xd0n v\xcb"}',
        b'{"XroadVnpt-a":"b"} {}',
        b'{"XroadVnpt-a":' + b"[" * 100_000,
        b'{"XroadVnpt-a":' + b"9" * 10_000 + b"}",
    ],
    ids=range(17),
)
def test_unreadable_sign_headers_are_refused(raw: bytes) -> None:
    assert fault_of(raw) is Fault.SIGN_HEADER_UNREADABLE


def test_only_prefixed_names_are_parameters_and_case_matters() -> None:
    parameters = parse_sign_header(b'{"XroadVnpt-docId":"new","XroadVnpt-docid":"old","status":"done"}')
    assert (parameters.text("docId"), parameters.text("docid")) == ("new", "old")
    assert parameters.text("DOCID") == ""
    assert parameters.text("status") == ""


def test_outer_blanks_are_trimmed_as_the_http_stack_trims_them() -> None:
    assert Parameters({"from": "  H99.01 \t"}).required("from") == "H99.01"


@pytest.mark.parametrize(
    ("text", "kind"), [("edoc", PackageKind.DOCUMENT), ("EDOC", PackageKind.DOCUMENT), ("Status", PackageKind.STATUS)]
)
def test_kind_is_read_in_any_case(text: str, kind: PackageKind) -> None:
    assert Parameters({"servicetype": "edoc", "messagetype": text}).package_kind() is kind
    assert Parameters({"messagetype": text}).package_kind() is kind


@pytest.mark.parametrize(
    "values", [{}, {"messagetype": ""}, {"messagetype": "mail"}, {"messagetype": "edoc", "servicetype": "mail"}]
)
def test_kind_is_never_guessed(values: dict[str, str]) -> None:
    with pytest.raises(CallError) as error:
        Parameters(values).package_kind()
    assert error.value.fault is Fault.PARAMETER_WRONG


def test_each_call_has_its_preferred_spelling_of_the_document_id() -> None:
    both = Parameters({"docId": "a", "docid": "b"})
    assert both.required_doc_id(Spelling.READING) == "a"
    assert both.required_doc_id(Spelling.CONFIRMING) == "b"
    for one in (Parameters({"docId": "a"}), Parameters({"docid": "a"}), Parameters({"docId": "", "docid": "a"})):
        assert one.required_doc_id(Spelling.READING) == one.required_doc_id(Spelling.CONFIRMING) == "a"


@pytest.mark.parametrize("values", [{}, {"docId": " "}, {"docId": "x" * 201}])
def test_missing_or_endless_document_id_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(CallError):
        Parameters(values).required_doc_id(Spelling.READING)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ()),
        ('["A","B"]', ("A", "B")),
        ('[" A ",""]', ("A",)),
        ('"A"', ("A",)),
        ("A", ("A",)),
        ("[]", ()),
    ],
)
def test_receivers_come_in_every_form_the_sdk_writes(text: str, codes: tuple[str, ...]) -> None:
    assert Parameters({"to": text}).receivers() == codes


@pytest.mark.parametrize("text", ['["A"', "[1]", '[["A"]]', '["\\u0000"]', json.dumps(["A"] * 10_001), "[" * 100_000])
def test_malformed_receivers_are_refused(text: str) -> None:
    with pytest.raises(CallError) as error:
        Parameters({"to": text}).receivers()
    assert error.value.fault is Fault.PARAMETER_WRONG
