"""Typed reading of settings from the environment; wrong values stop the start with a numbered message."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
D = TypeVar("D")


class SettingError(Exception):
    """A setting has a value the system cannot start with. The message carries its number (LT-S01 …)."""


def read(name: str, coerce: Callable[[str], T], default: D) -> T | D:
    """Read ``name``; an unset or empty variable means ``default``.

    :raises SettingError: LT-S01 when the text cannot be coerced.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return coerce(text)
    except ValueError as error:
        raise SettingError(f"LT-S01: {name}={text!r} không dùng được: {error}. Xem .env.example.") from error


def integer(*, minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    """Build a coercion to an integer within bounds (inclusive)."""

    def coerce(text: str) -> int:
        value = int(text)
        if value < minimum or (maximum is not None and value > maximum):
            raise ValueError(f"phải từ {minimum}" + (f" đến {maximum}" if maximum is not None else " trở lên"))
        return value

    return coerce


def number(*, minimum: float) -> Callable[[str], float]:
    """Build a coercion to a number not below ``minimum``."""

    def coerce(text: str) -> float:
        value = float(text)
        if not minimum <= value < float("inf"):
            raise ValueError(f"phải từ {minimum} trở lên")
        return value

    return coerce


def boolean(text: str) -> bool:
    """Coerce ``1/true/yes/on`` and ``0/false/no/off``."""
    folded = text.casefold()
    if folded in {"1", "true", "yes", "on"}:
        return True
    if folded in {"0", "false", "no", "off"}:
        return False
    raise ValueError("phải là true hoặc false")


def networks(text: str) -> list[str]:
    """Coerce a comma-separated list of addresses and networks."""
    return [str(ipaddress.ip_network(word)) for word in words(text)]


def words(text: str) -> list[str]:
    """Coerce a comma-separated list."""
    return [word.strip() for word in text.split(",") if word.strip()]


def key_name(text: str) -> str:
    """Coerce a name that may stand in a signed note: no white space, no plus sign."""
    if "+" in text or not text.isprintable() or any(sign.isspace() for sign in text):
        raise ValueError("không được có khoảng trắng hay dấu +")
    return text


def http_url(text: str) -> str:
    """Coerce an address of a web service."""
    if not text.startswith(("http://", "https://")) or any(sign.isspace() for sign in text):
        raise ValueError("phải bắt đầu bằng http:// hoặc https://")
    return text
