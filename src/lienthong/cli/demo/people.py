"""People of the made-up city, to sign in as. Their passwords are made at run time, and kept in the folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lienthong.accounts import services
from lienthong.accounts.models import User
from lienthong.accounts.roles import Role
from lienthong.cli.demo import city
from lienthong.cli.people import machine_operator
from lienthong.registry.models import AgencyIdentifier


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody of the story: what they are, where (nowhere for the axis), and what to try as them."""

    username: str
    name: str
    role: Role
    agency: str = ""
    title: str = ""


_COMMUNE, _DEPARTMENT = city.WORKPLACE_COMMUNE.code, city.HEALTH.code
PERSONAS = (
    Persona("hanh", "Trần Thị Hạnh (mẫu)", Role.CLERK, _COMMUNE, "Văn thư"),
    Persona("dung", "Lê Văn Dũng (mẫu)", Role.CLERK, _DEPARTMENT, "Văn thư"),
    Persona("minh", "Nguyễn Văn Minh (mẫu)", Role.LEADER, _COMMUNE, "Chủ tịch"),
    Persona("lan", "Phạm Thị Lan (mẫu)", Role.OFFICER, _COMMUNE, "Chuyên viên"),
    Persona("binh", "Võ Văn Bình (mẫu)", Role.AGENCY_ADMIN, _COMMUNE, "Quản trị"),
    Persona("thu", "Đỗ Thị Thu (mẫu)", Role.STATISTICS, city.COMMITTEE.code, "Chuyên viên tổng hợp"),
    Persona("son", "Hoàng Sơn (mẫu)", Role.INSPECTOR, _COMMUNE, "Thanh tra viên"),
    Persona("van", "Bùi Văn Vận (mẫu)", Role.OPERATOR),
    Persona("quan", "Đặng Quân (mẫu)", Role.SYSTEM_ADMIN),
)


def build_people(known: Mapping[str, str]) -> dict[str, str]:
    """Create who is missing; answers all passwords by user name. Done again, it changes nothing.

    :param known: passwords that an earlier run kept; whoever's was lost gets another
    """
    codes = {row.code: row.agency for row in AgencyIdentifier.objects.select_related("agency").filter(valid_to=None)}
    present = {user.username: user for user in User.objects.filter(username__in=[who.username for who in PERSONAS])}
    passwords = {}
    for persona in PERSONAS:
        user = present.get(persona.username)
        if user is not None and persona.username in known:
            passwords[persona.username] = known[persona.username]
        elif user is not None:
            passwords[persona.username] = _keep(services.reset_password(actor=machine_operator(), user=user))
        else:
            made = services.create_person(
                actor=machine_operator(),
                username=persona.username,
                full_name=persona.name,
                role=persona.role,
                agency=codes[persona.agency] if persona.agency else None,
                title=persona.title,
                valid_from=city.VALID_FROM,
            )
            passwords[persona.username] = _keep(made)
    return passwords


def _keep(made: services.NewPassword) -> str:
    """Nobody has to choose a password of their own in a demonstration."""
    services.change_own_password(user=made.user, password=made.password)
    return made.password


def read_passwords(path: Path) -> dict[str, str]:
    """As the last run left them; none when the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(password) for name, password in found.items()} if isinstance(found, dict) else {}


def write_passwords(path: Path, passwords: Mapping[str, str]) -> None:
    """Keep them, readable to nobody else."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(json.dumps(passwords, ensure_ascii=False, indent=2), encoding="utf-8")
    draft.replace(path)
