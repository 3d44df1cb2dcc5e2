"""What stands in front of the pages: gateways go past them, programs never get HTML, browsers always do."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest

from lienthong.config.front import is_gateway

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SDK = "text/html, image/gif, image/jpeg, */*; q=0.2"  # as the national SDK sends it (vxp-protocol.md 2.3)

pytestmark = pytest.mark.django_db(transaction=True)


def ask(path: str, *, accept: str = BROWSER, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """One request through the WSGI application, as gunicorn makes it."""
    from lienthong.config.wsgi import application

    told: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        told.update(status=int(status[:3]), headers=dict(headers))

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "test",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_ACCEPT": accept,
        "REMOTE_ADDR": "192.0.2.1",
        "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "http",
    }
    parts = application(environ, start)
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return told["status"], told["headers"], body


@pytest.mark.parametrize("path", ["/vxp", "/vxp/", "/vxp//sendEdoc", "/api/v1/me", "/log/checkpoint", "/webhook/x"])
def test_gateways_are_known_by_their_path(path: str) -> None:
    assert is_gateway(path)


@pytest.mark.parametrize("path", ["/", "/vxpx/sendEdoc", "/dang-nhap/", "/apis/", "/logs"])
def test_everything_else_is_pages(path: str) -> None:
    assert not is_gateway(path)


def test_gateways_are_answered_without_anything_of_the_pages() -> None:
    status, headers, body = ask("/vxp/unknown")
    assert status == 404
    assert json.loads(body)
    assert "Content-Security-Policy" not in headers
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/vpx/sendEdoc", "/sendEdoc"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_mistyped_client_gets_json(path: str, method: str) -> None:
    status, _, body = ask(path, accept=SDK, method=method)
    assert status == 404
    assert json.loads(body)


def test_a_browser_gets_a_page_that_says_what_to_do() -> None:
    status, headers, body = ask("/khong-co/")
    assert status == 404
    assert "Không tìm thấy trang này" in body.decode()
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Frame-Options"] == "DENY"


def test_built_files_are_kept_for_ever_and_sent_compressed() -> None:
    from lienthong.web.assets import asset_url

    status, headers, _ = ask(asset_url("app.css"))
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert headers["Vary"] == "Accept-Encoding"


def test_whoever_has_not_signed_in_is_led_there_and_back() -> None:
    status, headers, _ = ask("/tai-khoan/")
    assert status == 302
    assert headers["Location"] == "/dang-nhap/?next=/tai-khoan/"
