"""The directory as a file: all rows or none, every error with its place, again means no change, and out equals in."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lienthong.registry import directory, revision, selectors, services
from lienthong.registry.details import agency_detail
from lienthong.registry.directory_file import ImportReport, export_directory, import_directory
from lienthong.registry.directory_file.columns import COLUMNS
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, AgencyContact, AgencyIdentifier, AgencyName, AgencyPlacement
from lienthong.registry.resolution import Outcome
from tests import factories

MERGER = date(2025, 7, 1)
TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db

CITY = """\
code,old_code,name,abbreviation,level,parent,mail
H24.30.12,,Xã mẫu An Lão,,xã,H24.30,xa@mau.example
H24.30,000.00.30.H24,Huyện mẫu An Lão,,huyện,H24,
H24,000.00.00.H24,Ủy ban nhân dân thành phố mẫu,UBNDTP,thành phố,,
H24.05,000.00.05.H24,Sở Y tế mẫu,SYT,2,H24,so@mau.example
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding, newline="")
    return path


def taken(path: Path, **options: object) -> ImportReport:
    return import_directory(path, **{"valid_from": factories.LONG_AGO, **options})  # type: ignore[arg-type]


def refusals(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.code.removeprefix("registry.import.")) for error in report.errors]


@pytest.fixture
def city_file(tmp_path: Path) -> Path:
    return write(tmp_path / "city.csv", CITY)


# --- In -----------------------------------------------------------------------------------------------------------


def test_an_import_creates_agencies_whatever_the_order_of_parents(city_file: Path) -> None:
    report = taken(city_file)

    assert (report.rows, report.created, report.codes_added, report.applied, report.errors) == (4, 4, 7, True, ())
    commune = agency_detail("H24.30.12", on_date=TODAY)
    assert (commune.names[0].name, commune.placements[0].parent, commune.contact.mail) == (
        "Xã mẫu An Lão",
        "H24.30",
        "xa@mau.example",
    )
    assert directory.resolve("000.00.05.H24", factories.LONG_AGO).name == "Sở Y tế mẫu"
    assert directory.resolve("H24.05", date(2019, 12, 31)).outcome is Outcome.UNKNOWN


def test_the_same_file_again_changes_nothing(city_file: Path) -> None:
    taken(city_file)
    before = revision.current()

    report = taken(city_file, valid_from=TODAY)

    assert (report.changes, report.errors, revision.current()) == (0, (), before)


def test_a_dry_run_counts_and_writes_nothing(city_file: Path) -> None:
    report = taken(city_file, dry_run=True)

    assert (report.created, report.applied) == (4, False)
    assert (Agency.objects.count(), AgencyName.objects.count(), revision.current()) == (0, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        CITY.replace(",", ";"),
        CITY.replace(",", "\t"),
        "\ufeff" + CITY,
        CITY.replace("\n", "\r\n"),
        "\n\n" + CITY.replace("\n", "\n\n"),
        CITY.replace("code,old_code", "Mã định danh,MÃ 13 KÝ TỰ"),
        CITY.replace("H24.05,", ' h24.05 ,"')
        .replace("000.00.05.H24,Sở", '000.00.05.H24","Sở', 1)
        .replace("tế mẫu,SYT", 'tế mẫu",SYT', 1),
    ],
    ids=["semicolons", "tabs", "mark", "CRLF", "blank lines", "Vietnamese titles", "quotes and blanks"],
)
def test_dialects_of_csv(tmp_path: Path, text: str) -> None:
    report = taken(write(tmp_path / "city.csv", text))

    assert (report.created, report.errors) == (4, ())
    assert selectors.agency_by_code("000.00.05.H24") == selectors.agency_by_code("H24.05")


