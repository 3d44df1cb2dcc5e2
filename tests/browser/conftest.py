"""A real server with people in it, and Debian's chromium to visit it. ``docs/how-to/pages.md`` shows how to use these.

Browser tests touch no database themselves: what they need is put there by a module of ``tests/browser`` that the site
runs beside the server (``site.seed``). Playwright would make the ORM of this process believe it runs asynchronously.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.servers import Server, new_server

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=15_000)  # ms; the machine may be busy with other tests
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Site:
    """The server as browsers see it. ``people``: password by user name."""

    server: Server
    people: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def seed(self, module: str, *arguments: str) -> Any:
        """Run a module of the tests against the server's database; answers the JSON that it prints."""
        environment = {
            **os.environ,
            "LIENTHONG_DATA_DIR": str(self.server.data_dir),
            "LIENTHONG_DATABASE_URL": self.server.database_url,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=120, check=True)
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def site(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    server = new_server(
        tmp_path_factory.mktemp("site"),
        cluster_url,
        "site",
        LIENTHONG_WEB_PROCESSES="1",
        LIENTHONG_WEB_THREADS="8",
        LIENTHONG_DATABASE_POOL="8",
        LIENTHONG_SIGN_IN_FAILURES="3",
    )
    made = Site(server)
    made.people = made.seed("tests.browser.cast")
    server.start()
    yield made
    server.kill()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Browser tests need chromium in PATH: apt-get install chromium (as .ci/run does).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Somebody in front of a browser. Whatever the pages complain about in the console fails the test."""

    def __init__(self, site: Site, browser: Browser, **options: Any) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(
            base_url=site.url,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            **({"viewport": LAPTOP, "reduced_motion": "reduce"} | options),
        )
        self.context.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        # A refusal that the page then shows is no fault of the page.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, username: str, password: str | None = None) -> Page:
        """Through the form, as people do."""
        self.page.goto("/dang-nhap/")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu", exact=True).fill(password or self.site.people[username])
        self.page.get_by_role("button", name="Đăng nhập", exact=True).click()
        self.page.wait_for_load_state()
        return self.page


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Any]:
    """Makes visitors: ``visit()``, ``visit(viewport=PHONE)``, ``visit("hanh.vt")`` who is signed in already."""
    visitors: list[Visitor] = []

    def make(username: str = "", **options: Any) -> Visitor:
        visitor = Visitor(site, chromium, **options)
        visitors.append(visitor)
        if username:
            if username not in _signed_in:
                visitor.sign_in(username)
                _signed_in[username] = visitor.context.cookies()
            visitor.context.add_cookies(_signed_in[username])
        return visitor

    yield make
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []


_signed_in: dict[str, Any] = {}  # cookies by user name, for this process and its one site
