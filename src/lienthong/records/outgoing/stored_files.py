"""Files of an outgoing document once the axis has it: views into the stored package (design 3)."""

from __future__ import annotations

from lienthong.exchange.models import Package
from lienthong.records.files import StoredFile, stored_files
from lienthong.records.outgoing.errors import NotPossibleError
from lienthong.records.outgoing.models import OutgoingDocument


def files_of(document: OutgoingDocument) -> list[StoredFile]:
    """The files as they were sent, main file first; none before that."""
    if document.exchange_id is None:
        return []
    package = Package.objects.filter(pk=document.exchange_id).first()
    return stored_files(package) if package else []


def file_of(document: OutgoingDocument, place: int) -> StoredFile:
    """One file.

    :raises NotPossibleError: there is none
    """
    found = next((file for file in files_of(document) if file.place == place), None)
    if found is None:
        raise NotPossibleError("Không có tệp này trong văn bản.", "Tải lại trang.")
    return found