def test_changes_take_effect_on_the_day_given_and_empty_cells_keep_what_is_known(
    tmp_path: Path, city_file: Path
) -> None:
    taken(city_file)
    text = "code,name,parent,mail,phone\nH24.30.12,,H24,,0225 000\nH24.05,Sở Y tế mẫu mới,,,\n"

    report = taken(write(tmp_path / "change.csv", text), valid_from=MERGER)

    assert (report.created, report.renamed, report.moved, report.contacts) == (0, 1, 1, 1)
    commune = agency_detail("H24.30.12", on_date=TODAY)
    assert [(row.parent, row.valid_from, row.valid_to) for row in commune.placements] == [
        ("H24.30", factories.LONG_AGO, MERGER),
        ("H24", MERGER, None),
    ]
    assert (commune.contact.mail, commune.contact.phone) == ("xa@mau.example", "0225 000")
    assert directory.resolve("H24.05", date(2025, 6, 30)).name == "Sở Y tế mẫu"
    assert directory.resolve("H24.05", MERGER).name == "Sở Y tế mẫu mới"


def test_a_merger_closes_codes_and_names_successors(tmp_path: Path) -> None:
    text = (
        "code,name,level,parent,valid_from,closed_on,successor,on_closed\n"
        "H23,UBND tỉnh mẫu cũ,thành phố,,2020-01-01,2025-07-01,H24,từ chối\n"
        "H23.05,Sở Y tế mẫu cũ,thành phố,H23,2020-01-01,1/7/2025,H24.05,chuyển tiếp\n"
        "H24,UBND thành phố mẫu,thành phố,,2020-01-01,,,\n"
        "H24.05,Sở Y tế mẫu,thành phố,H24,2025-07-01,,,\n"
    )
    assert taken(write(tmp_path / "merger.csv", text)).errors == ()

    found = directory.resolve("H23.05", TODAY)
    assert (found.outcome, found.closed_on, found.on_closed) == (Outcome.CLOSED, MERGER, "redirect")
    assert (found.successor_code, found.successor_name) == ("H24.05", "Sở Y tế mẫu")
    assert taken(write(tmp_path / "again.csv", text)).changes == 0


def test_one_agency_gets_a_new_main_code_and_further_codes(tmp_path: Path) -> None:
    agency = factories.make_agency("000.00.05.H24", "Sở Y tế mẫu")
    text = "code,old_code,main_code,valid_from\nH24.05,000.00.05.H24,,2022-01-01\n0200123456,,h24.05,2023-01-01\n"

    report = taken(write(tmp_path / "codes.csv", text))

    assert (report.errors, report.created, report.codes_added) == ((), 0, 2)
    starts = dict(AgencyIdentifier.objects.filter(agency=agency).values_list("code", "valid_from"))
    assert starts == {
        "000.00.05.H24": factories.LONG_AGO,
        "H24.05": date(2022, 1, 1),
        "0200123456": date(2023, 1, 1),
    }


# --- Errors -------------------------------------------------------------------------------------------------------

