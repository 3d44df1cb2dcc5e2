"""A package built from metadata and files while they arrive, into a temporary file of the data folder.

The envelope stands before the attachments, so the metadata must come first and name every file. The finished package
then goes through the same door as one that a partner built itself.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import pydantic
from django.conf import settings
from ninja.errors import ValidationError

from edxml102.codes import DOCUMENT_TYPES, DocumentGroup
from edxml102.identifiers import make_document_id
from edxml102.model import (
    Attachment,
    Bussiness,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organ,
    OtherInfo,
    PromulgationInfo,
    ResponseFor,
    SignerInfo,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.writer import manifest_of, write_package
from edxml102.ziprule import content_type_of, entry_stem, wrap
from lienthong.common import clock
from lienthong.common.sql import release_connection
from lienthong.common.text import grouped
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.request_body import Body
from lienthong.gateways.rest_api.idempotency import hash_of
from lienthong.gateways.rest_api.multipart_parts import Part, Parts
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.schemas import DocumentIn
from lienthong.registry import directory
from lienthong.registry.resolution import SystemAccess

_METADATA_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Composed:
    """A built package at its start; ``content_hash`` is of what the client sent, which is the same when sent again."""

    file: BinaryIO
    length: int
    content_hash: bytes


@contextmanager
def composed(body: Body, content_type: str, system: SystemAccess) -> Iterator[Composed]:
    """Build the package of a multipart body; its file goes away at the end, whatever happens.

    :raises ApiError: ``MULTIPART_WRONG``
    :raises ValidationError: the metadata is not of the schema
    :raises EdxmlError: the package would not conform
    :raises Refusal: BODY_INCOMPLETE, TOO_LARGE
    """
    parts = Parts(body, content_type)
    metadata, raw = _metadata(parts)
    package = _package(metadata, system)
    release_connection()  # the files come over the network
    folder = settings.DATA_DIR / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file, ExitStack() as open_files:
        contents = {
            attachment.content_id: _NextFile(parts, attachment, metadata.document_id, open_files)
            for attachment in package.attachments
        }
        sink = cast(BinaryIO, _Capped(file))
        written = write_package(package, sink, cast(Mapping[str, BinaryIO], contents), today=clock.today())
        _refuse_more(parts)
        file.seek(0)
        attached = cast(DocumentPackage, written.package).attachments
        hashes = [attachment.view.sha256 for attachment in attached if attachment.view]
        yield Composed(cast(BinaryIO, file), written.size, hash_of(_canonical(raw), *hashes))


def _metadata(parts: Parts) -> tuple[DocumentIn, Any]:
    part = parts.next()
    if part is None or part.form_name != "metadata":
        raise ApiError(Fault.MULTIPART_WRONG, "Phần đầu tiên phải tên là metadata.")
    text = b"".join(iter(lambda: part.read(_METADATA_LIMIT + 1), b""))[: _METADATA_LIMIT + 1]
    if len(text) > _METADATA_LIMIT:
        raise ApiError(Fault.MULTIPART_WRONG, f"Phần metadata lớn hơn {grouped(_METADATA_LIMIT)} byte.")
    try:
        raw = json.loads(text)
        return DocumentIn.model_validate(raw), raw
    except pydantic.ValidationError as error:
        raise ValidationError(_placed(error)) from error
    except (ValueError, RecursionError):
        raise ApiError(Fault.MULTIPART_WRONG, "Phần metadata không phải JSON UTF-8.") from None


def _placed(error: pydantic.ValidationError) -> list[dict[str, Any]]:
    return [
        {"type": one["type"], "loc": ("metadata", *one["loc"]), "msg": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _canonical(raw: Any) -> bytes:
    return json.dumps(raw, sort_keys=True, ensure_ascii=True).encode()


def _refuse_more(parts: Parts) -> None:
    if parts.next() is not None:
        raise ApiError(Fault.MULTIPART_WRONG, "Có nhiều tệp hơn danh sách attachments.")


class _NextFile(io.RawIOBase):
    """The next file of the body, taken when the writer has come to it, and packed as the zip rule says."""

    def __init__(self, parts: Parts, attachment: Attachment, document_id: str, open_files: ExitStack) -> None:
        super().__init__()
        self._parts = parts
        self._attachment = attachment
        self._stem = entry_stem(document_id, attachment.content_id)
        self._open_files = open_files
        self._stream: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._stream is None:
            self._stream = self._take()
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _take(self) -> BinaryIO:
        part: Part | None = self._parts.next()
        if part is None:
            raise ApiError(Fault.MULTIPART_WRONG, f"Thiếu tệp {self._attachment.attachment_name}.")
        wrapped = wrap(cast(BinaryIO, part), self._attachment.attachment_name, stem=self._stem)
        if wrapped.entry is not None:
            self._open_files.callback(cast(BinaryIO, wrapped.content).close)
        return cast(BinaryIO, wrapped.content)


class _Capped:
    """Where the package goes, up to the largest that the axis takes."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = settings.PACKAGE_LIMIT

    def write(self, data: bytes) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise Refusal(Reason.TOO_LARGE, f"Mức cho phép {grouped(settings.PACKAGE_LIMIT)} byte.")
        return int(self._file.write(data))


