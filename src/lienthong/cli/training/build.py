"""The made-up city of the training ground: that of the demonstration, with a desk for those who learn. Needs Django."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from lienthong.accounts.actors import Actor
from lienthong.accounts.roles import Role
from lienthong.cli.demo import city, people
from lienthong.cli.demo.folder import Access
from lienthong.cli.demo.setup import build
from lienthong.records.models import Book, Direction
from lienthong.records.registers import open_book
from lienthong.registry import services
from lienthong.registry.models import AgencyIdentifier, System, SystemKind
from lienthong.training.personas import offer_personas

DESK = "BAN.TAPHUAN"
AT_THE_DESK = (city.WORKPLACE_COMMUNE, city.HEALTH)
"""Agencies whose people are the personas: they work in the pages, without software of their own."""

SYSTEMS = tuple(system for system in city.SYSTEMS if system.agency not in {agency.code for agency in AT_THE_DESK})
PUSHED, BY_REST = "HUB.H99.31.12", "HUB.H99.30.12"
"""One system to which packages are posted, one that uses the REST interface; all others use the national SDK's."""

_ABOUT = {
    "hanh": "Văn thư xã, không có phần mềm riêng: nhận, vào sổ, từ chối, trả lời.",
    "dung": "Văn thư sở: soạn, gửi nhiều nơi, theo dõi, thu hồi.",
    "minh": "Lãnh đạo xã: xem và phân công, kể cả trên điện thoại.",
    "lan": "Chuyên viên: xử lý văn bản được giao.",
    "binh": "Quản trị cơ quan: thêm người, giao vai trò.",
    "thu": "Xem số liệu của thành phố.",
    "son": "Thanh tra: chỉ xem.",
    "van": "Vận hành trục: hàng đợi, gói tin kẹt, đường nối.",
    "quan": "Quản trị hệ thống: cơ quan, hệ thống, khóa.",
}


def build_city(known: Mapping[str, Access]) -> dict[str, Access]:
    """Agencies, systems, the desk, people and their books. Done again, it changes nothing.

    :param known: secrets that an earlier run kept
    """
    access = build(city.AGENCIES, SYSTEMS, known)
    _make_desk()
    people.build_people({})  # nobody needs a password here
    offer_personas(people=[(persona.username, _ABOUT.get(persona.username, "")) for persona in people.PERSONAS])
    for agency in AT_THE_DESK:
        _open_books(agency.code)
    return access


def _make_desk() -> None:
    if System.objects.filter(system_id=DESK).exists():
        return
    services.add_system(
        agencies=[AgencyIdentifier.objects.get(code=agency.code).agency for agency in AT_THE_DESK],
        valid_from=city.VALID_FROM,
        system_id=DESK,
        name="Bàn làm việc trên web (mẫu)",
        kind=SystemKind.DESK,
    )


def _open_books(code: str) -> None:
    agency = AgencyIdentifier.objects.get(code=code).agency
    actor = Actor(
        user_id=0, name="Môi trường tập huấn", roles=frozenset({Role.CLERK}), agency_id=agency.pk, agency_code=code
    )
    for direction, name in ((Direction.INCOMING, "Sổ văn bản đến"), (Direction.OUTGOING, "Sổ văn bản đi")):
        if not Book.objects.filter(agency=agency, direction=direction).exists():
            open_book(actor=actor, direction=direction, name=name)


def new_api_key() -> str:
    """A key for the agency that uses the REST interface, good for a day; earlier ones end by themselves."""
    made = services.create_api_key(
        system=System.objects.get(system_id=BY_REST), lifetime=timedelta(days=1), label="Tập huấn"
    )
    return made.token