ROW_ERRORS = {
    "no code": ("code,name\n,Sở mẫu\n", [(2, "Mã định danh", "missing")]),
    "bad code": ("code,name,level\nH24 05,Sở mẫu,2\n", [(2, "Mã định danh", "registry.agency.code_malformed")]),
    "new without name and level": (
        "code,name,level\nH99,,\n",
        [(2, "Cấp", "missing"), (2, "Tên cơ quan", "missing")],
    ),
    "level not known": ("code,name,level\nH99,Sở mẫu,tầng\n", [(2, "Cấp", "choice")]),
    "not a date": ("code,name,level,valid_from\nH99,Sở mẫu,2,31/2/2025\n", [(2, "Hiệu lực từ", "date")]),
    "year long ago": ("code,name,level,valid_from\nH99,Sở mẫu,2,0025-07-01\n", [(2, "Hiệu lực từ", "date")]),
    "name too long": (f"code,name,level\nH99,{'S' * 501},2\n", [(2, "Tên cơ quan", "too_long")]),
    "NUL": ("code,name,level\nH99,Sở\x00mẫu,2\n", [(2, "Tên cơ quan", "unprintable")]),
    "code twice": (
        "code,name,level\nH98,Sở mẫu,2\nH99,Sở mẫu,2\nh98,Sở mẫu,2\n",
        [(4, "Mã định danh", "duplicate")],
    ),
    "old code is another's code": (
        "code,old_code,name,level\nH98,,Sở mẫu,2\nH99,H98,Sở mẫu,2\n",
        [(3, "Mã 13 ký tự", "duplicate")],
    ),
    "parent unknown": ("code,name,level,parent\nH99,Sở mẫu,2,H77\n", [(2, "Mã cơ quan cấp trên", "unknown_code")]),
    "own parent": ("code,name,level,parent\nH99,Sở mẫu,2,H99\n", [(2, "Mã cơ quan cấp trên", "itself")]),
    "circle in the file": (
        "code,name,level,parent\nH97,Sở mẫu ngoài vòng,2,H98\nH98,Sở mẫu,2,H99\nH99,Sở mẫu,2,H98\n",
        [(3, "Mã cơ quan cấp trên", "cycle"), (4, "Mã cơ quan cấp trên", "cycle")],
    ),
    "circle with what is known": ("code,parent\nH24,H24.30.12\n", [(2, "Mã cơ quan cấp trên", "cycle")]),
    "closed before it began": (
        "code,name,level,valid_from,closed_on\nH99,Sở mẫu,2,2025-01-01,2024-01-01\n",
        [(2, "Đóng từ ngày", "closed_before_start")],
    ),
    "successor without a day": (
        "code,name,level,successor\nH99,Sở mẫu,2,H24\n",
        [(2, "Đóng từ ngày", "missing")],
    ),
    "redirection to nobody": (
        "code,name,level,closed_on,on_closed\nH99,Sở mẫu,2,2025-01-01,chuyển tiếp\n",
        [(2, "Mã cơ quan kế thừa", "missing")],
    ),
    "another start": ("code,valid_from\nH24.05,2021-01-01\n", [(2, "Hiệu lực từ", "start_differs")]),
    "closed already": ("code,closed_on\nH22,2026-01-01\n", [(2, "Đóng từ ngày", "already_closed")]),
    "children stay open": (
        "code,old_code,closed_on\nH24.30,000.00.30.H24,2025-07-01\n",
        [(2, "Mã cơ quan cấp trên", "parent_closed")],
    ),
    "new below closed": ("code,name,level,parent\nH99,Sở mẫu,2,H22\n", [(2, "Mã cơ quan cấp trên", "parent_closed")]),
    "codes of two agencies": ("code,old_code\nH24.05,000.00.30.H24\n", [(2, "Mã 13 ký tự", "two_agencies")]),
    "one agency in two rows": (
        "code,old_code\nH24.05,\nH99.05,000.00.05.H24\n",
        [(3, "Mã định danh", "same_agency")],
    ),
    "further code of nobody": ("code,main_code\nH99,H77\n", [(2, "Thêm mã cho cơ quan", "unknown_code")]),
    "further code of another": ("code,main_code\nH24.05,H24\n", [(2, "Mã định danh", "two_agencies")]),
    "further code with a name": (
        "code,main_code,name\nH99,H24,Sở mẫu\n",
        [(2, "Tên cơ quan", "stray_cell")],
    ),
    "cell outside": ("code,name\nH24.05,Sở Y tế mẫu,?\n", [(2, "", "cell")]),
    "changed too early": ("code,name\nH21,Sở mẫu khác\n", [(2, "Tên cơ quan", "date_before_last")]),
}


@pytest.mark.parametrize("case", ROW_ERRORS)
def test_every_error_names_row_column_and_reason_and_nothing_is_written(
    tmp_path: Path, city_file: Path, case: str
) -> None:
    taken(city_file)
    services.close_agency(agency=factories.make_agency("H22"), on_date=MERGER)
    factories.make_agency("H21", valid_from=TODAY)
    before = (revision.current(), Agency.objects.count())
    text, expected = ROW_ERRORS[case]

    report = taken(write(tmp_path / "bad.csv", text))

    assert refusals(report) == expected
    assert all(error.message for error in report.errors)
    assert not report.applied
    assert (revision.current(), Agency.objects.count()) == before


