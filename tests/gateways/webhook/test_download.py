"""The link of a notice: whole, in parts, and only for whom it was made."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponseBase
from django.test import Client

from lienthong.common import clock
from lienthong.exchange.deliveries import Confirmation
from lienthong.gateways.webhook.links import make_link
from lienthong.registry.models import System
from tests import packages
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import delivery_to
from tests.factories import lock

HOUR = 3600


@dataclass
class Link:
    """A package sent to Hoa Phượng, and the link to it."""

    package: bytes
    delivery_id: str
    office: Office

    def path(self, *, seconds: int = HOUR, secret: str = "", system_id: str = "", delivery_id: str = "") -> str:
        expires = int(clock.now().timestamp()) + seconds
        link = make_link(
            secret or self.office.access.secrets[0],
            system_id or self.office.system_id,
            delivery_id or self.delivery_id,
            expires,
        )
        parts = urlsplit(link)
        return f"{parts.path}?{parts.query}"


@pytest.fixture
def link(department: Office, hoa_phuong: Office) -> Link:
    package = packages.document(department.code, hoa_phuong.code)
    department.send(package)
    return Link(package, str(delivery_to(hoa_phuong).pk), hoa_phuong)


def get(path: str, **headers: str) -> tuple[HttpResponseBase, bytes]:
    response = Client().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return response, content


def test_the_whole_package(link: Link) -> None:
    response, content = get(link.path())
    assert (response.status_code, content) == (200, link.package)
    assert response["Content-Length"] == str(len(link.package))
    assert response["Accept-Ranges"] == "bytes"


def test_a_download_goes_on_where_it_broke_off(link: Link) -> None:
    size = len(link.package)
    whole, _ = get(link.path())
    response, rest = get(link.path(), Range=f"bytes={size - 300}-", If_Range=whole["ETag"])
    assert (response.status_code, rest) == (206, link.package[-300:])
    assert response["Content-Range"] == f"bytes {size - 300}-{size - 1}/{size}"
    assert response["Content-Length"] == "300"
    first, start = get(link.path(), Range="bytes=0-99")
    assert (first.status_code, start) == (206, link.package[:100])


def test_another_version_or_an_unreadable_range_gives_the_whole(link: Link) -> None:
    assert get(link.path(), Range="bytes=5-", If_Range='"khác"'.encode().decode("latin-1"))[1] == link.package
    assert get(link.path(), Range="bytes=1-2,4-5")[1] == link.package
    response, content = get(link.path(), Range="bytes=0-")
    assert (response.status_code, content) == (206, link.package)


def test_a_range_beyond_the_end(link: Link) -> None:
    response, content = get(link.path(), Range=f"bytes={len(link.package)}-")
    assert (response.status_code, content) == (416, b"")
    assert response["Content-Range"] == f"bytes */{len(link.package)}"


def test_asking_for_the_headers_only(link: Link) -> None:
    response = Client().head(link.path())
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(len(link.package))


def test_links_of_others_expired_or_tampered_with_open_nothing(link: Link, department: Office) -> None:
    right = link.path()
    wrong = [
        link.path(seconds=0),
        link.path(secret=department.access.secrets[0]),
        link.path(system_id="HUB.KHONG.CO"),
        right.replace("expires=1", "expires=2"),
        right.replace("expires=", "expires=x"),
        right.split("&")[0],
        right[:-1] + ("0" if right[-1] != "0" else "1"),
        right.split("?")[0],
    ]
    for path in wrong:
        response, content = get(path)
        assert response.status_code == 403, path
        assert b"webhook.link_invalid" in content


def test_a_system_never_gets_what_is_not_its_own(link: Link, department: Office) -> None:
    """Even with a link that it signed itself."""
    theirs = link.path(secret=department.access.secrets[0], system_id=department.system_id)
    for path in (theirs, link.path(delivery_id="không-phải-mã"), link.path(delivery_id=link.delivery_id[:-4] + "0000")):
        response, content = get(path)
        assert response.status_code == 404
        assert b"exchange.package_unknown" in content


def test_a_locked_system_downloads_nothing(link: Link) -> None:
    lock(System.objects.get(system_id=link.office.system_id))
    assert get(link.path())[0].status_code == 403


def test_what_was_delivered_may_be_fetched_again_while_the_link_lives(link: Link) -> None:
    link.office.confirm(link.delivery_id, Confirmation.DONE)
    assert get(link.path())[1] == link.package


def test_other_methods_are_refused(link: Link) -> None:
    assert Client().post(link.path()).status_code == 405


def test_damaged_bytes_never_come_whole(link: Link) -> None:
    address = delivery_to(link.office).package
    from django.conf import settings

    path = settings.DATA_DIR / "segments" / address.segment
    content = bytearray(path.read_bytes())
    content[address.offset + 500] ^= 1
    path.write_bytes(content)
    response = Client().get(link.path())
    with pytest.raises(Exception, match="package_damaged"):
        b"".join(response.streaming_content)  # type: ignore[attr-defined]
