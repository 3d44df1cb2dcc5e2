"""``lienthong edxml extract``: attachments as files, whatever a package calls them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.cli.edxml_cases import Run, package_file
from tests.edxml102.examples import CONTENTS, NEW, STATUS, put


def zipped(*entries: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(entry, "noi dung mau")
    return out.getvalue()


def names_after(
    run: Run, folder: Path, *names: str, content_type: str = "application/pdf", content: bytes = b"x"
) -> set[str]:
    attachments = tuple(
        put(put(put(NEW.attachments[0], "attachment_name", name), "content_id", str(n)), "content_type", content_type)
        for n, name in enumerate(names)
    )
    contents = {one.content_id: content for one in attachments}
    package_file(folder / "a.edxml", put(NEW, "attachments", attachments), contents)
    run("extract", "a.edxml", "ra")
    return {str(path.relative_to(folder / "ra")) for path in (folder / "ra").rglob("*")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\a.pdf", "a.pdf"),
        ("/a.pdf", "a.pdf"),
        ("..", "tep-dinh-kem-1"),
        ("", "tep-dinh-kem-1"),
        ("con.pdf", "_con.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("Quyết định số 1.pdf", "Quyết định số 1.pdf"),
        (".an", "an"),
    ],
)
def test_names_from_packages_stay_in_the_folder(run: Run, tmp_path: Path, name: str, expected: str) -> None:
    assert names_after(run, tmp_path, name) == {expected}


def test_long_names_are_cut_and_keep_their_extension(run: Run, tmp_path: Path) -> None:
    (name,) = names_after(run, tmp_path, "ệ" * 300 + ".pdf")

    assert name.endswith("ệ.pdf")
    assert len(name.encode()) < 230


def test_attachments_of_one_name_are_numbered(run: Run, tmp_path: Path) -> None:
    assert names_after(run, tmp_path, "a.pdf", "A.pdf", "a.pdf") == {"a.pdf", "A (2).pdf", "a (3).pdf"}


def test_a_zip_gives_the_file_inside_under_the_name_people_gave_it(run: Run, tmp_path: Path) -> None:
    assert names_after(run, tmp_path, "bang.xlsx", content_type="application/zip", content=zipped("uuid.xlsx")) == {
        "bang.xlsx"
    }
    assert (tmp_path / "ra/bang.xlsx").read_bytes() == b"noi dung mau"


def test_the_extension_is_that_of_the_file_inside(run: Run, tmp_path: Path) -> None:
    assert names_after(run, tmp_path, "cv.doc", content_type="application/zip", content=zipped("mau.txt")) == {"cv.txt"}


def test_extract_raw_keeps_the_archive(run: Run, tmp_path: Path) -> None:
    names_after(run, tmp_path, "bang.xlsx", content_type="application/zip", content=zipped("a.xlsx"))

    assert run("extract", "a.edxml", "tho", "--raw")[0] == 0
    assert (tmp_path / "tho/bang.xlsx.zip").read_bytes() == zipped("a.xlsx")


def test_an_archive_with_a_path_is_not_unpacked(run: Run, tmp_path: Path) -> None:
    assert names_after(run, tmp_path, "a.xlsx", content_type="application/zip", content=zipped("../a.xlsx")) == set()

    code, _, err = run("extract", "a.edxml", "ra")
    assert (code, err[:6]) == (1, "LT-E06")


def test_extract_overwrites_only_when_told(run: Run, tmp_path: Path) -> None:
    package_file(tmp_path / "a.edxml", NEW)
    (tmp_path / "cong-van.pdf").write_bytes(b"cu")

    code, _, err = run("extract", "a.edxml", tmp_path)
    assert (code, err[:6]) == (1, "LT-E04")
    assert (tmp_path / "cong-van.pdf").read_bytes() == b"cu"
    assert (tmp_path / "Phụ lục.pdf").read_bytes() == CONTENTS["2"]

    assert run("extract", "a.edxml", tmp_path, "--force")[0] == 0
    assert (tmp_path / "cong-van.pdf").read_bytes() == CONTENTS["1"]


def test_extract_says_when_there_is_nothing(run: Run, tmp_path: Path) -> None:
    code, _, err = run("extract", package_file(tmp_path / "a.edxml", STATUS), "ra")

    assert (code, err[:6]) == (1, "LT-E05")
    assert not (tmp_path / "ra").exists()


def test_extract_into_a_file_is_explained(run: Run, tmp_path: Path) -> None:
    package_file(tmp_path / "a.edxml", NEW)

    code, _, err = run("extract", "a.edxml", "a.edxml")

    assert (code, err[:6]) == (2, "LT-E03")