def test_one_bad_row_keeps_the_good_ones_out_and_all_errors_are_told_at_once(tmp_path: Path) -> None:
    text = CITY + "H24.06,,,,thành phố,H24,\nH24.07,,Sở mẫu,,tầng,H77,\n"

    report = taken(write(tmp_path / "bad.csv", text))

    assert refusals(report) == [
        (6, "Tên cơ quan", "missing"),
        (7, "Cấp", "choice"),
        (7, "Mã cơ quan cấp trên", "unknown_code"),
    ]
    assert Agency.objects.count() == 0


FILE_ERRORS = {
    "empty": ("x.csv", b"", "registry.file.empty"),
    "only blank lines": ("x.csv", b"\n\n,,\n", "registry.file.empty"),
    "column not known": ("x.csv", "code,tên gì đó\nH24,x\n".encode(), "registry.file.column_unknown"),
    "column twice": ("x.csv", "code,name,Tên cơ quan\n".encode(), "registry.file.column_repeated"),
    "no code column": ("x.csv", b"name,level\n", "registry.file.column_missing"),
    "legacy encoding": ("x.csv", b"code,name\nH24,S\xf0 m\xe1u\n", "registry.file.encoding"),
    "UTF-16": ("x.csv", "code,name\n".encode("utf-16"), "registry.file.encoding"),
    "quote left open": ("x.csv", b'code,name\nH24,"S', "registry.file.malformed"),
    "other kind": ("x.txt", b"code\n", "registry.file.kind"),
    "no workbook": ("x.xlsx", b"code\n", "registry.file.malformed"),
    "half a workbook": ("x.xlsx", b"PK\x03\x04" + b"\x00" * 60, "registry.file.malformed"),
}


@pytest.mark.parametrize("case", FILE_ERRORS)
def test_an_unusable_file_is_named_with_what_to_do(tmp_path: Path, case: str) -> None:
    name, content, code = FILE_ERRORS[case]
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(RegistryError) as refusal:
        taken(path)

    assert refusal.value.code == code
    assert refusal.value.next_step


@pytest.mark.parametrize("name", ["missing.csv", "missing.xlsx", "folder.csv"])
def test_a_path_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(RegistryError) as refusal:
        taken(tmp_path / name)

    assert refusal.value.code == "registry.file.unreadable"
    assert name in refusal.value.message


# --- XLSX ---------------------------------------------------------------------------------------------------------


