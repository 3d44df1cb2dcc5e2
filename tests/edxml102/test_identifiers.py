"""Codes of bodies and identifiers of documents (specification 2.1 to 2.5)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edxml102.errors import EdxmlError
from edxml102.identifiers import (
    AgencyCode,
    DocumentIdForm,
    Scheme,
    make_document_id,
    parse_agency_code,
    parse_document_id,
)


@pytest.mark.parametrize(
    ("text", "scheme", "level_one", "level"),
    [
        ("000.00.00.H24", Scheme.OLD_STRICT, "H24", 1),
        ("000.00.05.H24", Scheme.OLD_STRICT, "H24", 2),
        ("000.12.30.H24", Scheme.OLD_STRICT, "H24", 3),
        ("001.12.30.H24", Scheme.OLD_STRICT, "H24", 4),
        ("28.22.H17", Scheme.OLD_LOOSE, "H17", 3),
        ("001.00.20.JB2", Scheme.OLD_LOOSE, "JB2", 4),
        ("H24", Scheme.NEW, "H24", 1),
        ("H24.30.12", Scheme.NEW, "H24", 3),
        ("H37.DN.001", Scheme.NEW, "H37", 3),
        ("0101234567", Scheme.ENTERPRISE, "", 0),
        ("0101234567-001", Scheme.ENTERPRISE, "", 0),
        ("vxp.saas.02", Scheme.OPAQUE, "", 0),
        ("null", Scheme.OPAQUE, "", 0),
        ("", Scheme.OPAQUE, "", 0),
        ("000.00.00.Z24", Scheme.OLD_LOOSE, "Z24", 1),
        ("000.00.00.h24", Scheme.OPAQUE, "", 0),
        ("H24." + "A" * 32, Scheme.OPAQUE, "", 0),
    ],
)
def test_codes_are_told_apart_by_form(text: str, scheme: Scheme, level_one: str, level: int) -> None:
    code = parse_agency_code(text)

    assert (code.scheme, code.level_one, code.level) == (scheme, level_one, level)
    assert code.scheme.is_old is (scheme in (Scheme.OLD_STRICT, Scheme.OLD_LOOSE))
    assert str(code) == text


def test_groups_stay_as_written() -> None:
    assert parse_agency_code(" 000.12.30.H24\n") == AgencyCode(
        "000.12.30.H24", Scheme.OLD_STRICT, ("000", "12", "30", "H24")
    )
    assert parse_agency_code("H24.30.12").groups == ("H24", "30", "12")
    assert parse_agency_code("0101234567").groups == ()


def test_a_code_of_both_forms_is_the_stricter_one() -> None:
    assert parse_agency_code("H24.05.12.A01").scheme is Scheme.OLD_STRICT
    assert parse_agency_code("H24.05.B01").scheme is Scheme.NEW


def test_a_line_break_inside_is_no_code() -> None:
    assert parse_agency_code("000.00.00.H24\nx").scheme is Scheme.OPAQUE


def test_scheme_names_are_stable() -> None:
    assert [scheme.code for scheme in Scheme] == ["old_strict", "new", "old_loose", "enterprise", "opaque"]


def test_form_a_has_body_date_number_and_notation() -> None:
    identifier = parse_document_id("000.00.00.G22,2015/09/30,7816/VPCP-TTĐT")

    assert identifier.form is DocumentIdForm.DATED
    assert identifier.organ == parse_agency_code("000.00.00.G22")
    assert (identifier.date, identifier.number, identifier.notation) == ("2015/09/30", "7816", "VPCP-TTĐT")


def test_dates_inside_are_not_checked() -> None:
    assert parse_document_id("000.00.00.G22,2014/02/30,7806/VPCP-TTĐT").date == "2014/02/30"


def test_form_b_has_body_year_and_serial_number() -> None:
    identifier = parse_document_id(" 000.00.00.H01,2018,10 ")

    assert identifier.form is DocumentIdForm.YEARLY
    assert (identifier.organ_id, identifier.year, identifier.number) == ("000.00.00.H01", "2018", "10")
    assert str(identifier) == "000.00.00.H01,2018,10"


@pytest.mark.parametrize(
    "text",
    ["", "0c7b2a52-7d8e-4d39-a0ad-1f1a7d3c1f00", "H24,2015-09-30,1/X", "H24,2015/09/30,1", "H24,٢٠١٥,1", "h24,2018,10"],
)
def test_anything_else_is_opaque(text: str) -> None:
    identifier = parse_document_id(text)

    assert identifier.form is DocumentIdForm.OPAQUE
    assert identifier.organ is None
    assert (identifier.text, identifier.date, identifier.year) == (text, "", "")


def test_form_a_is_what_we_make() -> None:
    assert make_document_id("H24.30", date(2026, 3, 2), "118", "SKT-VP") == "H24.30,2026/03/02,118/SKT-VP"


@pytest.mark.parametrize(
    ("organ", "number", "notation"),
    [("", "1", "X"), ("h24", "1", "X"), ("H24", "", "X"), ("H24", "1", ""), ("H24", "1/2", "X"), ("H24", "1,2", "X")],
)
def test_parts_that_do_not_fit_are_refused(organ: str, number: str, notation: str) -> None:
    with pytest.raises(EdxmlError):
        make_document_id(organ, date(2026, 3, 2), number, notation)


@given(text=st.text(max_size=60))
def test_parsing_never_raises(text: str) -> None:
    assert parse_agency_code(text).text == parse_document_id(text).text == text.strip()


@given(
    organ=st.from_regex(r"[A-Y][0-9]{2}(\.[0-9]{2}){0,2}", fullmatch=True),
    day=st.dates(),
    number=st.from_regex(r"[0-9]{1,11}", fullmatch=True),
    notation=st.from_regex(r"[A-ZĐ]{1,10}-[A-ZĐ]{1,10}", fullmatch=True),
)
def test_what_is_made_parses_to_its_parts(organ: str, day: date, number: str, notation: str) -> None:
    identifier = parse_document_id(make_document_id(organ, day, number, notation))

    assert identifier.form is DocumentIdForm.DATED
    assert (identifier.organ_id, identifier.number, identifier.notation) == (organ, number, notation)
