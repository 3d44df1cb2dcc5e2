"""Files that the ``edxml`` commands make: names taken from packages, and writing that is all or nothing."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from edxml102.errors import EdxmlError
from edxml102.model import Attachment
from edxml102.reader import decode_attachment
from edxml102.ziprule import is_unpacked, unwrap

_LONGEST, _LONGEST_SUFFIX = 180, 40  # bytes; file systems take 255, and a number may be added
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def safe_name(name: str, *, default: str) -> str:
    """Turn a name from a package into one that is a plain file name on any system."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _FORBIDDEN.sub("_", last).strip(" .")
    if not plain:
        return default
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    suffix = Path(plain).suffix.encode()[:_LONGEST_SUFFIX].decode(errors="ignore")
    return Path(plain).stem.encode()[:_LONGEST].decode(errors="ignore") + suffix


def unused_name(name: str, taken: set[str]) -> str:
    """Number a name that another attachment of the package has, case aside, and take it."""
    stem, suffix = Path(name).stem, Path(name).suffix
    n, unused = 1, name
    while unused.casefold() in taken:
        n += 1
        unused = f"{stem} ({n}){suffix}"
    taken.add(unused.casefold())
    return unused


@dataclass
class Scratch:
    """A file that is written first and named at the end."""

    path: Path
    file: BinaryIO

    def become(self, target: Path) -> None:
        """Take the place of ``target`` in one step, with all bytes on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.path.replace(target)


@contextmanager
def scratch(folder: Path) -> Iterator[Scratch]:
    """Open a new file in ``folder``; it vanishes unless it became another one."""
    path = folder / f".{uuid.uuid4().hex}.tmp"
    try:
        with path.open("x+b") as file:
            yield Scratch(path, file)
    finally:
        path.unlink(missing_ok=True)


def name_of(attachment: Attachment, entry: str | None, *, raw: bool, default: str) -> str:
    """Name the file: the person's name for it, with the extension of what it really is."""
    name = safe_name(attachment.attachment_name, default=default)
    if raw and is_unpacked(attachment.content_type, attachment.attachment_name):
        return f"{name}.zip"
    suffix = Path(safe_name(entry, default="")).suffix if entry else ""
    return name if name.lower().endswith(suffix.lower()) else Path(name).stem + suffix


def extract(package: BinaryIO, attachment: Attachment, target: BinaryIO, *, raw: bool) -> str | None:
    """Decode an attachment into ``target`` and undo the zip rule; answers with the entry's name if it was undone.

    Raises ``EdxmlError`` when the archive must not or cannot be unpacked.
    """
    if attachment.view is None:
        raise EdxmlError("Tệp đính kèm không có nội dung.")
    pieces = decode_attachment(package, attachment.view)
    if raw or not is_unpacked(attachment.content_type, attachment.attachment_name):
        target.writelines(pieces)
        return None
    with tempfile.TemporaryFile() as packed:
        packed.writelines(pieces)
        return unwrap(packed, target).entry
