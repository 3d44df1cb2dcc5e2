"""Packages posted to a real receiver: what it gets, and what each of its moods leads to."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import timedelta

import pytest
from pytest_django import Settings

from lienthong.common import clock
from lienthong.exchange.connectors import Delivered, NotDelivered, Outgoing
from lienthong.gateways.webhook.connector import WebhookConnector
from lienthong.gateways.webhook.models import Webhook
from lienthong.registry import services
from lienthong.registry.models import System
from tests import packages
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import must_claim
from tests.receiver import (
    Mood,
    Receiver,
    accept_silently,
    answering,
    dripping,
    hanging_up_at_the_end,
    hanging_up_halfway,
    refusing,
    silent,
    talking_nonsense,
)


@pytest.fixture
def outgoing(department: Office, hoa_phuong: Office) -> Outgoing:
    department.send(packages.document(department.code, hoa_phuong.code, priority="2"))
    return must_claim().outgoing


def deliver(outgoing: Outgoing, *, timeout: float = 10) -> Delivered | NotDelivered:
    return WebhookConnector().deliver(outgoing, timeout=timeout)


def failure(outgoing: Outgoing, *, timeout: float = 10) -> tuple[bool, str]:
    found = deliver(outgoing, timeout=timeout)
    assert isinstance(found, NotDelivered)
    assert found.detail.endswith(".") or found.permanent
    return found.permanent, found.cause


def test_the_package_arrives_as_it_is_stored_signed_and_labelled(
    outgoing: Outgoing, receiver: Receiver, department: Office, hoa_phuong: Office
) -> None:
    assert deliver(outgoing) == Delivered(remote_id="VB-MAU-7")

    (posted,) = receiver.posted
    assert hashlib.sha256(posted.body).digest() == outgoing.package.sha256
    assert posted.is_signed_with(hoa_phuong.access.secrets[0])
    assert not posted.is_signed_with(department.access.secrets[0])
    names = ("Mode", "Delivery", "Attempt", "Kind", "Urgency", "From", "To")
    assert [posted.headers[f"X-Lienthong-{name}"] for name in names] == [
        "package", outgoing.delivery_id, "1", "edoc", "2", department.code, hoa_phuong.code
    ]  # fmt: skip
    assert posted.headers["Content-Type"] == "application/xml"


def test_what_it_has_already_is_confirmed_and_not_stored_twice(outgoing: Outgoing, receiver: Receiver) -> None:
    assert [deliver(outgoing), deliver(outgoing)] == [Delivered(remote_id="VB-MAU-7")] * 2
    assert len(receiver.posted) == 2
    assert len(receiver.documents[outgoing.delivery_id]) == 1


def test_while_a_secret_is_rotated_both_are_good(outgoing: Outgoing, receiver: Receiver, hoa_phuong: Office) -> None:
    old = hoa_phuong.access.secrets[0]
    system = System.objects.get(system_id=hoa_phuong.system_id)
    new = services.rotate_secret(system=system, overlap=timedelta(hours=1)).secret
    deliver(outgoing)
    services.rotate_secret(system=system, overlap=timedelta(0))
    deliver(outgoing)
    first, second = receiver.posted
    assert first.is_signed_with(old)
    assert first.is_signed_with(new)
    assert not second.is_signed_with(new)


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        (refusing("Sai thể thức (mẫu)"), (True, "webhook.refused")),
        (answering(500), (False, "webhook.failed")),
        (answering(302, Location="http://127.0.0.1:1/"), (False, "webhook.redirected")),
        (answering(200, b"<html>Dang nhap</html>"), (False, "webhook.answer_unreadable")),
        (answering(200, b"{" * 200_000), (False, "webhook.answer_unreadable")),
        (talking_nonsense, (False, "webhook.answer_unreadable")),
        (hanging_up_at_the_end, (False, "webhook.broken")),
    ],
)
def test_moods(outgoing: Outgoing, receiver: Receiver, mood: Mood, expected: tuple[bool, str]) -> None:
    receiver.mood = mood
    assert failure(outgoing) == expected
    assert len(receiver.posted) == 1


def test_a_polite_receiver_is_left_in_peace_as_long_as_it_asks(outgoing: Outgoing, receiver: Receiver) -> None:
    receiver.moods = [answering(429, Retry_After="77"), accept_silently]
    found = deliver(outgoing)
    assert isinstance(found, NotDelivered)
    assert (found.cause, found.retry_after) == ("webhook.busy", 77)
    assert deliver(outgoing) == Delivered()


def test_a_line_that_breaks_in_the_middle_is_a_failure_and_the_next_try_goes_through(
    department: Office, hoa_phuong: Office, receiver: Receiver
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, content=bytes(3_000_000)))
    outgoing = must_claim().outgoing
    receiver.moods = [hanging_up_halfway]
    assert failure(outgoing) == (False, "webhook.broken")
    assert deliver(outgoing) == Delivered(remote_id="VB-MAU-7")
    (stored,) = receiver.documents[outgoing.delivery_id]
    assert hashlib.sha256(stored).digest() == outgoing.package.sha256


@pytest.mark.parametrize("mood", [silent, dripping])
def test_a_receiver_may_not_keep_a_worker_for_ever(outgoing: Outgoing, receiver: Receiver, mood: Mood) -> None:
    receiver.mood = mood
    begin = time.monotonic()
    assert failure(outgoing, timeout=0.5) == (False, "webhook.timeout")
    assert time.monotonic() - begin < 5


def test_nobody_listens(outgoing: Outgoing, hoa_phuong: Office) -> None:
    Webhook.objects.update(url="http://127.0.0.1:1/")
    assert failure(outgoing) == (False, "webhook.unreachable")
    Webhook.objects.update(url="http://khong-co.invalid/")
    assert failure(outgoing) == (False, "webhook.unreachable")


def test_a_receiver_that_does_not_speak_tls(outgoing: Outgoing, receiver: Receiver) -> None:
    Webhook.objects.update(url=receiver.url.replace("http:", "https:"))
    assert failure(outgoing) == (False, "webhook.tls")


def test_an_address_that_leads_to_this_machine_is_not_called(
    outgoing: Outgoing, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_LOOPBACK = False
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "169.254.169.254"):
        Webhook.objects.update(url=f"http://{host}:{receiver.port}/")
        assert failure(outgoing) == (False, "webhook.address_forbidden")
    assert receiver.posted == []


def test_without_address_or_secret_nothing_is_sent(outgoing: Outgoing, hoa_phuong: Office, receiver: Receiver) -> None:
    services.revoke_credentials(system=System.objects.get(system_id=hoa_phuong.system_id))
    assert failure(outgoing) == (False, "webhook.no_secret")
    Webhook.objects.all().delete()
    assert failure(outgoing) == (False, "webhook.no_address")
    assert receiver.posted == []


def test_damaged_bytes_never_arrive_whole(outgoing: Outgoing, receiver: Receiver, settings: Settings) -> None:
    path = settings.DATA_DIR / "segments" / outgoing.package.address.segment
    content = bytearray(path.read_bytes())
    content[outgoing.package.address.offset + 500] ^= 1
    path.write_bytes(content)
    assert failure(outgoing) == (True, "exchange.package_damaged")
    assert receiver.documents == {}


def test_a_large_package_is_announced_with_a_link(
    outgoing: Outgoing, receiver: Receiver, hoa_phuong: Office, settings: Settings
) -> None:
    settings.WEBHOOK_NOTICE_FROM, settings.PUBLIC_URL = outgoing.package.size, "https://truc.mau"
    receiver.mood = answering(204)

    assert deliver(outgoing) == Delivered()

    (posted,) = receiver.posted
    assert posted.headers["X-Lienthong-Mode"] == "notice"
    assert posted.is_signed_with(hoa_phuong.access.secrets[0])
    notice = json.loads(posted.body)
    assert notice["delivery"] == outgoing.delivery_id
    assert (notice["size"], notice["sha256"]) == (outgoing.package.size, outgoing.package.sha256.hex())
    assert notice["to"] == [hoa_phuong.code]
    assert notice["url"].startswith(f"https://truc.mau/webhook/packages/{hoa_phuong.system_id}/{notice['delivery']}?")
    assert notice["expires"] > clock.now().timestamp()
