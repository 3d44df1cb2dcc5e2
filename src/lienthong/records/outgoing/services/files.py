"""Files of a document: they arrive in parts, are checked by content and for signatures, and stand in an order whose
first PDF is the main file."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum

from lienthong.accounts.actors import Actor
from lienthong.common import clock, partial_files
from lienthong.common.sql import release_connection
from lienthong.common.text import grouped
from lienthong.exchange.signatures.pdf import Circumstances, check_pdf
from lienthong.exchange.signatures.reports import Part, PartReport
from lienthong.exchange.signatures.signers import Named
from lienthong.exchange.signatures.trust import TrustStore
from lienthong.records.outgoing import access
from lienthong.records.outgoing.errors import FileRefusedError, UploadOffsetError
from lienthong.records.outgoing.formats import FORMATS, HEAD, clean_name, extension_of, is_allowed, mismatch
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingFile
from lienthong.records.outgoing.services import file_store
from lienthong.records.outgoing.services.drafting import open_for_editing, touch

MOST_FILES = 50
_BASE64_GROWTH = 4 / 3

_log = logging.getLogger(__name__)


@transaction.atomic
def open_upload(*, actor: Actor, document: UUID, name: str, size: int) -> OutgoingFile:
    """Make room for a file of ``size`` bytes at the end of the list.

    :raises FileRefusedError: empty, too large, too many, or of a kind that may not be sent
    :raises NotPossibleError: the document is sent already
    """
    file_store.sweep()
    found = open_for_editing(actor, document, None)
    name = clean_name(name)
    _check_room(found, name, size)
    place = (found.files.aggregate(last=Max("place"))["last"] or 0) + 1
    file = OutgoingFile.objects.create(
        document=found, place=place, name=_unlike_others(found, name), size=size, created_at=clock.now(),
        created_by=actor.signature,
    )  # fmt: skip
    touch(found, actor, [])
    return file


def _check_room(document: OutgoingDocument, name: str, size: int) -> None:
    if not is_allowed(name):
        raise FileRefusedError(f"“{name}”: loại tệp này không gửi được.", f"Dùng một trong: {', '.join(FORMATS)}.")
    if size <= 0:
        raise FileRefusedError(f"“{name}” là tệp rỗng.", "Kiểm tra lại tệp trên máy của bạn.")
    held = document.files.aggregate(total=Sum("size"))["total"] or 0
    if (held + size) * _BASE64_GROWTH > settings.PACKAGE_LIMIT:
        limit = grouped(int(settings.PACKAGE_LIMIT / _BASE64_GROWTH / 1024**2))
        raise FileRefusedError(f"“{name}” làm gói tin vượt {limit} MB.", "Nén nhỏ tệp, hoặc tách thành hai văn bản.")
    if document.files.count() >= MOST_FILES:
        raise FileRefusedError(f"Mỗi văn bản tối đa {MOST_FILES} tệp.", "Gộp các phụ lục lại.")
    if file_store.free_space() < size * 2:
        raise FileRefusedError("Máy chủ sắp hết chỗ chứa tệp.", "Báo đơn vị vận hành trục.")


def _unlike_others(document: OutgoingDocument, name: str) -> str:
    """Two files of one name would look like one to the recipients."""
    taken = {one.casefold() for one in document.files.values_list("name", flat=True)}
    stem, dot, extension = name.rpartition(".")
    tries = (f"{stem} ({number}){dot}{extension}" for number in range(2, MOST_FILES + 2))
    return name if name.casefold() not in taken else next(one for one in tries if one.casefold() not in taken)


def find_file(*, actor: Actor, document: UUID, file: UUID, for_change: bool = False) -> OutgoingFile:
    """A file of a document the actor may read (or change).

    :raises UnknownDocumentError: of the document
    :raises FileRefusedError: the document has no such file
    """
    if for_change:
        with transaction.atomic():
            found = open_for_editing(actor, document, None)
    else:
        found = access.find(actor, document)
    row = found.files.filter(pk=file).first()
    if row is None:
        raise FileRefusedError("Tệp này không còn trong văn bản.", "Tải lại trang để xem danh sách tệp.")
    return row


def offset_of(file: OutgoingFile) -> int:
    """How many bytes have arrived."""
    return file.size if file.is_complete else partial_files.offset_of(file_store.path_of(file.pk))


def append(*, actor: Actor, document: UUID, file: UUID, offset: int, part: partial_files.Part) -> OutgoingFile:
    """Add a part; the last one completes the file, which is then checked.

    :raises UploadOffsetError: the part does not follow what is here
    :raises FileRefusedError: it is another upload's turn, too much came, or the content is not what the name says
    """
    row = find_file(actor=actor, document=document, file=file, for_change=True)
    if row.is_complete:
        return row
    path = file_store.path_of(row.pk)
    try:
        with partial_files.locked(path) as descriptor:
            partial_files.check_part(descriptor, part, offset=offset, length=row.size)
            release_connection()  # the rest comes over the network
            here = partial_files.pour(descriptor, part, length=row.size)
    except partial_files.OffsetError as error:
        raise UploadOffsetError(error.offset) from None
    except partial_files.BusyError:
        raise FileRefusedError(f"“{row.name}” đang được tải lên ở một trang khác.", "Chờ lượt đó xong.") from None
    except partial_files.TooLongError:
        raise FileRefusedError(f"“{row.name}” dài hơn cỡ đã khai.", "Bỏ tệp này rồi tải lại.") from None
    return complete(actor=actor, document=document, file=file) if here == row.size else row


def complete(*, actor: Actor, document: UUID, file: UUID) -> OutgoingFile:
    """Every byte is here: hash them, look whether they are what the name says, and check the signatures.

    :raises FileRefusedError: they are something else; the file is gone
    """
    row = find_file(actor=actor, document=document, file=file, for_change=True)
    path = file_store.path_of(row.pk)
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if mismatch(row.name, head):
        _drop(row)
        raise FileRefusedError(
            f"“{row.name}” không phải tệp {extension_of(row.name).upper()} thật.", "Xuất lại tệp từ phần mềm đã tạo nó."
        )
    row.sha256 = file_store.sha256_of(path)
    _record(row, _checked(row, clock.now()))
    return row


def _drop(row: OutgoingFile) -> None:
    with transaction.atomic():
        file_store.forget([row])


def check_again(*, actor: Actor, document: UUID, file: UUID) -> OutgoingFile:
    """Check the signatures once more: the signer's name was changed, or the trusted roots were."""
    row = find_file(actor=actor, document=document, file=file)
    if row.is_complete and file_store.path_of(row.pk).exists():
        _record(row, _checked(row, clock.now()))
    return row


