"""What a zip attachment says it holds, read from its two ends while it streams by (section 8 of the protocol).

Receivers unpack ``application/zip`` attachments without looking. The directory at the end of the archive and the first
local header tell what they would write, so nothing is unpacked or spooled here and memory stays constant. Sizes are the
ones the archive declares.
"""

from __future__ import annotations

import re
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from edxml102._diagnosis import shown
from edxml102.errors import Finding, Severity
from edxml102.limits import Limits

MAGIC = b"PK\x03\x04"
EMPTY_MAGIC = b"PK\x05\x06"
ZIP_TYPE = "application/zip"

_HEAD = 4096  # holds the first local header and its name
_TAIL = 128 * 1024  # holds the end record, its longest comment, and the directory of some hundred entries
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_CENTRAL_MAGIC = b"PK\x01\x02"
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_ZIP64_COUNT, _ZIP64_SIZE = 0xFFFF, 0xFFFFFFFF
_UNSAFE = re.compile(r"[/\\\x00-\x1f]|^\.{0,2}$|^[A-Za-z]:")
_ESCAPES = re.compile(r"\\|[\x00-\x1f]|^/|^[A-Za-z]:|(^|/)\.\.(/|$)")


class ZipShape(Enum):
    """Whether the two ends of the data make an archive."""

    NOT_ZIP = "not_zip"
    BROKEN = "broken"
    READABLE = "readable"


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One line of the directory; sizes in bytes, as declared."""

    name: str
    packed: int
    unpacked: int
    unpackable: bool  # stored or deflated, without a password: what receivers can unpack


@dataclass(frozen=True, slots=True)
class ZipListing:
    """What was learnt. ``count`` is declared by the archive; ``entries`` may be fewer when the directory is long."""

    shape: ZipShape
    count: int = 0
    entries: tuple[ZipEntry, ...] = ()


class ZipProbe:
    """Keeps the first and last bytes of an attachment while it is decoded."""

    __slots__ = ("_head", "_size", "_tail", "_tail_size")

    def __init__(self) -> None:
        self._head = b""
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._size = 0

    def push(self, data: bytes) -> None:
        if len(self._head) < _HEAD:
            self._head += data[: _HEAD - len(self._head)]
        self._size += len(data)
        self._tail.append(data)
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0]) >= _TAIL:
            self._tail_size -= len(self._tail.popleft())
        if len(self._tail) > 1024:  # tiny pieces: their overhead would outgrow the data
            self._tail = deque([b"".join(self._tail)])

    def listing(self) -> ZipListing:
        if self._head[:4] not in (MAGIC, EMPTY_MAGIC):
            return ZipListing(ZipShape.NOT_ZIP)
        try:
            return _listing(self._head, b"".join(self._tail)[-_TAIL:], self._size)
        except _BrokenError:
            return ZipListing(ZipShape.BROKEN)


class _BrokenError(Exception):
    """The parts of the archive contradict each other."""


def _listing(head: bytes, tail: bytes, size: int) -> ZipListing:
    position, count, length, start = _end_record(tail)
    tail_start = size - len(tail)
    # Bytes between the parts could hide an archive that another unpacker sees.
    if start + length != tail_start + position:
        raise _BrokenError
    if not count:
        return ZipListing(ZipShape.READABLE)
    if start < tail_start:
        return ZipListing(ZipShape.READABLE, count)
    entries = _directory(tail[start - tail_start : position], count)
    first = next((raw for offset, raw, _ in entries if offset == 0), None)
    if first is None or first != _first_name(head):
        raise _BrokenError
    return ZipListing(ZipShape.READABLE, count, tuple(entry for _, _, entry in entries))


def _end_record(tail: bytes) -> tuple[int, int, int, int]:
    """Find the end record: its position in ``tail``, number of entries, length and start of the directory."""
    position = tail.rfind(EMPTY_MAGIC)
    while position >= 0:
        if position + _END.size <= len(tail):
            _, disk, _, here, count, length, start, comment = _END.unpack_from(tail, position)
            if position + _END.size + comment == len(tail):
                if disk or here != count or count == _ZIP64_COUNT or _ZIP64_SIZE in (length, start):
                    raise _BrokenError
                return position, count, length, start
        position = tail.rfind(EMPTY_MAGIC, 0, position)
    raise _BrokenError


def _directory(data: bytes, count: int) -> list[tuple[int, bytes, ZipEntry]]:
    entries, at = [], 0
    while at < len(data):
        if at + _CENTRAL.size > len(data):
            raise _BrokenError
        fields = _CENTRAL.unpack_from(data, at)
        magic, flags, method, packed, unpacked = fields[0], fields[3], fields[4], fields[8], fields[9]
        name_length, extra, comment, offset = fields[10], fields[11], fields[12], fields[16]
        raw = data[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        at += _CENTRAL.size + name_length + extra + comment
        if magic != _CENTRAL_MAGIC or at > len(data):
            raise _BrokenError
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        entries.append((offset, raw, ZipEntry(name, packed, unpacked, _unpackable(flags, method))))
    if len(entries) != count:
        raise _BrokenError
    return entries


def _unpackable(flags: int, method: int) -> bool:
    # Java's ZipInputStream, which receivers use, refuses a stored entry whose sizes follow it.
    return not flags & _ENCRYPTED and (method == _DEFLATED or (method == _STORED and not flags & _SIZES_FOLLOW))


def _first_name(head: bytes) -> bytes:
    if len(head) < _LOCAL.size or head[:4] != MAGIC:
        raise _BrokenError
    length = _LOCAL.unpack_from(head)[9]
    return head[_LOCAL.size : _LOCAL.size + length]


def is_unpacked(content_type: str, name: str) -> bool:
    """Tell whether receivers unpack the attachment (section 7: the test of the name minds case)."""
    return is_zip_type(content_type) and not name.endswith(".zip")


def is_zip_type(content_type: str) -> bool:
    """Tell whether receivers take the type for zip; a missing one counts (section 7)."""
    return content_type.strip().lower() in ("", ZIP_TYPE)


def zip_findings(name: str, content_type: str, listing: ZipListing, *, limits: Limits, path: str) -> list[Finding]:
    """Say what would hurt a receiver in one attachment whose type is zip (section 8)."""
    if listing.shape is ZipShape.NOT_ZIP:
        kind = f"kiểu {ZIP_TYPE}" if content_type else "không ghi ContentType (bên nhận hiểu là zip)"
        return [_error("attachment.not_zip", path, f"Tệp “{shown(name)}” {kind} nhưng nội dung không phải là zip.")]
    if listing.shape is ZipShape.BROKEN:
        message = f"Tệp zip “{shown(name)}” bị cụt hoặc các phần không khớp nhau; cần nén lại rồi gửi lại."
        return [_error("zip.broken", path, message)]
    if not listing.count:
        message = f"Tệp zip “{shown(name)}” không chứa tệp nào."
        return [Finding("zip.empty", Severity.WARNING, path, message)]
    unpacked = is_unpacked(content_type, name)
    findings = [*_entry_findings(name, listing.entries, unpacked, path)]
    if unpacked and listing.count > 1:
        message = (
            f"Tệp “{shown(name)}” là zip có {listing.count} tệp bên trong; bên nhận chỉ lấy tệp đầu tiên. "
            "Hãy gửi từng tệp riêng, hoặc đặt tên có đuôi “.zip”."
        )
        findings.append(_error("zip.many_entries", path, message))
    return findings + _size_findings(name, listing, limits, path)


def _entry_findings(name: str, entries: Sequence[ZipEntry], unpacked: bool, path: str) -> Iterator[Finding]:
    """Report the first bad entry of each kind. Folders are harmless in an archive that receivers leave packed."""
    pattern = _UNSAFE if unpacked else _ESCAPES
    if unsafe := next((entry for entry in entries if pattern.search(entry.name)), None):
        message = (
            f"Tệp zip “{shown(name)}” có mục “{shown(unsafe.name)}” mang đường dẫn; "
            "khi giải nén, mục này có thể ghi ra ngoài thư mục của bên nhận."
        )
        yield _error("zip.path", path, message)
    locked = next((entry for entry in entries if not entry.unpackable), None)
    if unpacked and locked:
        message = (
            f"Mục “{shown(locked.name)}” trong tệp zip “{shown(name)}” có mật khẩu hoặc kiểu nén lạ; "
            "bên nhận không giải nén được."
        )
        yield _error("zip.method", path, message)


def _size_findings(name: str, listing: ZipListing, limits: Limits, path: str) -> list[Finding]:
    packed = sum(entry.packed for entry in listing.entries)
    unpacked = sum(entry.unpacked for entry in listing.entries)
    if unpacked > limits.zip_bytes:
        message = (
            f"Tệp zip “{shown(name)}” khai dung lượng giải nén {unpacked:,} byte, quá mức {limits.zip_bytes:,} byte."
        )
        return [_error("zip.too_big", path, message)]
    if unpacked > limits.zip_ratio_from and unpacked > limits.zip_ratio * packed:
        message = f"Tệp zip “{shown(name)}” có tỉ lệ nén quá {limits.zip_ratio} lần, giống bom nén."
        return [_error("zip.ratio", path, message)]
    return []


def same_entry_findings(entries: Iterable[tuple[str, str]], *, path: str) -> list[Finding]:
    """Report entries (attachment name, entry name) that would overwrite each other at the receiver (section 7).

    Case does not tell names apart on every receiver's disk.
    """
    owners: dict[str, str] = {}
    findings = []
    for name, entry in entries:
        owner = owners.get(entry.casefold())
        owners[entry.casefold()] = name
        if owner is not None:
            message = (
                f"Hai tệp “{shown(owner)}” và “{shown(name)}” cùng chứa mục “{shown(entry)}”; "
                "bên nhận sẽ ghi đè tệp này lên tệp kia."
            )
            findings.append(_error("zip.same_entry", path, message))
    return findings


def _error(id_: str, path: str, message: str) -> Finding:
    return Finding(id_, Severity.ERROR, path, message)