def workbook(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_numbers_and_dates_of_a_workbook_are_read_as_people_see_them(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "city.xlsx",
        ["Mã định danh", "Tên cơ quan", "Cấp", "Hiệu lực từ", "Điện thoại"],
        [200123456789, "Công ty mẫu", 2, datetime(2021, 5, 1), 2253842345.0],
        [None, None, None, None, None],
        ["H24.05", "Sở mẫu", "thành phố", "1/7/2025", "0225 384"],
    )

    assert taken(path).errors == ()
    company = agency_detail("200123456789", on_date=TODAY)
    assert (company.codes[0].valid_from, company.contact.phone) == (date(2021, 5, 1), "2253842345")
    assert agency_detail("H24.05", on_date=TODAY).codes[0].valid_from == MERGER


def test_a_formula_is_refused_where_it_stands(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", ["code", "name", "level"], ["H24", '="Sở "&"mẫu"', 2], ["H25", "=1/0", 2])

    assert refusals(taken(path)) == [(2, "Tên cơ quan", "cell"), (3, "Tên cơ quan", "cell")]


# --- Out ----------------------------------------------------------------------------------------------------------


def wipe() -> None:
    for model in (AgencyIdentifier, AgencyName, AgencyPlacement, AgencyContact, Agency):
        model.objects.all().delete()
    revision.advance()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_is_protected_from_running_as_a_formula(tmp_path: Path, kind: str) -> None:
    names = ["=HYPERLINK(1)", "+84 mẫu", "-mẫu", "@mẫu", "'=mẫu", "'mẫu", "''=mẫu"]
    for number, name in enumerate(names):
        factories.make_agency(f"H24.{number}", name)
    path = tmp_path / f"out.{kind}"
    export_directory(path)

    if kind == "csv":
        rows = list(csv.DictReader(path.open(encoding="utf-8-sig", newline="")))
        assert all(not row["Tên cơ quan"].startswith(("=", "+", "-", "@")) for row in rows)
    else:
        sheet = load_workbook(path).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    wipe()
    taken(path)
    assert {row.name for row in AgencyName.objects.all()} == set(names)


def test_an_export_never_overwrites_unasked_and_leaves_no_draft(tmp_path: Path) -> None:
    factories.make_agency("H24.05")
    path = write(tmp_path / "out.csv", "quý giá")

    with pytest.raises(RegistryError) as refusal:
        export_directory(path)

    assert refusal.value.code == "registry.file.exists"
    assert path.read_text() == "quý giá"
    assert export_directory(path, overwrite=True) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(("name", "code"), [("no/such/x.csv", "unwritable"), ("x.pdf", "kind"), ("x", "kind")])
def test_an_export_that_cannot_be_written_is_named(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(RegistryError) as refusal:
        export_directory(tmp_path / name)

    assert refusal.value.code == f"registry.file.{code}"


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()))
DAYS = st.dates(date(2018, 1, 1), date(2025, 12, 31))
SOME_AGENCY = st.integers(0, 7)
CLOSINGS = st.none() | st.tuples(st.integers(0, 500), st.none() | SOME_AGENCY, st.booleans())
AGENCIES = st.lists(st.tuples(NAMES, NAMES, SOME_AGENCY, DAYS, st.booleans(), CLOSINGS, NAMES), min_size=1, max_size=8)


def _build(described: list[tuple]) -> None:  # type: ignore[type-arg]
    """A directory with old codes, further codes, closed codes and agencies, successors and parents."""
    agencies: list[Agency] = []
    for number, (name, short, parent, day, has_old, _, mail) in enumerate(described):
        agency = factories.make_agency(
            f"H24.{number}",
            name,
            abbreviation=short,
            old_code=f"000.00.{number:02d}.H24" if has_old else "",
            parent=agencies[parent] if parent < len(agencies) else None,
            valid_from=max([day, *(row.valid_from for a in agencies for row in a.identifiers.all())]),
        )
        services.add_identifier(agency=agency, code=f"020012345{number}", valid_from=TODAY)
        services.set_contact(agency=agency, mail=mail)
        agencies.append(agency)
    for number, (*_, closing, _mail) in enumerate(described):
        if closing is not None:
            _close(agencies, number, *closing)


def _close(agencies: list[Agency], number: int, days: int, successor: int | None, whole: bool) -> None:
    agency = agencies[number]
    heir = agencies[successor] if successor is not None and successor < len(agencies) else None
    heir = None if heir == agency else heir
    then = "redirect" if heir else "refuse"
    day = date.fromordinal(TODAY.toordinal() + days)
    if whole and not agency.child_placements.exists():
        services.close_agency(agency=agency, on_date=day, successor=heir, on_closed=then)
    else:
        further = agency.identifiers.get(code__startswith="0200")
        services.close_identifier(identifier=further, on_date=day, successor=heir, on_closed=then)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_directory_exported_and_imported_elsewhere_is_equal(tmp_path: Path, kind: str) -> None:
    first, second = tmp_path / f"first.{kind}", tmp_path / f"second.{kind}"

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(AGENCIES)
    def check(described: list[tuple]) -> None:  # type: ignore[type-arg]
        with transaction.atomic():
            _build(described)
            export_directory(first, overwrite=True)
            assert taken(first).changes == 0
            wipe()
            report = taken(first, valid_from=date(2030, 1, 1))
            assert report.errors == ()
            assert report.created == len(described)
            export_directory(second, overwrite=True)
            transaction.set_rollback(True)
        assert _content(second) == _content(first)

    check()


def _content(path: Path) -> list[tuple[object, ...]]:
    if path.suffix == ".csv":
        return [tuple(row) for row in csv.reader(path.open(encoding="utf-8-sig", newline=""))]
    return list(load_workbook(path).worksheets[0].iter_rows(values_only=True))


def test_titles_and_keys_of_columns_are_all_different() -> None:
    assert len({column.title for column in COLUMNS} | {column.key for column in COLUMNS}) == 2 * len(COLUMNS)
