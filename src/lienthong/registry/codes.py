"""Codes of agencies as the registry writes and compares them. Pure."""

from __future__ import annotations

import re

from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Scheme

# Specification edxml.md 2.5; a strict old code wins where a text fits two schemes.
_SHAPES = (
    (Scheme.QCVN102, re.compile(r"[0-9A-Z]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.[A-Y][0-9]{2}")),
    (Scheme.QD20, re.compile(r"(?=.{3,35}$)[A-Y][0-9]{2}(\.[0-9A-Z]+)*")),
    (Scheme.QCVN102, re.compile(r"[0-9A-Z]{2,3}(\.[0-9A-Z]{2,3}){1,2}\.[A-Z][0-9A-Z]{2}")),
    (Scheme.ENTERPRISE, re.compile(r"[0-9]{10}(-?[0-9]{3})?")),
)
_WRITABLE = re.compile(r"[0-9A-Z][0-9A-Z._/-]{0,63}")
_LONGEST = 64


def normalise(code: str) -> str:
    """The form in which codes are kept and compared."""
    return code.strip().upper()


def can_exist(code: str) -> bool:
    """Whether a normalised code from outside is worth a question: no control characters, not too long."""
    return 0 < len(code) <= _LONGEST and code.isprintable()


def scheme_of(code: str) -> Scheme:
    """The scheme whose shape a normalised code has; ``LEGACY`` when it has none of them."""
    return next((scheme for scheme, shape in _SHAPES if shape.fullmatch(code)), Scheme.LEGACY)


def checked(code: str) -> str:
    """Normalise a code that is to be written.

    :raises RegistryError: ``registry.agency.code_malformed``
    """
    normal = normalise(code)
    if not _WRITABLE.fullmatch(normal):
        raise RegistryError(
            "registry.agency.code_malformed",
            f"Mã định danh {code!r} không đúng dạng: chỉ gồm chữ không dấu, chữ số và dấu . _ - /, tối đa 64 ký tự.",
            "Viết mã như trong quyết định công bố, ví dụ 000.00.05.H24 hoặc H24.05.",
        )
    return normal
