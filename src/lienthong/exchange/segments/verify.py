"""Re-hash everything that is stored, compare it with the rows, and reclaim what a crash left without rows.

Bytes without a row were never acknowledged. Bytes with a row are never touched, whatever is wrong with them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from lienthong.exchange.segments.address import FRAME_SIZE, KEPT, MAGIC, RECLAIMED, Address, Frame, unpack_frame
from lienthong.exchange.segments.erasing import is_erased, punch_hole

_READ_SIZE = 1024 * 1024


class Problem(Enum):
    """What is wrong with stored bytes. ``reclaimable``: nobody was promised them."""

    ORPHAN = ("orphan", "Gói tin không có bản ghi (máy dừng giữa chừng)", True)
    TORN = ("torn", "Phần ghi dở ở cuối tệp", True)
    DAMAGED = ("damaged", "Nội dung không khớp mã băm", False)
    MISSING = ("missing", "Thiếu dữ liệu của gói tin đã nhận", False)
    ERASED = ("erased", "Đã xóa theo lệnh", False)
    NOT_ERASED = ("not_erased", "Lệnh xóa chưa thực hiện xong", False)
    BUSY = ("busy", "Tệp đang được ghi, chưa kiểm tra phần mồ côi", False)

    def __new__(cls, value: str, label: str = "", reclaimable: bool = False) -> Problem:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", reclaimable: bool = False) -> None:
        self.label = label
        self.reclaimable = reclaimable


@dataclass(frozen=True, slots=True)
class Trouble:
    """One problem: where, how many bytes, and whether ``repair`` gave the space back. ``told``: by whose order."""

    problem: Problem
    segment: str
    offset: int
    length: int
    repaired: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run; ``packages`` and ``bytes`` were re-hashed and are right."""

    segments: int
    packages: int
    bytes: int
    troubles: tuple[Trouble, ...]

    @property
    def is_sound(self) -> bool:
        """Nothing that was acknowledged is damaged or missing."""
        wrong = (Problem.DAMAGED, Problem.MISSING, Problem.NOT_ERASED)
        return not any(trouble.problem in wrong for trouble in self.troubles)


Rows = Callable[[str], Mapping[int, Address]]
"""Answers the addresses that rows speak of in one segment, by offset."""


Erased = Mapping[tuple[str, int], str]
"""By segment and offset: by whose order, and when, the package there was erased."""


def verify(
    root: Path, *, segments_with_rows: set[str], rows: Rows, repair: bool, erased: Erased | None = None
) -> Iterator[Report]:
    """Check segment by segment, one report each; what rows speak of and no file holds is MISSING."""
    for report in _verify(root, segments_with_rows, rows, repair):
        troubles = (one for one in report.troubles if not _is_ordered(one, erased or {}))
        yield replace(report, troubles=tuple(troubles))
    for (segment, offset), told in (erased or {}).items():
        address = rows(segment)[offset]
        problem = Problem.ERASED if is_erased(root, address) else Problem.NOT_ERASED
        yield Report(0, 0, 0, (Trouble(problem, segment, offset, address.length, told=told),))


def _is_ordered(trouble: Trouble, erased: Erased) -> bool:
    """What was erased by order is not damage; it is told apart from it, as is an order that was not carried out."""
    wrong = trouble.problem in (Problem.DAMAGED, Problem.MISSING)
    return wrong and (trouble.segment, trouble.offset) in erased


def _verify(root: Path, segments_with_rows: set[str], rows: Rows, repair: bool) -> Iterator[Report]:
    on_disk = {str(path.relative_to(root)): path for path in sorted(root.glob("*/**/*")) if path.is_file()}
    for name, path in on_disk.items():
        check = _check_object if name.startswith("objects/") else _check_shared
        yield check(name, path, rows, repair)
    for name in sorted(segments_with_rows - on_disk.keys()):
        lost = tuple(Trouble(Problem.MISSING, name, at, address.length) for at, address in rows(name).items())
        yield Report(0, 0, 0, lost)


