"""Which files travel inside a zip, and what comes out again."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from edxml102.errors import EdxmlError
from edxml102.reader import Limits
from edxml102.ziprule import content_type_of, entry_stem, is_unpacked, unwrap, wrap

DATA = "Nội dung mẫu\n".encode() * 50


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in entries:
            packed.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out


def refused(source: io.BytesIO, **limits: int) -> str:
    with pytest.raises(EdxmlError) as caught:
        unwrap(source, io.BytesIO(), limits=Limits(**limits))
    (finding,) = caught.value.findings
    return finding.id


@pytest.mark.parametrize("name", ["a.pdf", "a.PDF", "a.doc", "a.Docx", "a.xsl", "a.xslx", "a.b.zip"])
def test_six_kinds_of_file_go_as_they_are(name: str) -> None:
    source = io.BytesIO(DATA)

    wrapped = wrap(source, name, stem="s")

    assert wrapped.content is source
    assert wrapped.entry is None
    assert wrapped.content_type == f"application/{name.rpartition('.')[2].lower()}"


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("bang.xlsx", "s.xlsx"),
        ("anh.PNG", "s.png"),
        ("khong-duoi", "s.unk"),
        ("la.đuôi", "s.unk"),
        ("a.b/c", "s.unk"),
        ("x.", "s.unk"),
        ("goi.ZIP", "s.zip"),
        ("goi.Zip", "s.zip"),
    ],
)
def test_other_files_come_back_out_of_a_zip(name: str, entry: str, tmp_path: Path) -> None:
    path = tmp_path / "nguon"
    path.write_bytes(DATA)

    for source in (path, io.BytesIO(DATA)):
        wrapped = wrap(source, name, stem="s")
        assert not isinstance(wrapped.content, Path)
        target = io.BytesIO()
        with wrapped.content as packed:
            found = unwrap(packed, target)

        assert (wrapped.content_type, wrapped.entry) == ("application/zip", entry)
        assert (found.entry, found.size, target.getvalue()) == (entry, len(DATA), DATA)
        assert is_unpacked(wrapped.content_type, name)


def test_the_same_file_gives_the_same_archive() -> None:
    first, second = (wrap(io.BytesIO(DATA), "a.txt", stem="s").content for _ in range(2))

    with first as one, second as two:  # type: ignore[union-attr]
        assert one.read() == two.read()


def test_entry_names_differ_by_attachment_and_document_only() -> None:
    stems = {entry_stem(document, content) for document in ("a", "b") for content in ("1", "2")}

    assert len(stems) == 4
    assert entry_stem("a", "1") in stems


def test_a_big_file_does_not_stay_in_memory() -> None:
    data = random.Random(1).randbytes(2 * 2**20)

    wrapped = wrap(io.BytesIO(data), "a.bin", stem="s")

    with wrapped.content as packed:  # type: ignore[union-attr]
        target = io.BytesIO()
        assert unwrap(packed, target).size == len(data)
        assert target.getvalue() == data


def test_a_file_that_cannot_be_read_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        wrap(tmp_path / "khong-co.txt", "khong-co.txt", stem="s")


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "/x", "C:x", "..", "a\x01b", ""])
def test_an_entry_with_a_path_is_never_unpacked(name: str) -> None:
    assert refused(archive((name, DATA))) == "zip.path"


def test_one_entry_exactly() -> None:
    assert refused(archive()) == "zip.empty"
    assert refused(archive(("a", b""), ("b", b""))) == "zip.many_entries"


def test_an_entry_that_unpacks_to_too_much_is_stopped() -> None:
    bomb = archive(("a.txt", bytes(5 * 2**20)))

    assert refused(bomb, zip_bytes=2**20) == "zip.too_big"
    assert refused(bomb, zip_ratio=100, zip_ratio_from=2**20) == "zip.ratio"
    assert unwrap(bomb, io.BytesIO()).size == 5 * 2**20


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", archive(("a", DATA)).getvalue()[:-30]])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    assert refused(io.BytesIO(data)) == "zip.broken"


def test_damaged_data_is_refused() -> None:
    damaged = bytearray(archive(("a", random.Random(2).randbytes(500))).getvalue())
    damaged[100] ^= 0xFF

    assert refused(io.BytesIO(damaged)) == "zip.broken"


def test_ways_of_packing_that_receivers_lack_are_refused() -> None:
    assert refused(archive(("a", DATA), method=zipfile.ZIP_LZMA)) == "zip.method"


@pytest.mark.parametrize("name", ["a.pdf", "a.PDF", "a.xlsx", "a.zip", "A.ZIP", "không đuôi", "a.", ".pdf"])
def test_the_content_type_is_known_before_the_bytes_are_there(name: str) -> None:
    wrapped = wrap(io.BytesIO(DATA), name, stem="s")

    assert content_type_of(name) == wrapped.content_type
