"""All offices of the training ground, and the letters they write."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from edxml102.codes import Priority
from lienthong.cli.demo import city, national_axis, pdf
from lienthong.cli.demo.actors import Actor
from lienthong.cli.demo.city import SampleAgency
from lienthong.cli.demo.facts import Receipt
from lienthong.cli.demo.folder import Access
from lienthong.cli.demo.journal import Journal
from lienthong.cli.demo.packages import Draft, pack
from lienthong.cli.training.build import AT_THE_DESK, BY_REST, PUSHED, SYSTEMS
from lienthong.cli.training.mailbox import Mailbox
from lienthong.cli.training.offices import Office, Orders, PushedOffice, RestOffice
from lienthong.client import AxisError, Client
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.client import VxpClient

_TIMEOUT = 20  # seconds; the axis is on this machine
MINISTRY = national_axis.MINISTRIES[1]
_BEYOND_THE_CITY = {city.MINISTRY.code, *(agency.code for agency in AT_THE_DESK)}


@dataclass
class Cast:
    """``offices`` by system; ``ministry`` is connected to the national axis, ``None`` while that is not there."""

    offices: dict[str, Office]
    mailbox: Mailbox
    api: Client
    ministry: Office | None = None
    orders: Orders = field(default_factory=Orders)

    def actor(self, agency: SampleAgency) -> Actor:
        """The agency, through whatever system carries its documents."""
        system = next(system for system in SYSTEMS if agency.code in self.offices[system.system_id].served)
        return self.offices[system.system_id].served[agency.code]

    def work(self) -> None:
        """One round of everybody; whoever cannot reach the axis now tries again in the next one."""
        for office in (*self.offices.values(), *filter(None, (self.ministry,))):
            with suppress(VxpError, AxisError, OSError):
                office.work(self.orders)

    def close(self) -> None:
        for office in (*self.offices.values(), *filter(None, (self.ministry,))):
            office.close()


def make_cast(address: str, access: Mapping[str, Access], mailbox: Mailbox, key: str, *, seed: int) -> Cast:
    """Everybody, with a client to the axis at ``address``."""
    journal, rest = Journal(), Client(address, key, timeout=_TIMEOUT)
    offices: dict[str, Office] = {}
    for system in SYSTEMS:
        client = VxpClient(f"{address}/vxp", system.system_id, access[system.system_id].secret, timeout=_TIMEOUT)
        served = [Actor(agency, system.system_id, client, journal) for agency in _served_by(system)]
        if system.system_id == PUSHED:
            offices[system.system_id] = PushedOffice(served, seed, mailbox.arrived)
        elif system.system_id == BY_REST:
            offices[system.system_id] = RestOffice(served, seed, rest)
        else:
            offices[system.system_id] = Office(served, seed)
    return Cast(offices, mailbox, rest)


def _served_by(system: city.SampleSystem) -> list[SampleAgency]:
    """The agency itself first, then those below it that have no system of their own."""
    own = {other.agency for other in SYSTEMS} | {agency.code for agency in AT_THE_DESK}
    below = [one for one in city.AGENCIES if one.parent == system.agency and one.code not in own]
    return [city.BY_CODE[system.agency], *(below if system.include_subordinates else [])]


def make_ministry(endpoint: str, secret: str, *, seed: int) -> Office:
    """The ministry behind the national axis."""
    system_id = f"HUB.{MINISTRY.code}"
    client = VxpClient(endpoint, system_id, secret, timeout=_TIMEOUT)
    return Office([Actor(MINISTRY, system_id, client, Journal())], seed)


# --- Letters ----------------------------------------------------------------------------------------------------------

SUBJECTS = (
    "Về việc báo cáo tiến độ giải ngân quý IV (mẫu)",
    "Về việc rà soát thủ tục hành chính (mẫu)",
    "Về việc phối hợp tuyên truyền phòng cháy, chữa cháy (mẫu)",
    "Mời họp giao ban công tác tuần (mẫu)",
    "Về việc cử cán bộ tham gia tập huấn (mẫu)",
    "Về việc cung cấp số liệu dân cư (mẫu)",
    "Về việc kiểm tra công tác văn thư, lưu trữ (mẫu)",
    "Về việc ứng phó mưa lớn trên địa bàn (mẫu)",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One that was sent."""

    draft: Draft
    package: bytes
    receipt: Receipt


def write(
    sender: Actor,
    subject: str,
    *to: str,
    priority: Priority = Priority.ORDINARY,
    number: int | None = None,
    content: bytes | None = None,
) -> tuple[Draft, bytes]:
    """A letter that is not sent yet; ``content`` is its PDF."""
    draft = Draft(
        sender=sender.agency,
        to=list(to),
        number=sender.next_number() if number is None else number,
        subject=subject,
        pdf=content or pdf.one_page(["VAN BAN MAU", "", "Moi truong tap huan"]),
        priority=priority,
    )
    return draft, pack(draft)


def send(sender: Actor, subject: str, *to: str, **how: object) -> Letter:
    """:raises VxpError: the axis refuses"""
    draft, package = write(sender, subject, *to, **how)  # type: ignore[arg-type]
    return Letter(draft, package, sender.send(package))


def some_letter(cast: Cast, chance: random.Random) -> Letter:
    """Somebody writes to one of the agencies at the desk, and perhaps to others."""
    senders = [office.lead for office in cast.offices.values() if office.lead.agency.code not in _BEYOND_THE_CITY]
    sender = chance.choice(senders)
    to = [chance.choice(AT_THE_DESK).code]
    to += [other.lead.agency.code for other in chance.sample(list(cast.offices.values()), 2) if other.lead != sender]
    priority = chance.choices([Priority.ORDINARY, Priority.URGENT, Priority.VERY_URGENT], [8, 2, 1])[0]
    return send(sender, chance.choice(SUBJECTS), *to, priority=priority)
