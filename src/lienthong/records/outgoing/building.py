"""An outgoing document as a package: read from its rows, written to a temporary file. Building it again gives the same
document, so that sending again is safe (``exchange.fingerprint``)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import BinaryIO, cast

from django.conf import settings

from edxml102 import rules
from edxml102.codes import BusinessType
from edxml102.model import Bussiness, BussinessDocumentInfo, DocumentPackage, ReplacementInfo
from edxml102.writer import Content, write_package
from edxml102.ziprule import entry_stem, wrap
from lienthong.common import clock
from lienthong.records.outgoing.composing import (
    Addressee,
    Answered,
    Envelope,
    FileEntry,
    Sender,
    compose,
    document_id_of,
    split_findings,
    staff_of,
)
from lienthong.records.outgoing.errors import Fault
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingFile
from lienthong.records.outgoing.notation import notation_of, number_text
from lienthong.records.outgoing.services import file_store
from lienthong.records.outgoing.services.files import main_file
from lienthong.registry.models import AgencyContact, AgencyIdentifier, AgencyName, Scheme

_BASE64 = 4 / 3
_ENVELOPE = 16 * 1024  # bytes of a package besides its files, roughly


def sender_of(agency_id: int) -> tuple[Sender, str]:
    """The agency as packages name it today, and its abbreviation."""
    today = clock.today()
    order = {scheme: place for place, scheme in enumerate(Scheme.values)}
    codes = AgencyIdentifier.objects.filter(agency=agency_id, valid_from__lte=today).exclude(valid_to__lte=today)
    code = min(codes, key=lambda row: (order[row.scheme], row.pk), default=None)
    name = AgencyName.objects.filter(agency=agency_id, valid_from__lte=today).order_by("-valid_from").first()
    contact = AgencyContact.objects.filter(agency=agency_id).first()
    sender = Sender(
        code=code.code if code else "",
        name=name.name if name else "",
        address=contact.address if contact else "",
        email=contact.mail if contact else "",
        phone=contact.phone if contact else "",
    )
    return sender, name.abbreviation if name else ""


def notation_for(document: OutgoingDocument, abbreviation: str) -> str:
    """The notation that numbering the document now would give it."""
    year = (document.issued_on or clock.today()).year
    return notation_of(document.type_code, agency=abbreviation, unit=document.unit, year=year)


def ordered_files(document: OutgoingDocument) -> list[OutgoingFile]:
    """The main file, then the others in their order."""
    files = sorted(document.files.all(), key=lambda file: file.place)
    main = main_file(files)
    return [main, *(file for file in files if file != main)] if main else files


def envelope_of(document: OutgoingDocument, *, number: int | None = None) -> Envelope:
    """What makes the package.

    :param number: stands in for the one it does not have yet
    """
    sender, abbreviation = sender_of(document.agency_id)
    text = document.number_text or (number_text(number) if number else "")
    notation = document.notation or notation_for(document, abbreviation)
    issued_on = document.issued_on or clock.today()
    return Envelope(
        sender=sender,
        metadata=document.metadata,
        number=text,
        notation=notation,
        document_id=document.document_id or document_id_of(sender.code, issued_on, text, notation),
        addressees=[Addressee(one.code, one.name) for one in document.recipients.filter(by_axis=True).order_by("pk")],
        files=[FileEntry(str(place), file.name) for place, file in enumerate(ordered_files(document), 1)],
        answers=_answers(document),
        bussiness=_bussiness(document),
        made_at=clock.now(),
    )


def _answers(document: OutgoingDocument) -> Sequence[Answered]:
    if document.is_order and document.target is not None:
        sender, _ = sender_of(document.agency_id)
        old = document.target
        return [Answered(sender.code, old.code, old.issued_on, old.document_id)]
    return [
        Answered(one["organ_id"], one["code"], _day(one.get("issued_on")), one["document_id"])
        for one in document.answers
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _bussiness(document: OutgoingDocument) -> Bussiness:
    paper = document.recipients.filter(by_axis=True, on_paper=True).exists()
    kind, target = document.business, document.target
    return Bussiness(
        document_type=kind.code,
        reason=document.reason if kind is not BusinessType.NEW else "",
        document_id=target.document_id if target and document.is_order else "",
        document_info=_change() if kind is BusinessType.UPDATE else (),
        staff_info=staff_of(document.metadata),
        paper="1" if paper else "0",
        replacements=_replaced(target) if kind is BusinessType.REPLACE and target else (),
    )


def _change() -> tuple[BussinessDocumentInfo, ...]:
    return (BussinessDocumentInfo(document_info="1", document_receiver="0"),)


def _replaced(target: OutgoingDocument) -> tuple[ReplacementInfo, ...]:
    holders = target.recipients.filter(by_axis=True).order_by("pk").values_list("code", flat=True)
    return (ReplacementInfo(document_id=target.document_id, organ_ids=tuple(holders)),)


def findings_of(package: DocumentPackage) -> tuple[list[Fault], list[Fault]]:
    """What the standard says of the package: errors, remarks."""
    return split_findings(rules.check(package, mode=rules.Mode.EMIT, today=clock.today()))


def size_of(document: OutgoingDocument) -> int:
    """Bytes of the package, roughly: files grow by a third in it."""
    return _ENVELOPE + int(sum(file.size for file in document.files.all()) * _BASE64)


@contextmanager
def built(document: OutgoingDocument) -> Iterator[BinaryIO]:
    """The package in a temporary file of the data folder, at its start.

    :raises EdxmlError: it breaks a rule of the standard
    :raises OSError: a file cannot be read
    """
    envelope, files = envelope_of(document), ordered_files(document)
    package = compose(envelope)
    folder = settings.DATA_DIR / "outgoing"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack, tempfile.TemporaryFile(dir=folder) as raw:
        contents: dict[str, Content] = {}
        for entry, file in zip(envelope.files, files, strict=True):
            contents[entry.content_id] = _content(file, envelope.document_id, entry.content_id, stack)
        out = cast(BinaryIO, raw)
        write_package(package, out, contents, today=clock.today())
        out.seek(0)
        yield out


def _content(file: OutgoingFile, document_id: str, content_id: str, stack: ExitStack) -> Content:
    wrapped = wrap(file_store.path_of(file.pk), file.name, stem=entry_stem(document_id, content_id))
    if wrapped.entry is not None:
        stack.callback(cast(BinaryIO, wrapped.content).close)
    return wrapped.content


__all__ = ["built", "compose", "envelope_of", "findings_of", "notation_for", "ordered_files", "sender_of", "size_of"]
