"""Who signed: a person or a body, and whether it is the one the package names. Pure (spec/edxml.md 7.1 and 7.3).

Vietnamese certificates say it in several ways, none of them compulsory, so the clearest hint wins and no hint is an
answer too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from lienthong.common.folding import fold
from lienthong.exchange.signatures.findings import Check, Found


class Role(Enum):
    """Whose key made a signature."""

    PERSON = ("person", "cá nhân")
    BODY = ("body", "cơ quan")
    UNKNOWN = ("unknown", "chưa rõ")

    def __new__(cls, value: str, label: str = "") -> Role:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom the package names: ``From/OrganName``, ``From/OrganId`` and ``SignerInfo/FullName``."""

    body: str = ""
    code: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """The subject of a certificate as the rules below see it."""

    name: str
    role: Role
    organization: str = ""
    identifiers: tuple[str, ...] = ()


# Kinds of number in UID or serialNumber (NĐ 23/2025 and earlier practice): citizens' and bodies'.
_OF_PERSON = re.compile(r"^(CMND|CCCD|CC|HC|PASSPORT|SHC)\b", re.IGNORECASE)
_OF_BODY = re.compile(r"^(MST|MNS|MDD|MĐD|MBHXH|GPKD|SQD|SQĐ)\b", re.IGNORECASE)
# With their accents: without them Trường is Trương and Phường is Phương, which are family names.
_BODY_WORDS = (
    "ủy ban", "uỷ ban", "ubnd", "hội đồng", "hđnd", "văn phòng", "sở", "bộ", "cục", "chi cục", "tổng cục", "ban",
    "phòng", "trung tâm", "công an", "tòa án", "toà án", "viện", "thanh tra", "kho bạc", "trường", "bệnh viện",
    "công ty", "quận", "huyện", "phường", "xã", "thị trấn", "đặc khu", "thành ủy", "quận ủy", "huyện ủy", "đảng ủy",
)  # fmt: skip


def signer_of(subject: Mapping[str, Sequence[str]], named: Named) -> Signer:
    """Read a subject: names of attributes (``common_name``, ``user_id`` …) to their values."""
    name = next(iter(subject.get("common_name", ())), "")
    organization = next(iter(subject.get("organization_name", ())), "")
    identifiers = tuple(
        value for key in ("user_id", "serial_number", "organization_identifier") for value in subject.get(key, ())
    )
    return Signer(name, _role(subject, name, organization, identifiers, named), organization, identifiers)


def _role(
    subject: Mapping[str, Sequence[str]], name: str, organization: str, identifiers: Sequence[str], named: Named
) -> Role:
    if "organization_identifier" in subject or any(_OF_BODY.match(value) for value in identifiers):
        return Role.BODY
    if any(_OF_PERSON.match(value) for value in identifiers) or {"surname", "given_name", "title"} & subject.keys():
        return Role.PERSON
    folded = fold(name)
    if not folded:
        return Role.UNKNOWN
    if folded in {fold(named.body), fold(organization)}:
        return Role.BODY
    if folded == fold(named.person):
        return Role.PERSON
    accented = unicodedata.normalize("NFC", name).casefold()
    return Role.BODY if any(accented.startswith(f"{word} ") for word in _BODY_WORDS) else Role.UNKNOWN


def compare(signer: Signer, named: Named, *, signature: str) -> list[Found]:
    """Whether one signer is whom the package names. What the package leaves empty is not compared."""
    if signer.role is Role.UNKNOWN:
        return [Check.ROLE_UNKNOWN.found(f"Chứng thư: “{signer.name}”.", signature=signature)]
    if signer.role is Role.PERSON:
        if not named.person or fold(named.person) == fold(signer.name):
            return []
        detail = f"Chứng thư: “{signer.name}”; gói tin: “{named.person}”."
        return [Check.PERSON_DIFFERS.found(detail, signature=signature)]
    if not named.body or _is_body(signer, named):
        return []
    detail = f"Chứng thư: “{signer.name}”; gói tin: “{named.body}”."
    return [Check.BODY_DIFFERS.found(detail, signature=signature)]


def _is_body(signer: Signer, named: Named) -> bool:
    if named.code and any(named.code.casefold() in value.casefold() for value in signer.identifiers):
        return True
    return fold(signer.name) == fold(named.body)


def composition(roles: Sequence[Role], *, is_main: bool, order: str = "") -> list[Found]:
    """Who should have signed a file and in which order: the main file first the person, then the body (NĐ 30/2020
    art. 32.2d); an annex in a file of its own the body (Phụ lục I). ``roles`` are in the order of signing; ``order``
    cites the rule about it."""
    if not roles or Role.UNKNOWN in roles:
        return []
    found = []
    if is_main and Role.PERSON not in roles:
        found.append(Check.PERSON_MISSING.found())
    if Role.BODY not in roles:
        found.append(Check.BODY_MISSING.found())
    if is_main and {Role.PERSON, Role.BODY} <= set(roles) and roles.index(Role.BODY) < roles.index(Role.PERSON):
        found.append(Check.ORDER_WRONG.found(order))
    return found
