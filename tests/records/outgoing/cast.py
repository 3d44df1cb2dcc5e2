"""The cast: chị Hạnh (clerk) and anh Bình (officer) of Sở Giáo dục (mẫu), which works at the desk; anh Cường, clerk of
another agency at the same desk; communes with software of their own. Everything is invented."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from uuid import UUID

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import User
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingFile
from lienthong.records.outgoing.services import drafting, files, recipients
from lienthong.registry.models import Agency, Level, SystemKind
from tests import packages
from tests.exchange.conftest import Office
from tests.factories import make_agency, make_system
from tests.signatures.documents import plain_pdf

SUBJECT = "Về việc tuyển sinh lớp 10 năm học 2026-2027 (mẫu)"


class Part(io.BytesIO):
    """A part of a file as a request brings it."""

    def __init__(self, data: bytes, *, breaks_after: int | None = None) -> None:
        super().__init__(data)
        self.length: int | None = len(data)
        self._left = breaks_after

    def read(self, size: int | None = -1, /) -> bytes:
        if self._left == 0:
            raise ConnectionResetError("đứt mạng")
        data = super().read(size if self._left is None else min(size or 0, self._left))
        self._left = None if self._left is None else self._left - len(data)
        return data


class Commune(Office):
    """A commune's office, which answers documents that the workplace sent."""

    def report_to(self, document: OutgoingDocument, code: str, *, description: str = "") -> None:
        at = f"{clock.in_vietnam(clock.now()):%Y/%m/%d %H:%M:%S}"
        details = {"description": description, "timestamp": at}
        self.send(packages.status(self.code, "H99.04", document.document_id, code, **details))


@dataclass
class City:
    """The made-up city; ``communes`` are served by software of their own, ``paper`` is not connected."""

    root: Agency
    sender: Agency
    other: Agency
    paper: Agency
    communes: list[Commune] = field(default_factory=list)
    hanh: Actor = field(init=False)
    binh: Actor = field(init=False)
    mai: Actor = field(init=False)
    cuong: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.hanh = _person("hanh", "Trần Thị Hạnh", self.sender, "H99.04", Role.CLERK)
        self.binh = _person("binh", "Lê Văn Bình", self.sender, "H99.04", Role.OFFICER)
        self.mai = _person("mai", "Phạm Thị Mai", self.sender, "H99.04", Role.LEADER)
        self.cuong = _person("cuong", "Vũ Mạnh Cường", self.other, "H99.06", Role.CLERK)


def _person(username: str, name: str, agency: Agency, code: str, *roles: Role) -> Actor:
    user = User.objects.create(username=username, full_name=name, created_at=clock.now())
    return Actor(
        user_id=user.pk,
        name=name,
        roles=frozenset(roles),
        agency_id=agency.pk,
        agency_code=code,
        agency_name="",
        remote="10.0.0.7",
    )


def make_city(communes: int = 3) -> City:
    root = make_agency("H99", "Ủy ban nhân dân thành phố Mẫu", level=Level.CITY, abbreviation="UBND")
    sender = make_agency("H99.04", "Sở Giáo dục (mẫu)", parent=root, abbreviation="SGD")
    other = make_agency("H99.06", "Sở Xây dựng (mẫu)", parent=root, abbreviation="SXD")
    paper = make_agency("H99.90", "Xã Giấy Trắng (mẫu)", level=Level.COMMUNE, parent=root)
    make_system(sender, other, system_id="BAN.MAU", kind=SystemKind.DESK)
    offices = [_office(number, root) for number in range(1, communes + 1)]
    return City(root, sender, other, paper, offices)


def _office(number: int, root: Agency) -> Commune:
    code = f"H99.5{number:03d}"
    agency = make_agency(code, f"Xã Mẫu {number}", level=Level.COMMUNE, parent=root)
    return Commune(code, agency, make_system(agency).system.system_id)


def add_file(
    city: City, document: OutgoingDocument, name: str = "cong-van.pdf", data: bytes | None = None
) -> OutgoingFile:
    data = plain_pdf() if data is None else data
    row = files.open_upload(actor=city.hanh, document=document.pk, name=name, size=len(data))
    return files.append(actor=city.hanh, document=document.pk, file=row.pk, offset=0, part=Part(data))


def filled(city: City, **changes: object) -> OutgoingDocument:
    """A draft by chị Hạnh with all its fields right, without files and recipients."""
    document = drafting.create_draft(actor=city.hanh)
    data = {
        "subject": SUBJECT,
        "unit": "VP",
        "place": "Thành phố Mẫu",
        "signer_name": "Nguyễn Văn Mẫu",
        "signer_position": "Giám đốc",
    }
    return drafting.save_draft(
        actor=city.hanh, document=document.pk, version=document.version, changes={**data, **changes}
    )


def ready(city: City, *to: Agency, **changes: object) -> OutgoingDocument:
    """A draft that may be sent, by default to every commune with software."""
    document = filled(city, **changes)
    add_file(city, document)
    chosen = [agency.pk for agency in to] or [office.agency.pk for office in city.communes]
    recipients.change_recipients(actor=city.hanh, document=document.pk, add=chosen)
    return fresh(document.pk)


def fresh(document: UUID) -> OutgoingDocument:
    return OutgoingDocument.objects.get(pk=document)
