"""The desk: the one system through which agencies without software of their own send and report.

What it sends goes through the same door as everybody's, under the same rules (``exchange.intake``); only no network
lies between.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from django.db import connection

from edxml102.model import DocumentPackage, Organ, Package, PackageKind, ResponseFor, StaffInfo, StatusPackage
from edxml102.reader import PackageReader
from edxml102.writer import write_package
from lienthong.common import clock
from lienthong.common.sql import release_connection
from lienthong.exchange.connectors import Delivered, NotDelivered, Outgoing
from lienthong.exchange.intake import accept_package
from lienthong.exchange.refusals import Reason as AxisReason
from lienthong.exchange.refusals import Refusal
from lienthong.exchange.submissions import Receipt, Sending
from lienthong.records.arrivals import take_in_document, take_in_report
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.registry import directory
from lienthong.registry.models import System, SystemKind
from lienthong.registry.resolution import SystemAccess

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an agency tells the issuer of a document (or, for a take-back, what the issuer tells a recipient).

    ``from_code`` reports to ``to_code`` about the document ``document_id``, ``number_notation``, signed on
    ``promulgation_date``; ``code`` is a member's of ``edxml102.codes.StatusCode``. ``staff`` did it, at ``at``.
    """

    from_code: str
    from_name: str
    to_code: str
    document_id: str
    number_notation: str
    promulgation_date: date | None
    code: str
    at: datetime
    description: str = ""
    staff: str = ""
    department: str = ""


def desk_access(agency_id: int) -> SystemAccess:
    """The desk that serves the agency today.

    :raises RecordsRefusal: NO_DESK, DESK_LOCKED
    """
    today = clock.today()
    for system_id in System.objects.filter(kind=SystemKind.DESK).order_by("id").values_list("system_id", flat=True):
        access = directory.find_system(system_id)
        if access and directory.serves(access.pk, agency_id, today, revision=access.revision):
            if access.is_locked:
                raise RecordsRefusal(Reason.DESK_LOCKED)
            return access
    raise RecordsRefusal(Reason.NO_DESK)


def send_package(*, agency_id: int, body: BinaryIO, remote: str, only: PackageKind | None = None) -> Receipt:
    """Hand a built package to the axis, from where ``body`` stands to its end. Never inside a transaction: it waits for
    the committer. Sending the same again is safe and answers the first receipt.

    :param remote: network address of the person who sends, ``""`` for a worker
    :raises RecordsRefusal: NO_DESK, DESK_LOCKED
    :raises lienthong.exchange.refusals.Refusal: the axis did not take it
    """
    if connection.in_atomic_block:
        raise RuntimeError("a package is sent only after its act is committed")
    sending = Sending(sender=desk_access(agency_id), remote=remote, only=only)
    return accept_package(body, sending=sending, length=_rest_of(body))


def report_status(*, agency_id: int, report: Report, remote: str = "") -> Receipt:
    """Build a status package and hand it to the axis; the same conditions as ``send_package``.

    :raises edxml102.errors.EdxmlError: the report breaks a rule of the standard
    """
    body = io.BytesIO()
    write_package(_package(report), body, today=clock.today())
    body.seek(0)
    return send_package(agency_id=agency_id, body=body, remote=remote, only=PackageKind.STATUS)


def _package(report: Report) -> StatusPackage:
    signed = report.promulgation_date
    return StatusPackage(
        from_=Organ(organ_id=report.from_code, organ_name=report.from_name),
        response_for=ResponseFor(
            organ_id=report.to_code,
            code=report.number_notation,
            promulgation_date=f"{signed:%Y/%m/%d}" if signed else "",
            document_id=report.document_id,
        ),
        staff_info=StaffInfo(department=report.department, staff=report.staff) if report.staff else None,
        status_code=report.code,
        description=report.description,
        timestamp=f"{clock.in_vietnam(report.at):%Y/%m/%d %H:%M:%S}",
    )


def _rest_of(body: BinaryIO) -> int:
    begin = body.tell()
    length = body.seek(0, io.SEEK_END) - begin
    body.seek(begin)
    return length


class DeskConnector:
    """Carries packages to the desk: they become documents and notices of its agencies."""

    def deliver(self, outgoing: Outgoing, *, timeout: float) -> Delivered | NotDelivered:
        """``timeout`` is of no use here: no network, and the whole package is read at the disk's speed."""
        try:
            package = _read(outgoing)
        except Refusal as error:
            return NotDelivered(permanent=True, cause=error.reason.code, detail=error.reason.sentence)
        if isinstance(package, DocumentPackage):
            take_in_document(UUID(outgoing.delivery_id), package)
        else:
            take_in_report(UUID(outgoing.package_id), package)
        release_connection()
        return Delivered()


def _read(outgoing: Outgoing) -> Package:
    reader = PackageReader()
    for chunk in outgoing.package.chunks(_CHUNK):
        reader.feed(chunk)
    found = reader.close().package
    if found is None:
        raise Refusal(AxisReason.PACKAGE_DAMAGED)
    return found
