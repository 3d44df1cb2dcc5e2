"""Built files of the front end: their hashed names, as ``make setup`` wrote them down."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def asset_url(name: str) -> str:
    """The address of a built file, e.g. ``app.css``.

    :raises ImproperlyConfigured: LT-S13, the front end is not built, or has no such file
    """
    hashed = _manifest().get(name)
    if hashed is None:
        raise ImproperlyConfigured(f"LT-S13: giao diện không có tệp {name}. Chạy make setup.")
    return f"{settings.STATIC_URL}dist/{hashed}"


@cache
def _manifest() -> dict[str, str]:
    path = Path(settings.STATIC_ROOT) / "dist" / "manifest.json"
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ImproperlyConfigured("LT-S13: giao diện chưa được dựng. Chạy make setup.") from error
    return found


@cache
def icon_names() -> frozenset[str]:
    """The icons there are."""
    sprite = Path(settings.STATIC_ROOT) / "dist" / _manifest()["icons.svg"]
    return frozenset(part.split('"', 1)[0] for part in sprite.read_text(encoding="utf-8").split('<symbol id="')[1:])
