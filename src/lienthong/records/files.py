"""The files of an incoming document, as views into the stored package: never copied, never held whole (design 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from edxml102.zipcheck import ZipListing, ZipProbe
from lienthong.exchange.contents import AttachmentContent, PackageContent, attachment_view
from lienthong.exchange.deliveries import StoredPackage
from lienthong.exchange.models import Package
from lienthong.exchange.segments import Address
from lienthong.records.models import IncomingDocument
from lienthong.records.refusals import Reason, RecordsRefusal


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One attachment, by its place in the package (from 0)."""

    place: int
    name: str
    content_type: str
    content: AttachmentContent

    @property
    def size(self) -> int:
        return self.content.size

    @property
    def sha256(self) -> bytes:
        return self.content.sha256

    @property
    def extension(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def is_pdf(self) -> bool:
        return self.extension == ".pdf" or self.content_type == "application/pdf"

    @property
    def is_zip(self) -> bool:
        return self.extension == ".zip"

    def pieces(self) -> Iterator[bytes]:
        """All of it.

        :raises lienthong.exchange.refusals.Refusal: PACKAGE_DAMAGED
        """
        return self.content.pieces(0, self.size)


def files_of(incoming: IncomingDocument) -> list[StoredFile]:
    """The files that can be given out; none of a document that is cancelled or on paper."""
    if incoming.package is None or not incoming.is_readable:
        return []
    return stored_files(incoming.package)


def stored_files(package: Package) -> list[StoredFile]:
    """The files of a package, for whoever has already asked whether it may be read."""
    stored = stored_package(package)
    found = []
    for place, described in enumerate(package.attachments):
        view = attachment_view(described)
        if view is not None:
            content = AttachmentContent(stored, view)
            found.append(StoredFile(place, _name(described, place), described.get("content_type", ""), content))
    return found


def file_of(incoming: IncomingDocument, place: int) -> StoredFile:
    """One file.

    :raises RecordsRefusal: CANCELLED, NOT_FOUND
    """
    if incoming.package_id is not None and not incoming.is_readable:
        raise RecordsRefusal(Reason.CANCELLED)
    for file in files_of(incoming):
        if file.place == place:
            return file
    raise RecordsRefusal(Reason.NOT_FOUND)


def package_of(incoming: IncomingDocument) -> PackageContent:
    """The package exactly as received.

    :raises RecordsRefusal: CANCELLED, NOT_FOUND
    """
    if incoming.package is None:
        raise RecordsRefusal(Reason.NOT_FOUND)
    if not incoming.is_readable:
        raise RecordsRefusal(Reason.CANCELLED)
    return PackageContent(stored_package(incoming.package))


def list_zip(file: StoredFile) -> ZipListing:
    """What an archive says it holds; nothing is unpacked."""
    probe = ZipProbe()
    for piece in file.pieces():
        probe.push(piece)
    return probe.listing()


def stored_package(package: Package) -> StoredPackage:
    """Where a package lies."""
    return StoredPackage(Address(package.segment, package.offset, package.length, bytes(package.sha256)))


def _name(described: dict[str, Any], place: int) -> str:
    return described.get("name") or f"tep-{place + 1}"