def _checked(row: OutgoingFile, at: datetime) -> PartReport | None:
    if extension_of(row.name) != "pdf":
        return None
    document = row.document
    named = Named(body=_body_name(document), code="", person=document.signer_name)
    circumstances = Circumstances(named=named, received_at=at, store=TrustStore.of_folder(settings.TRUST_DIR))
    part = Part.MAIN if row == main_file(list(document.files.all())) else Part.ANNEX
    with file_store.path_of(row.pk).open("rb") as stream:
        return check_pdf(stream, circumstances, part=part)


def _body_name(document: OutgoingDocument) -> str:
    found = document.agency.names.filter(valid_to=None).values_list("name", flat=True).first()
    return found or ""


def _record(row: OutgoingFile, report: PartReport | None) -> None:
    row.verdict = report.result.value if report else ""
    row.findings = report.findings_json() if report else []
    row.signatures = [one.as_json() for one in report.signatures] if report else []
    row.checked_at = clock.now() if report else None
    row.save(update_fields=["sha256", "verdict", "findings", "signatures", "checked_at"])


def main_file(files: Sequence[OutgoingFile]) -> OutgoingFile | None:
    """The first PDF: the text itself, all others are annexes (NĐ 30 Phụ lục I)."""
    ordered = sorted(files, key=lambda file: file.place)
    return next((file for file in ordered if extension_of(file.name) == "pdf"), None)


@transaction.atomic
def remove_file(*, actor: Actor, document: UUID, file: UUID) -> OutgoingDocument:
    """Take a file out of the document; taking out what is not there changes nothing."""
    found = open_for_editing(actor, document, None)
    row = found.files.filter(pk=file).first()
    if row is None:
        return found
    file_store.forget([row])
    return touch(found, actor, [])


@transaction.atomic
def order_files(*, actor: Actor, document: UUID, order: Sequence[UUID]) -> OutgoingDocument:
    """Put the files in this order; files that it does not name stay behind the others."""
    found = open_for_editing(actor, document, None)
    wanted = {file: place for place, file in enumerate(order)}
    rows = sorted(found.files.all(), key=lambda row: (wanted.get(row.pk, len(wanted)), row.place))
    for place, row in enumerate(rows, 1):
        row.place = place
    OutgoingFile.objects.bulk_update(rows, ["place"])
    return touch(found, actor, [])
