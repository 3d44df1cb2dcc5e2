"""The segment store on its own: frames, damage, crashes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from lienthong.exchange.segments import Address, LocalSegments, SegmentError
from lienthong.exchange.segments.verify import Problem, Report, verify


def _payloads(*texts: str) -> list[tuple[bytes, bytes]]:
    return [(hashlib.sha256(text.encode()).digest(), text.encode()) for text in texts]


def _verify(root: Path, addresses: list[Address], *, repair: bool = False) -> Report:
    def rows(segment: str) -> dict[int, Address]:
        return {address.offset: address for address in addresses if address.segment == segment}

    reports = list(verify(root, segments_with_rows={a.segment for a in addresses}, rows=rows, repair=repair))
    troubles = tuple(trouble for report in reports for trouble in report.troubles)
    return Report(len(reports), sum(r.packages for r in reports), sum(r.bytes for r in reports), troubles)


def _problems(report: Report) -> list[Problem]:
    return [trouble.problem for trouble in report.troubles]


@pytest.fixture
def stored(tmp_path: Path) -> tuple[LocalSegments, list[Address]]:
    store = LocalSegments(tmp_path)
    writer = store.writer(segment_size=1024 * 1024)
    addresses = writer.append(_payloads("một", "hai", "ba"))
    writer.abandon()
    return store, addresses


def test_what_was_appended_is_read_back(stored: tuple[LocalSegments, list[Address]]) -> None:
    store, addresses = stored
    assert [b"".join(store.chunks(address, size=2)).decode() for address in addresses] == ["một", "hai", "ba"]
    assert _verify(store.root, addresses) == Report(1, 3, 10, ())


def test_a_full_segment_is_followed_by_the_next(tmp_path: Path) -> None:
    writer = LocalSegments(tmp_path).writer(segment_size=64)
    segments = {writer.append(_payloads(f"gói {number}"))[0].segment for number in range(4)}
    assert len(segments) > 1


def test_a_changed_byte_is_found_and_never_completes_a_read(stored: tuple[LocalSegments, list[Address]]) -> None:
    store, addresses = stored
    path = store.root / addresses[1].segment
    raw = bytearray(path.read_bytes())
    raw[addresses[1].offset] ^= 1
    path.write_bytes(raw)
    with pytest.raises(SegmentError):
        list(store.chunks(addresses[1]))
    report = _verify(store.root, addresses, repair=True)
    assert _problems(report) == [Problem.DAMAGED]
    assert not report.is_sound
    assert path.read_bytes() == bytes(raw), "acknowledged bytes are never touched"


def test_bytes_without_a_row_are_reclaimed(stored: tuple[LocalSegments, list[Address]]) -> None:
    store, (first, orphan, last) = stored
    assert _problems(_verify(store.root, [first, last])) == [Problem.ORPHAN]
    repaired = _verify(store.root, [first, last], repair=True)
    assert [(t.problem, t.offset, t.repaired) for t in repaired.troubles] == [(Problem.ORPHAN, orphan.offset, True)]
    assert _verify(store.root, [first, last]) == Report(1, 2, first.length + last.length, ())


def test_a_torn_tail_is_cut_off(stored: tuple[LocalSegments, list[Address]]) -> None:
    store, addresses = stored
    path = store.root / addresses[0].segment
    whole = path.stat().st_size
    with path.open("ab") as handle:
        handle.write(b"LTpkK\0\0\0half a frame")
    assert _problems(_verify(store.root, addresses)) == [Problem.TORN]
    _verify(store.root, addresses, repair=True)
    assert path.stat().st_size == whole


def test_a_missing_file_is_named(stored: tuple[LocalSegments, list[Address]]) -> None:
    store, addresses = stored
    (store.root / addresses[0].segment).unlink()
    report = _verify(store.root, addresses)
    assert _problems(report) == [Problem.MISSING] * 3
    assert not report.is_sound


def test_a_segment_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    store = LocalSegments(tmp_path)
    writer = store.writer(segment_size=1024 * 1024)
    writer.append(_payloads("chưa có bản ghi"))
    assert _problems(_verify(tmp_path, [], repair=True)) == [Problem.BUSY]


def test_an_object_is_kept_only_when_asked(tmp_path: Path) -> None:
    store = LocalSegments(tmp_path)
    with store.new_object() as dropped:
        dropped.write(b"x")
    with store.new_object() as kept:
        kept.write("gói ".encode())
        kept.write("lớn".encode())
        address = kept.finish(hashlib.sha256("gói lớn".encode()).digest())
        kept.keep()
    assert [path.name for path in tmp_path.rglob("*.pkg")] == [Path(address.segment).name]


def test_an_object_without_a_row_is_reclaimed(tmp_path: Path) -> None:
    store = LocalSegments(tmp_path)
    with store.new_object() as writer:
        writer.write(b"x")
        writer.keep()
    assert _problems(_verify(tmp_path, [], repair=True)) == [Problem.ORPHAN]
    assert list(tmp_path.rglob("*.pkg")) == []
