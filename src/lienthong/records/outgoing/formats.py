"""What kinds of file a document may carry, told by name and by content (specification 3.5). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

HEAD = 1024
"""How many bytes ``mismatch`` needs of a file's beginning."""

_Magic = Callable[[bytes], bool]


def _starts(*marks: bytes) -> _Magic:
    return lambda head: head.startswith(marks)


_ZIP, _OLE = _starts(b"PK\x03\x04", b"PK\x05\x06"), _starts(b"\xd0\xcf\x11\xe0")
_TEXT: _Magic = lambda head: b"\x00" not in head  # noqa: E731 - a row of the table below
FORMATS: dict[str, _Magic] = {
    "pdf": lambda head: b"%PDF-" in head,
    "doc": _OLE, "xls": _OLE, "ppt": _OLE,
    "docx": _ZIP, "xlsx": _ZIP, "pptx": _ZIP, "odt": _ZIP, "ods": _ZIP, "zip": _ZIP,
    "jpg": _starts(b"\xff\xd8\xff"), "jpeg": _starts(b"\xff\xd8\xff"), "png": _starts(b"\x89PNG"),
    "tif": _starts(b"II*\x00", b"MM\x00*"), "tiff": _starts(b"II*\x00", b"MM\x00*"),
    "rar": _starts(b"Rar!"), "7z": _starts(b"7z\xbc\xaf\x27\x1c"),
    "txt": _TEXT, "rtf": _starts(b"{\\rtf"), "xml": _TEXT,
}  # fmt: skip
MAX_NAME = 200
_UNSAFE = re.compile(r"[/\\:*?\"<>|\x00-\x1f\x7f]")


def extension_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def clean_name(name: str) -> str:
    """The name a file gets in the package: no path, nothing a file system or a header would trip over."""
    flat = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    safe = "".join(letter for letter in _UNSAFE.sub("_", flat) if letter.isprintable()).strip().rstrip(" .")
    stem, dot, extension = safe.rpartition(".")
    room = MAX_NAME - len(dot) - len(extension)
    return f"{(stem or 'tep')[:room]}{dot}{extension}" if dot else (safe or "tep")[:MAX_NAME]


def is_allowed(name: str) -> bool:
    return extension_of(name) in FORMATS


def mismatch(name: str, head: bytes) -> bool:
    """Whether a file's content is not what its name says."""
    known = FORMATS.get(extension_of(name))
    return known is None or not known(head)