def _package(metadata: DocumentIn, system: SystemAccess) -> DocumentPackage:
    codes = [metadata.sender, *(recipient.code for recipient in metadata.recipients)]
    found = directory.resolve_many(codes, clock.today(), revision=system.revision)
    given = {recipient.code: recipient.name for recipient in metadata.recipients}
    # An unknown code is the exchange's to refuse, addressee by addressee; until then it stands for its own name.
    organs = {code: Organ(organ_id=code, organ_name=found[code].name or given.get(code) or code) for code in codes}
    attachments = tuple(_attachment(n, one.name, one.description) for n, one in enumerate(metadata.attachments, 1))
    return DocumentPackage(
        header=_header(metadata, organs),
        trace=TraceHeaderList(
            version="1.0",
            traces=(TraceHeader(organ_id=metadata.sender, timestamp=package_time()),),
            bussiness=Bussiness(document_type="0", paper="1" if metadata.paper_follows else "0"),
        ),
        manifest=manifest_of(attachments),
        attachments=attachments,
    )


def _attachment(number: int, name: str, description: str) -> Attachment:
    return Attachment(
        content_id=str(number), attachment_name=name, description=description, content_type=content_type_of(name)
    )


def _header(metadata: DocumentIn, organs: Mapping[str, Organ]) -> MessageHeader:
    signer = metadata.signer
    return MessageHeader(
        from_=organs[metadata.sender],
        to=tuple(organs[code] for code in dict.fromkeys(recipient.code for recipient in metadata.recipients)),
        code=Code(number=metadata.number, notation=metadata.notation),
        promulgation_info=PromulgationInfo(place=metadata.place, promulgation_date=f"{metadata.issued_on:%Y/%m/%d}"),
        document_type=_document_type(metadata.type_name),
        subject=metadata.subject,
        signer_info=SignerInfo(competence=signer.competence, position=signer.position, full_name=signer.full_name),
        due_date=f"{metadata.due_on:%Y/%m/%d}" if metadata.due_on else "",
        other_info=OtherInfo(priority=str(metadata.priority)),
        response_for=tuple(
            ResponseFor(
                organ_id=one.organ_code,
                code=one.number_and_notation,
                promulgation_date=f"{one.issued_on:%Y/%m/%d}",
                document_id=one.document_id,
            )
            for one in metadata.answers
        ),
        steering_type="0",
        document_id=metadata.document_id
        or make_document_id(metadata.sender, metadata.issued_on, metadata.number, metadata.notation),
    )


def _document_type(name: str) -> DocumentType:
    """The codes of a type's name, administrative first; a name that the table does not know is carried as it is."""
    matches = sorted((key for key, known in DOCUMENT_TYPES.items() if known == name), key=lambda key: key[0].code)
    if not matches:
        return DocumentType(type=DocumentGroup.ADMINISTRATIVE.code, type_name=name)
    group, detail = matches[-1]
    return DocumentType(type=group.code, type_detail=str(detail), type_name=name)


def package_time() -> str:
    """Now, as packages write times."""
    return f"{clock.in_vietnam(clock.now()):%Y/%m/%d %H:%M:%S}"
