"""How values are written for people, in Vietnamese."""

from __future__ import annotations


def grouped(number: int) -> str:
    """A number with dots between thousands: ``69086`` → ``69.086``."""
    return f"{number:,}".replace(",", ".")
