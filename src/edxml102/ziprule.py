"""The zip rule of the national SDK's library: what is sent as it is, and what travels inside a zip (section 3.2.3).

Six kinds of file go as they are; any other is packed into an archive of one flat entry. Receivers unpack whatever is
called ``application/zip`` and whose name does not end in ``.zip``.
"""

from __future__ import annotations

import re
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from edxml102.errors import EdxmlError, Finding, Severity
from edxml102.limits import KIB, MIB, Limits
from edxml102.zipcheck import ZIP_TYPE, is_unpacked

__all__ = ["Unwrapped", "Wrapped", "content_type_of", "entry_stem", "is_unpacked", "unwrap", "wrap"]

PLAIN_EXTENSIONS = ("pdf", "doc", "docx", "xsl", "xslx", "zip")  # spelled as the library does: xls and xlsx are zipped

_CHUNK = 256 * KIB
_SPOOLED = MIB  # an archive up to this size is kept in memory
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same file gives the same archive, so a resent package is recognised
_EXTENSION = re.compile(r"[0-9A-Za-z]{1,16}")
_UNSAFE = re.compile(r"[/\\\x00-\x1f]|^\.{0,2}$|^[A-Za-z]:")
_NAMESPACE = uuid.UUID("6f0c7d1e-5b1c-5c4a-9d0e-102102102102")
_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """What to put into a package: ContentType and bytes of the attachment.

    ``content`` is ``source`` itself, or a new stream that the caller closes when ``entry`` is set.
    """

    content_type: str
    content: BinaryIO | Path
    entry: str | None = None  # name inside the archive; ``None``: sent as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwrapped:
    """The one entry of an archive: its name, safe as a file name, and its size in bytes."""

    entry: str
    size: int


def entry_stem(document_id: str, content_id: str) -> str:
    """Name an entry so that no two attachments share it, and a package built again is the same to the byte."""
    return str(uuid.uuid5(_NAMESPACE, f"{document_id}\n{content_id}"))


def wrap(source: Path | BinaryIO, name: str, *, stem: str) -> Wrapped:
    """Apply the rule to a file called ``name``; an entry becomes ``<stem>.<extension>``.

    Entry names must be unique in a package (section 8): use ``entry_stem``. A stream is read to its end, a path may be
    any size. Raises ``OSError`` when the file cannot be read; files over 2 GiB are not
    packed (``RuntimeError``): few unpackers can read such archives.
    """
    extension = name.rpartition(".")[2] if "." in name else ""
    if _goes_as_it_is(extension):
        return Wrapped(content_type=content_type_of(name), content=source)
    suffix = extension.lower() if _EXTENSION.fullmatch(extension) else "unk"
    entry = f"{stem}.{suffix}"
    return Wrapped(content_type=ZIP_TYPE, content=_zipped(source, entry), entry=entry)


def content_type_of(name: str) -> str:
    """The ContentType that ``wrap`` will give a file called ``name``, before its bytes are there."""
    extension = name.rpartition(".")[2] if "." in name else ""
    return f"application/{extension.lower()}" if _goes_as_it_is(extension) else ZIP_TYPE


def unwrap(source: BinaryIO, target: BinaryIO, *, limits: Limits = _DEFAULT_LIMITS) -> Unwrapped:
    """Unpack the one flat entry of the archive in ``source`` (seekable) into ``target``, in constant memory.

    Raises ``EdxmlError`` with a finding when the archive is not one a receiver could unpack safely, or when it unpacks
    to more than ``limits`` allow, whatever it declares; ``target`` then holds an incomplete file.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entry = _only_entry(archive)
            with archive.open(entry) as stream:
                return Unwrapped(entry=entry.filename, size=_copy(stream, target, entry.compress_size, limits))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError) as error:
        raise _refusal("zip.broken", "Tệp zip bị hỏng hoặc không đúng dạng. Hãy nén lại rồi gửi lại.") from error


def _goes_as_it_is(extension: str) -> bool:
    # Receivers unpack "X.ZIP" but not "x.zip": only the second would arrive as it was.
    plain = extension.lower()
    return plain in PLAIN_EXTENSIONS and (plain != "zip" or extension == "zip")


def _zipped(source: Path | BinaryIO, entry: str) -> BinaryIO:
    target = cast(BinaryIO, SpooledTemporaryFile(max_size=_SPOOLED))  # noqa: SIM115 - the caller closes it
    try:
        _pack(source, entry, target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def _pack(source: Path | BinaryIO, entry: str, target: BinaryIO) -> None:
    info = zipfile.ZipInfo(entry, _EPOCH)
    # Never "stored": the receivers' unpacker refuses stored entries whose sizes come after them.
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w") as archive, archive.open(info, "w") as packed, _opened(source) as stream:
        shutil.copyfileobj(stream, packed, _CHUNK)


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        yield source


def _only_entry(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = archive.infolist()
    if not entries:
        raise _refusal("zip.empty", "Tệp zip không chứa tệp nào.")
    if len(entries) > 1:
        raise _refusal("zip.many_entries", f"Tệp zip chứa {len(entries)} tệp, chỉ được một. Hãy gửi từng tệp riêng.")
    entry = entries[0]
    # ``filename`` is cut at a zero byte and has this machine's separators; the name as written is judged.
    if _UNSAFE.search(entry.orig_filename):
        raise _refusal(
            "zip.path", f"Mục {entry.orig_filename[:60]!r} trong tệp zip mang đường dẫn nên không được giải nén."
        )
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refusal("zip.method", "Tệp zip có mật khẩu hoặc kiểu nén lạ, không giải nén được.")
    return entry


def _copy(stream: IO[bytes], target: BinaryIO, packed: int, limits: Limits) -> int:
    size = 0
    while data := stream.read(_CHUNK):
        size += len(data)
        if size > limits.zip_bytes:
            raise _refusal("zip.too_big", f"Tệp zip bung ra lớn quá {limits.zip_bytes:,} byte.")
        if size > limits.zip_ratio_from and size > limits.zip_ratio * packed:
            raise _refusal("zip.ratio", f"Tệp zip có tỉ lệ nén quá {limits.zip_ratio} lần, giống bom nén.")
        target.write(data)
    return size


def _refusal(finding: str, message: str) -> EdxmlError:
    return EdxmlError(message, (Finding(finding, Severity.ERROR, "ContentTransferEncoded", message),))
