"""The made-up city of the training ground: that of the demonstration, with a desk for those who learn. Needs Django."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from lienthong.cli.demo import city, people
from lienthong.cli.demo.desk import SYSTEM_ID, build_desk
from lienthong.cli.demo.folder import Access
from lienthong.cli.demo.setup import build
from lienthong.records.models import Book, Direction
from lienthong.registry import services
from lienthong.registry.models import System
from lienthong.registry.selectors import agency_by_code
from lienthong.training.personas import offer_personas

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
    _widen_desk()
    people.build_people({})  # nobody needs a password here
    offer_personas(people=[(persona.username, _ABOUT.get(persona.username, "")) for persona in people.PERSONAS])
    return access


def _widen_desk() -> None:
    """The demonstration's desk serves its commune; here it serves a department too, with books of its own."""
    build_desk()
    desk, day = System.objects.get(system_id=SYSTEM_ID), city.VALID_FROM
    for sample in AT_THE_DESK:
        agency = agency_by_code(sample.code)
        services.serve_agency(system=desk, agency=agency, valid_from=day)
        for direction, name in ((Direction.INCOMING, "Sổ văn bản đến"), (Direction.OUTGOING, "Sổ văn bản đi")):
            Book.objects.get_or_create(agency=agency, direction=direction, name=name)


def new_api_key() -> str:
    """A key for the agency that uses the REST interface, good for a month; earlier ones end by themselves."""
    made = services.create_api_key(
        system=System.objects.get(system_id=BY_REST), lifetime=timedelta(days=30), label="Tập huấn"
    )
    return made.token
