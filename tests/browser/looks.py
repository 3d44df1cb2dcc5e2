"""What is asked of every page: usable by everybody, no sideways scrolling on a phone; and pictures of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
_AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_IMAGES = ROOT / "docs" / "user-guide" / "images"


def assert_accessible(page: Page) -> None:
    """WCAG 2.2 AA as far as axe-core can tell."""
    page.evaluate(_AXE.read_text(encoding="utf-8") + "; undefined")
    found: dict[str, Any] = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", _RULES
    )
    told = [
        f"{violation['id']}: {violation['help']} — {node['target']} {node.get('failureSummary', '')}"
        for violation in found["violations"]
        for node in violation["nodes"][:5]
    ]
    assert told == [], f"{page.url}\n" + "\n".join(told)


def assert_fits(page: Page, width: int = 360) -> None:
    """Nothing sticks out sideways at the narrowest width we promise."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    assert wide <= width, f"{page.url} is {wide} px wide at {width} px"


def dark(page: Page) -> None:
    """As people see it whose device is dark."""
    page.emulate_media(color_scheme="dark")


def light(page: Page) -> None:
    page.emulate_media(color_scheme="light")


def picture(page: Page, name: str) -> None:
    """Save what is seen for the user guide; only when LIENTHONG_SCREENSHOTS=1."""
    if os.environ.get("LIENTHONG_SCREENSHOTS") == "1":
        _IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=_IMAGES / f"{name}.png")
