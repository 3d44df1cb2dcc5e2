"""A made-up city of four levels as of 2024, before the reform. Every name says that it is a sample.

Codes start with H99 and G99, which belong to no body of the country. Pure data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

VALID_FROM = date(2024, 1, 1)
CENTRAL, CITY, DISTRICT, COMMUNE = "central", "city", "district", "commune"


@dataclass(frozen=True, slots=True)
class SampleAgency:
    """An agency; ``notation`` stands behind the number of its documents."""

    code: str
    old_code: str
    name: str
    abbreviation: str
    level: str
    parent: str = ""
    notation: str = ""


@dataclass(frozen=True, slots=True)
class SampleSystem:
    """A document system and the agency it serves, with those below where it says so."""

    system_id: str
    name: str
    agency: str
    include_subordinates: bool = False


MINISTRY = SampleAgency("G99", "000.00.00.G99", "Bộ Thử nghiệm (mẫu)", "BTN", CENTRAL, notation="BTN-VP")
COMMITTEE = SampleAgency("H99", "000.00.00.H99", "UBND Thành phố Mẫu", "UBTPM", CITY, notation="UBND-VX")

_DEPARTMENTS = (
    ("Sở Y tế (mẫu)", "SYT", "NVY"),
    ("Sở Giáo dục và Đào tạo (mẫu)", "SGDĐT", "VP"),
    ("Sở Tài chính (mẫu)", "STC", "NS"),
    ("Sở Nội vụ (mẫu)", "SNV", "CCHC"),
    ("Sở Xây dựng (mẫu)", "SXD", "QLN"),
    ("Sở Tư pháp (mẫu)", "STP", "VP"),
)
_DISTRICTS = (
    ("quận Hoa Phượng", "phường", ("Bằng Lăng", "Ngọc Lan", "Hoàng Yến", "Hướng Dương", "Thủy Tiên")),
    ("quận Sao Biển", "phường", ("San Hô", "Ngọc Trai", "Hải Âu", "Cát Vàng", "Sóng Xanh")),
    ("huyện Đồng Lúa", "xã", ("Lúa Vàng", "Ruộng Mới", "Cánh Cò", "Sáo Diều", "Rạ Thơm")),
    ("huyện Gió Khơi", "xã", ("Bến Lặng", "Cánh Buồm", "Hải Đăng", "Đảo Gió", "Trăng Khơi")),
)


def _departments() -> tuple[SampleAgency, ...]:
    return tuple(
        SampleAgency(f"H99.{n:02d}", f"000.00.{n:02d}.H99", name, short, CITY, "H99", f"{short}-{unit}")
        for n, (name, short, unit) in enumerate(_DEPARTMENTS, 1)
    )


def _districts() -> tuple[SampleAgency, ...]:
    return tuple(
        SampleAgency(f"H99.{n}", f"000.00.{n}.H99", f"UBND {name} (mẫu)", f"UBQ{n}", DISTRICT, "H99", "UBND-VP")
        for n, (name, _, _) in enumerate(_DISTRICTS, 30)
    )


def _communes() -> tuple[SampleAgency, ...]:
    return tuple(
        SampleAgency(
            f"H99.{n}.{m}",
            f"000.{m}.{n}.H99",
            f"UBND {kind} {name} (mẫu)",
            f"UBX{n}{m}",
            COMMUNE,
            f"H99.{n}",
            "UBND-VP",
        )
        for n, (_, kind, names) in enumerate(_DISTRICTS, 30)
        for m, name in enumerate(names, 11)
    )


DEPARTMENTS, DISTRICTS, COMMUNES = _departments(), _districts(), _communes()
AGENCIES = (MINISTRY, COMMITTEE, *DEPARTMENTS, *DISTRICTS, *COMMUNES)
BY_CODE = {code: agency for agency in AGENCIES for code in (agency.code, agency.old_code)}
"""Every agency by its new code and by its old one."""

# The cast of the story. Communes with a system of their own fetch for themselves, the others through their district's.
HEALTH = DEPARTMENTS[0]
RECEIVING_DISTRICTS = DISTRICTS[:2]
RECEIVING_COMMUNES = tuple(BY_CODE[code] for code in ("H99.30.11", "H99.30.12", "H99.31.11", "H99.31.12", "H99.32.11"))
REFUSING_COMMUNE = BY_CODE["H99.32.11"]
URGENT_COMMUNE = BY_CODE["H99.30.11"]
LATER_COMMUNE = BY_CODE["H99.33.11"]
WORKPLACE_COMMUNE = BY_CODE["H99.33.12"]  # has people who sign in, and no software of its own
UNKNOWN_CODE = "H99.98.99"

SYSTEMS = (
    SampleSystem(f"HUB.{MINISTRY.code}", f"Phần mềm quản lý văn bản của {MINISTRY.name}", MINISTRY.code),
    *(
        SampleSystem(f"HUB.{agency.code}", f"Phần mềm quản lý văn bản của {agency.name}", agency.code, below)
        for agency, below in (
            (COMMITTEE, False),
            *((agency, False) for agency in DEPARTMENTS),
            *((agency, True) for agency in DISTRICTS),
            *((agency, False) for agency in RECEIVING_COMMUNES),
        )
    ),
)


def system_of(agency: SampleAgency) -> SampleSystem:
    """The system that carries an agency's documents: its own, or its district's."""
    own = next((system for system in SYSTEMS if system.agency == agency.code), None)
    if own is not None:
        return own
    return next(system for system in SYSTEMS if system.agency == agency.parent and system.include_subordinates)
