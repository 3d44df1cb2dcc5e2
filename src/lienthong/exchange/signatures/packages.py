"""A whole package: its own signature, its main file and its annexes, read where they lie and never held in memory."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import BinaryIO, cast

from edxml102.errors import EdxmlError
from edxml102.limits import Limits
from edxml102.model import Attachment, DocumentPackage
from edxml102.reader import decode_attachment
from edxml102.ziprule import is_unpacked, unwrap
from lienthong.common import clock
from lienthong.exchange.guards.pages import first_page_is_stamped
from lienthong.exchange.rule_sets import SignatureRule, rule_set
from lienthong.exchange.signatures.envelope import check_envelope
from lienthong.exchange.signatures.findings import Check
from lienthong.exchange.signatures.pdf import Circumstances, check_pdf, is_pdf
from lienthong.exchange.signatures.reports import PackageReport, Part, PartReport
from lienthong.exchange.signatures.results import Result, of_findings
from lienthong.exchange.signatures.signers import Named
from lienthong.exchange.signatures.trust import TrustStore

_IN_MEMORY = 4 * 1024 * 1024  # larger files are decoded to disk
_LARGEST = 512 * 1024 * 1024  # bytes of one file; nothing that large is a document
_LIMITS = Limits(zip_bytes=_LARGEST)


@cache
def software() -> str:
    """What decided, with versions."""
    return ", ".join(f"{name} {version(name)}" for name in ("lienthong", "pyhanko", "pyhanko-certvalidator", "lxml"))


def named_by(package: DocumentPackage) -> Named:
    """Whom the header names as issuer and signer."""
    header = package.header
    return Named(body=header.from_.organ_name, code=header.from_.organ_id, person=header.signer_info.full_name)


def check_package(
    stream: BinaryIO, package: DocumentPackage, *, store: TrustStore, received_at: datetime, checked_at: datetime
) -> PackageReport:
    """Check everything signed in the ``package`` that was read from ``stream`` (seekable)."""
    rules = rule_set(package.header.promulgation_info.date)
    circumstances = Circumstances(
        named=named_by(package), received_at=received_at, store=store, order=rules.cited(SignatureRule.ORDER)
    )
    return PackageReport(
        parts=(check_envelope(stream, package, circumstances), *_files(stream, package, circumstances)),
        checked_at=checked_at,
        software=software(),
        roots=tuple(sorted(root.sha256.hex() for root in store.roots)),
    )


def check_file(stream: BinaryIO, *, store: TrustStore, received_at: datetime, checked_at: datetime) -> PackageReport:
    """Check a PDF file by itself, as a main file of which nothing else is known."""
    order = rule_set(clock.in_vietnam(received_at).date()).cited(SignatureRule.ORDER)
    circumstances = Circumstances(named=Named(), received_at=received_at, store=store, order=order)
    return PackageReport(
        parts=(check_pdf(stream, circumstances, part=Part.MAIN),),
        checked_at=checked_at,
        software=software(),
        roots=tuple(sorted(root.sha256.hex() for root in store.roots)),
    )


def _files(stream: BinaryIO, package: DocumentPackage, circumstances: Circumstances) -> Iterator[PartReport]:
    main = _main_file(stream, package)
    for index, attachment in enumerate(package.attachments):
        part = Part.MAIN if index == main else Part.ANNEX
        report = _check_attachment(stream, attachment, circumstances, part)
        sha256 = attachment.view.sha256 if attachment.view else b""
        yield replace(report, index=index, name=attachment.attachment_name, sha256=sha256)


def _main_file(stream: BinaryIO, package: DocumentPackage) -> int:
    """The first PDF, or the first file when none is: the content is the signed PDF plus annexes (spec/edxml.md 3.5)."""
    return next((n for n, one in enumerate(package.attachments) if _looks_like_pdf(stream, one)), 0)


def _looks_like_pdf(stream: BinaryIO, attachment: Attachment) -> bool:
    if attachment.view is None:
        return False
    if is_unpacked(attachment.content_type, attachment.attachment_name):
        return attachment.attachment_name.lower().endswith(".pdf")
    return is_pdf(io.BytesIO(next(decode_attachment(stream, attachment.view), b"")))


def _check_attachment(stream: BinaryIO, attachment: Attachment, circumstances: Circumstances, part: Part) -> PartReport:
    if attachment.view is not None and attachment.view.size > _LARGEST:
        found = (Check.TOO_LARGE.found(f"Mức kiểm tra: {_LARGEST:,} byte."),)
        return PartReport(part=part, result=of_findings(found), findings=found)
    try:
        with _decoded(stream, attachment) as file:
            if not is_pdf(file):
                return PartReport(part=part, result=Result.UNSIGNED, findings=(Check.NOT_PDF.found(),))
            report = check_pdf(file, circumstances, part=part)
            if first_page_is_stamped(file, rule_set(clock.in_vietnam(circumstances.received_at).date()).secrecy):
                report = replace(report, findings=(*report.findings, Check.SECRET_STAMP.found()))
            return report
    except EdxmlError as error:
        found = (Check.UNREADABLE.found(str(error)),)
        return PartReport(part=part, result=of_findings(found), findings=found)


@contextmanager
def _decoded(stream: BinaryIO, attachment: Attachment) -> Iterator[BinaryIO]:
    """The file a person sees: decoded, and taken out of the zip that the zip rule put it in."""
    if attachment.view is None:
        raise EdxmlError("Tệp đính kèm không có nội dung.")
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
        file = cast(BinaryIO, spooled)
        file.writelines(decode_attachment(stream, attachment.view))
        file.seek(0)
        if not is_unpacked(attachment.content_type, attachment.attachment_name):
            yield file
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as unpacked:
            entry = cast(BinaryIO, unpacked)
            unwrap(file, entry, limits=_LIMITS)
            entry.seek(0)
            yield entry