def _check_object(name: str, path: Path, rows: Rows, repair: bool) -> Report:
    with _claimed(path) as mine:
        address = rows(name).get(0)
        if address is None:
            return _orphan_object(name, path, mine, repair)
        right = path.stat().st_size == address.length and _file_hash(path) == address.sha256
        troubles = () if right else (Trouble(Problem.DAMAGED, name, 0, address.length),)
        return Report(1, int(right), address.length if right else 0, troubles)


def _orphan_object(name: str, path: Path, mine: bool, repair: bool) -> Report:
    size = path.stat().st_size
    if not mine:
        return Report(1, 0, 0, (Trouble(Problem.BUSY, name, 0, size),))
    if repair:
        path.unlink()
    return Report(1, 0, 0, (Trouble(Problem.ORPHAN, name, 0, size, repaired=repair),))


def _file_hash(path: Path) -> bytes:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").digest()


def _check_shared(name: str, path: Path, rows: Rows, repair: bool) -> Report:
    with _claimed(path) as mine:
        # Rows are read after the file's end is known: a row may be newer than the bytes looked at, never older.
        end = path.stat().st_size
        known = dict(rows(name))
        return _Walk(name, path, end, known, repair=repair and mine, mine=mine).run()


@dataclass(slots=True)
class _Walk:
    """One pass over a shared segment, frame by frame; ``known`` shrinks to the rows no frame was found for."""

    name: str
    path: Path
    end: int
    known: dict[int, Address]
    repair: bool
    mine: bool
    packages: int = 0
    bytes: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    def run(self) -> Report:
        with self.path.open("r+b" if self.repair else "rb") as handle:
            at = len(MAGIC)
            while at < self.end:
                handle.seek(at)
                frame = unpack_frame(handle.read(FRAME_SIZE))
                if frame is None or at + FRAME_SIZE + frame.length > self.end:
                    self._torn(handle.fileno(), at)
                    break
                self._look(handle.fileno(), at + FRAME_SIZE, frame)
                at += FRAME_SIZE + frame.length
        self._note_missing()
        return Report(1, self.packages, self.bytes, tuple(self.troubles))

    def _look(self, descriptor: int, offset: int, frame: Frame) -> None:
        address = self.known.pop(offset, None)
        if address is None:
            if frame.flag == KEPT:
                self._orphan(descriptor, offset, frame)
            return
        digest = _range_hash(descriptor, offset, address.length)
        if digest == address.sha256 and frame.length == address.length:
            self.packages += 1
            self.bytes += address.length
        else:
            self._note(Problem.DAMAGED, offset, address.length)

    def _orphan(self, descriptor: int, offset: int, frame: Frame) -> None:
        if not self.mine:
            self._note(Problem.BUSY, offset, frame.length)
            return
        if self.repair:
            os.pwrite(descriptor, Frame(RECLAIMED, frame.length, frame.sha256).pack(), offset - FRAME_SIZE)
            punch_hole(descriptor, offset, frame.length)
        self._note(Problem.ORPHAN, offset, frame.length, repaired=self.repair)

    def _torn(self, descriptor: int, at: int) -> None:
        """A record cut short by a crash. If rows speak of what lies here, it is damage and stays as it is."""
        if any(offset >= at for offset in self.known):
            return
        if not self.mine:
            self._note(Problem.BUSY, at, self.end - at)
            return
        if self.repair:
            os.ftruncate(descriptor, at)
        self._note(Problem.TORN, at, self.end - at, repaired=self.repair)

    def _note_missing(self) -> None:
        for offset, address in self.known.items():
            if offset < self.end:
                self._note(Problem.DAMAGED, offset, address.length)
            elif self.mine:
                self._note(Problem.MISSING, offset, address.length)

    def _note(self, problem: Problem, offset: int, length: int, *, repaired: bool = False) -> None:
        self.troubles.append(Trouble(problem, self.name, offset, length, repaired))


def _range_hash(descriptor: int, offset: int, length: int) -> bytes:
    digest, end = hashlib.sha256(), offset + length
    while offset < end and (piece := os.pread(descriptor, min(_READ_SIZE, end - offset), offset)):
        digest.update(piece)
        offset += len(piece)
    return digest.digest()


@contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    """Tell whether no live process writes the file, and keep writers out while it is looked at."""
    with path.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
