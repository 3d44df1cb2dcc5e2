"""Rows of the exchange on days of one's choice, as the hot path leaves them. Everything is invented."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import UUID

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.ids import first_id_at, new_id
from lienthong.common.sql import hot_cursor
from lienthong.exchange.models import Delivery, Document, Package, Recipient, Report
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.registry.models import Agency, System
from tests.factories import make_system

_numbers = count(1)


@dataclass
class Office:
    """An agency with its code and system."""

    agency: Agency
    code: str
    name: str
    system: System


def open_office(agency: Agency, code: str, name: str) -> Office:
    return Office(agency, code, name, make_system(agency).system)


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A time of day in Vietnam."""
    return datetime.combine(day, time(hour, minute), clock.VIETNAM)


@dataclass
class Sent:
    """A document that was sent, and its copies by the code of the recipient."""

    document: Document
    copies: dict[str, Recipient] = field(default_factory=dict)


def send(
    sender: Office,
    *receivers: Office,
    at: datetime,
    business_type: str = "0",
    signed_on: date | None = None,
    unknown: tuple[str, ...] = (),
    delivered: timedelta | None = timedelta(seconds=4),
    priority: int = 0,
) -> Sent:
    """A document with one copy per receiver, delivered ``delivered`` later (``None``: still waiting)."""
    number = str(next(_numbers))
    identifier = UUID(int=first_id_at(at).int + random.Random(int(number)).getrandbits(60))
    document = Document.objects.create(
        id=identifier, system=sender.system, agency=sender.agency, document_id=f"{sender.code},{at:%Y/%m/%d},{number}",
        business_type=business_type, fingerprint=b"", sha256=b"\1" * 32, from_code=sender.code, from_name=sender.name,
        number=number, notation="CV-MAU", promulgation_date=signed_on or clock.in_vietnam(at).date(),
        subject=f"Văn bản mẫu số {number}", type_name="Công văn", priority=priority, target_document_id="",
        received_at=at,
    )  # fmt: skip
    package = Package.objects.create(
        id=identifier, kind="edoc", document=document, system=sender.system, segment="shared/mau.seg", offset=0,
        length=1000, sha256=b"\1" * 32, attachments=[], findings=[], remote="", received_at=at,
    )  # fmt: skip
    sent = Sent(document)
    for receiver in receivers:
        delivery = Delivery.objects.create(
            id=new_id(), package=package, system=receiver.system, kind="edoc", rank=priority,
            state="delivered" if delivered is not None else "waiting", from_code=sender.code, to_code=receiver.code,
            created_at=at, updated_at=at, available_at=at,
            delivered_at=at + delivered if delivered is not None else None,
        )  # fmt: skip
        sent.copies[receiver.code] = Recipient.objects.create(
            document=document, code=receiver.code, name=receiver.name, outcome="accepted", reason="",
            agency=receiver.agency, to_agency=receiver.agency, delivery=delivery, state="sent",
        )  # fmt: skip
    for code in unknown:
        sent.copies[code] = Recipient.objects.create(
            document=document, code=code, name="Không rõ (mẫu)", outcome="unknown",
            reason="Mã cơ quan không có trong danh bạ", state="not_sent",
        )  # fmt: skip
    tell(sender, document, at)
    return sent


_STATES = {"01": "arrived", "02": "rejected", "03": "accepted", "06": "done"}


def report(sent: Sent, receiver: Office, code: str, at: datetime, text: str = "") -> None:
    """The receiver reports a status, which moves its copy."""
    copy = sent.copies[receiver.code]
    package = Package.objects.create(
        kind="status", system=receiver.system, segment="shared/mau.seg", offset=0, length=10, sha256=b"\2" * 32,
        attachments=[], findings=[], remote="", received_at=at,
    )  # fmt: skip
    Report.objects.create(
        package=package, recipient=copy, reporter=receiver.agency, target=sent.document.agency,
        document_id=sent.document.document_id, code=code, timestamp="", event_time=at, description=text, moved=True,
        arrived_at=at,
    )  # fmt: skip
    copy.state, copy.status_code, copy.status_at, copy.status_description = _STATES[code], code, at, text
    copy.save()
    tell(receiver, sent.document, clock.now(), EventKind.STATUS_REPORTED)


def tell(actor: Office, document: Document, at: datetime, kind: EventKind = EventKind.SUBMISSION_ACCEPTANCE) -> None:
    """The event that the act left."""
    event = new_event(
        kind, at=at, actor=Actor(actor.system.system_id, actor.code), subject=Subject("document", str(document.pk),
        str(document.pk)), sha256=b"", data={},
    )  # fmt: skip
    with transaction.atomic(), connection.wrap_database_errors:
        append_events(hot_cursor(), [event])


def refuse_package(sender: Office, code: str, at: datetime) -> None:
    """The axis refused a package."""
    event = new_event(
        EventKind.SUBMISSION_REJECTION, at=at, actor=Actor(sender.system.system_id, sender.code),
        subject=Subject("package", ""), sha256=b"\3" * 32, data={"code": code, "findings": []},
    )  # fmt: skip
    with transaction.atomic(), connection.wrap_database_errors:
        append_events(hot_cursor(), [event])
