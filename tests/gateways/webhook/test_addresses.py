"""Which addresses may be registered, and what registering does."""

from __future__ import annotations

import ipaddress

import pytest
from pytest_django import Settings

from lienthong.gateways.webhook.addresses import find_webhook, may_connect, remove_webhook, set_webhook
from lienthong.registry import directory
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import System, SystemKind
from tests.factories import make_agency, make_system


@pytest.fixture
def system(db: None) -> System:
    return make_system(make_agency("H99.30", "Quận Hoa Phượng (mẫu)")).system


@pytest.mark.parametrize(
    "url",
    ["https://vanban.mau.vn/nhan", "http://10.20.30.40:8080/nhan?a=1", "https://[2001:db8::1]/", "http://vanban"],
)
def test_a_good_address_makes_the_system_one_that_is_carried_to(system: System, url: str) -> None:
    set_webhook(system=system, url=f" {url} ")
    access = directory.find_system(system.system_id)
    assert access is not None
    assert (find_webhook(system.pk), access.kind) == (url, SystemKind.PUSH)


def test_an_address_can_be_changed_and_removed(system: System) -> None:
    set_webhook(system=system, url="https://vanban.mau.vn/cu")
    set_webhook(system=system, url="https://vanban.mau.vn/moi")
    assert find_webhook(system.pk) == "https://vanban.mau.vn/moi"
    remove_webhook(system=system)
    assert find_webhook(system.pk) is None
    assert System.objects.get().kind == SystemKind.PULL
    with pytest.raises(RegistryError, match=r"webhook\.missing"):
        remove_webhook(system=system)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://vanban.mau.vn/", "webhook.url_malformed"),
        ("file:///etc/passwd", "webhook.url_malformed"),
        ("https://", "webhook.url_malformed"),
        ("vanban.mau.vn", "webhook.url_malformed"),
        ("https://ten:matkhau@vanban.mau.vn/", "webhook.url_malformed"),
        ("https://vanban.mau.vn/#a", "webhook.url_malformed"),
        ("https://vanban.mau.vn/nhận", "webhook.url_malformed"),
        ("https://vanban.mau.vn/a b", "webhook.url_malformed"),
        ("https://vanban.mau.vn/\r\nX: 1", "webhook.url_malformed"),
        ("https://vanban.mau.vn:99999/", "webhook.url_malformed"),
        ("https://[::1", "webhook.url_malformed"),
        ("https://vanban.mau.vn/" + "a" * 2000, "webhook.url_malformed"),
        ("http://127.0.0.1/", "webhook.address_forbidden"),
        ("http://[::1]/", "webhook.address_forbidden"),
        ("http://169.254.169.254/latest", "webhook.address_forbidden"),
        ("http://0.0.0.0/", "webhook.address_forbidden"),
    ],
)
def test_bad_addresses_are_refused(system: System, url: str, code: str) -> None:
    with pytest.raises(RegistryError) as refused:
        set_webhook(system=system, url=url)
    assert refused.value.code == code
    assert System.objects.get().kind == SystemKind.PULL


def test_only_systems_that_pull_or_are_pushed_to_have_one(system: System) -> None:
    desk = make_system(make_agency("H99.31"), kind=SystemKind.DESK).system
    with pytest.raises(RegistryError, match=r"webhook\.system_unfit"):
        set_webhook(system=desk, url="https://vanban.mau.vn/")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.1.2.3", True),
        ("192.168.1.1", True),
        ("203.162.1.1", True),
        ("2405:4800::1", True),
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_hosts(address: str, allowed: bool, settings: Settings) -> None:
    settings.WEBHOOK_LOOPBACK = False
    assert may_connect(ipaddress.ip_address(address)) is allowed
