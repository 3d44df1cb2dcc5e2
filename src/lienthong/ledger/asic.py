"""The container of an evidence bundle: ASiC-E (ETSI EN 319 162-1), written in one way only. Pure.

A bundle is a ZIP file whose first entry is ``mimetype``; ``META-INF/ASiCManifest.xml`` holds the SHA-256 of every other
file. All that ZIP leaves open (order, dates, attributes, compression) is fixed here, so a container can be written
again from its contents and compared: no byte of it can change unseen, not even in the ZIP format's own fields.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lienthong.ledger.notes import from_base64, to_base64

MIMETYPE = "application/vnd.etsi.asic-e+zip"
MANIFEST = "META-INF/ASiCManifest.xml"
SIGNATURE = "META-INF/signature.note"
TIMESTAMP = "META-INF/timestamp.tst"

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1024 * 1024
_MOST_FILES = 20_000
_TYPES = {
    ".txt": "text/plain", ".json": "application/json", ".edxml": "application/xml", ".jws": "application/jose",
    ".tlog-proof": "text/plain", ".pem": "application/x-pem-file", ".tsr": "application/timestamp-reply",
}  # fmt: skip
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
)
_REFERENCE = '<asic:SigReference URI="{uri}" MimeType="{type}"/>\n'
_OBJECT = (
    '<asic:DataObjectReference URI="{uri}" MimeType="{type}">'
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
    "<ds:DigestValue>{digest}</ds:DigestValue></asic:DataObjectReference>\n"
)
_TAIL = "</asic:ASiCManifest>\n"
_OBJECT_LINE = re.compile(r'<asic:DataObjectReference URI="([^"<>&]+)".*<ds:DigestValue>([^<]+)</ds:DigestValue>.*')


class ContainerError(Exception):
    """A file is not a container, or cannot be read to its end; ``where`` names the part."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a container; ``chunks`` gives its ``size`` bytes each time it is called."""

    name: str
    size: int
    chunks: Callable[[], Iterable[bytes]]

    @classmethod
    def of(cls, name: str, content: bytes | str) -> Member:
        raw = content.encode() if isinstance(content, str) else content
        return cls(name, len(raw), lambda: [raw])

    def sha256(self) -> bytes:
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.digest()


def write_container(out: BinaryIO, members: Sequence[Member]) -> None:
    """Write ``mimetype`` and then the members in their order."""
    with zipfile.ZipFile(out, "w") as container:
        for member in (Member.of("mimetype", MIMETYPE), *members):
            info = zipfile.ZipInfo(member.name, _EPOCH)
            info.external_attr, info.create_system, info.file_size = 0o644 << 16, 3, member.size
            with container.open(info, "w") as file:
                for chunk in member.chunks():
                    file.write(chunk)


def manifest(members: Iterable[Member], *, reference: str) -> bytes:
    """The manifest of the members; ``reference`` is the file that signs or stamps it."""
    kind = "application/vnd.etsi.timestamp-token" if reference == TIMESTAMP else "text/plain"
    lines = [
        _OBJECT.format(uri=one.name, type=_type(one.name), digest=to_base64(one.sha256()))
        for one in members
        if not one.name.startswith("META-INF/") and one.name != "mimetype"
    ]
    return "".join([_HEAD, _REFERENCE.format(uri=reference, type=kind), *lines, _TAIL]).encode()


def manifest_digests(raw: bytes) -> dict[str, bytes]:
    """The files a manifest names, with their SHA-256.

    :raises ValueError: it is not a manifest as this module writes them
    """
    text = raw.decode()
    found = dict(_OBJECT_LINE.findall(text))
    reference = TIMESTAMP if f'URI="{TIMESTAMP}"' in text else SIGNATURE
    kind = "application/vnd.etsi.timestamp-token" if reference == TIMESTAMP else "text/plain"
    lines = [_OBJECT.format(uri=name, type=_type(name), digest=digest) for name, digest in found.items()]
    if "".join([_HEAD, _REFERENCE.format(uri=reference, type=kind), *lines, _TAIL]) != text:
        raise ValueError("not a manifest")
    return {name: from_base64(digest) for name, digest in found.items()}


def _type(name: str) -> str:
    return _TYPES.get(Path(name).suffix, "application/octet-stream")


class Container:
    """A container being read. Use as a context manager.

    :raises ContainerError: it is not a ZIP file of the kind that this module writes
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
            infos = self._zip.infolist()
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            raise ContainerError(f"không phải tệp ZIP đọc được ({error})") from error
        names = [info.filename for info in infos]
        if len(set(names)) != len(names) or len(names) > _MOST_FILES:
            raise ContainerError("có tệp trùng tên hoặc quá nhiều tệp")
        if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
            raise ContainerError("có tệp bị nén lại hoặc mã hóa")
        self._infos = infos
        self.members = {info.filename: self._member(info) for info in infos}

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _member(self, info: zipfile.ZipInfo) -> Member:
        return Member(info.filename, info.file_size, lambda: self._chunks(info))

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError) as error:
            raise ContainerError(f"không đọc được ({error})", info.filename) from error

    def read(self, name: str, *, limit: int = 64 * 1024 * 1024) -> bytes:
        """A whole file of the container.

        :raises ContainerError: it is missing, damaged or too large
        """
        member = self.members.get(name)
        if member is None or member.size > limit:
            raise ContainerError("thiếu tệp" if member is None else "tệp quá lớn", name)
        return b"".join(member.chunks())

    def first_difference(self) -> tuple[int, str] | None:
        """Where the container differs from one written anew with the same contents: the offset, and the file whose
        part it is in; ``None`` when it does not differ."""
        contents = [member for name, member in self.members.items() if name != "mimetype"]
        with tempfile.TemporaryFile() as anew, self._path.open("rb") as present:
            write_container(anew, contents)
            anew.seek(0)
            at = 0
            while True:
                left, right = anew.read(_CHUNK), present.read(_CHUNK)
                if left != right:
                    at += next((i for i, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]),
                               min(len(left), len(right)))  # fmt: skip
                    return at, self._part_at(at)
                if not left:
                    return None
                at += len(left)

    def _part_at(self, offset: int) -> str:
        directory = self._zip.start_dir
        starts = [(info.header_offset, info.filename) for info in self._infos] + [(directory, "mục lục ZIP")]
        return max((start for start in starts if start[0] <= offset), default=(0, "mimetype"))[1]
