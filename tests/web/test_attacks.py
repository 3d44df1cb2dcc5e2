"""Anh Cường of Sở Xây dựng (mẫu) signs in with his own account, and tries every address of Sở Giáo dục (mẫu)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.serializers import serialize
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from lienthong.accounts.models import Delegation, Position, User
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.exchange.dispatching.worker import Worker
from lienthong.records.desk import DeskConnector
from lienthong.records.models import Book, Direction, IncomingDocument, SavedView
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingFile
from lienthong.records.outgoing.services import drafting
from lienthong.records.outgoing.services.sending import send
from lienthong.web import urls
from tests import packages
from tests.exchange.conftest import data_dir
from tests.factories import LONG_AGO
from tests.records.outgoing.cast import City, add_file, filled, make_city, ready

__all__ = ["data_dir"]

# Answered in the same way whether there is such a thing or not: the list, or a complaint about what was sent.
_SAME_FOR_ALL = "/van-ban-den/bo-loc/"
_HTML = {"accept": "text/html,application/xhtml+xml"}
_WAYS: list[dict[str, str]] = [{}, {"HX-Request": "true"}]


@pytest.fixture
def city(transactional_db: None, data_dir: Path) -> City:
    """Everybody of both agencies may sign in. The school department has a draft, a sent and a received document."""
    made = make_city()
    for actor in (made.hanh, made.binh, made.mai, made.cuong):
        for role in actor.roles:
            Position.objects.create(user_id=actor.user_id, agency_id=actor.agency_id, role=role, valid_from=LONG_AGO)
    add_file(made, filled(made))
    send(actor=made.hanh, document=ready(made).pk, version=None, not_secret=True, twins_seen=True)
    made.communes[0].send(packages.document(made.communes[0].code, "H99.04", subject="Riêng của Sở Giáo dục (mẫu)"))
    Worker({"desk": DeskConnector()}).drain()
    Book.objects.create(agency=made.sender, direction=Direction.INCOMING, name="Sổ của Sở Giáo dục")
    SavedView.objects.create(user_id=made.hanh.user_id, agency=made.sender, direction=Direction.INCOMING, name="Mẫu")
    return made


def browser(user: int, **options: Any) -> Client:
    client = Client(headers=_HTML, **options)
    client.force_login(User.objects.get(pk=user), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def attacker(city: City) -> Client:
    """Cường, who is everything that one can be in his own agency."""
    for role in (Role.LEADER, Role.OFFICER, Role.AGENCY_ADMIN, Role.INSPECTOR, Role.STATISTICS):
        Position.objects.create(user_id=city.cuong.user_id, agency=city.other, role=role, valid_from=LONG_AGO)
    return browser(city.cuong.user_id)


def every(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from every(pattern.url_patterns)
        else:
            yield pattern


def _arguments(name: str, wanted: set[str], city: City) -> list[dict[str, Any]] | None:
    """The foreign objects an address can be about; ``None``: nobody has said yet."""
    area = name.split("-", maxsplit=1)[0]
    if area in {"compose", "outgoing"}:
        file = OutgoingFile.objects.get(document__exchange_id=None).pk
        more = {"file": file} if "file" in wanted else {"place": 0} if "place" in wanted else {}
        return [{"document": one.pk, **more} for one in OutgoingDocument.objects.filter(agency=city.sender)]
    if area == "person":
        more = {"position": Position.objects.get(user=city.hanh.user_id).pk} if "position" in wanted else {}
        return [{"pk": city.hanh.user_id, **more}]
    known: dict[str, type[Any]] = {
        "inbox-forget-view": SavedView, "inbox": IncomingDocument, "my-delegation-revoke": Delegation,
    }  # fmt: skip
    if area == "registers":
        return [{"pk": Book.objects.get(agency=city.sender, direction=Direction.INCOMING).pk}]
    model = known.get(name) or known.get(area)
    more = {"place": 0} if "place" in wanted else {}
    return [{"pk": model.objects.get().pk, **more}] if model else None


_NOBODYS = {"mfa_remove_webauthn", "openid_connect_login", "openid_connect_callback", "help-task", "help-image"}
_OF_THE_AXIS = {"stuck", "alert", "system", "reform", "trace", "agency", "held"}


def _addresses(city: City) -> list[str]:
    """Every address with a key in it, filled with the keys of the school department; a new page must be placed too."""
    made, unplaced = [], []
    for pattern in every(urls.urlpatterns):
        name, wanted = pattern.name or "", set(pattern.pattern.converters)
        if not wanted or name in _NOBODYS or name.split("-")[0] in _OF_THE_AXIS:
            continue
        found = _arguments(name, wanted, city)
        unplaced += [name] if found is None else []
        made += [reverse(name, kwargs=arguments) for arguments in found or []]
    assert unplaced == []
    return made


def _kept() -> dict[str, str]:
    """Every row of the workplace, the accounts and the axis, by table; use of a session is no change."""
    labels = ("records", "outgoing", "accounts", "exchange")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {
        model.__name__: sha256(serialize("json", model._default_manager.order_by("pk")).encode()).hexdigest()
        for model in models
    }


@pytest.fixture
def delegation(city: City) -> Delegation:
    today = clock.today()
    return Delegation.objects.create(
        position=Position.objects.get(user_id=city.mai.user_id), to_user_id=city.hanh.user_id, valid_from=today,
        valid_to=today, created_at=clock.now(),
    )  # fmt: skip


def test_every_address_of_another_agency_is_not_found_and_changes_nothing(
    city: City, delegation: Delegation, attacker: Client
) -> None:
    before, opened = _kept(), list[tuple[str, int]]()
    for address in _addresses(city):
        for way in _WAYS:
            answers = [
                attacker.get(address, headers=way),
                attacker.post(address, {"reason": "thử", "act": "nhac", "pick": "1"}, headers=way),
                attacker.patch(address, b"%PDF-", headers={**way, "Upload-Offset": "0"}),
            ]
            no = {403, 404, 405, 302} if address.startswith(_SAME_FOR_ALL) else {403, 404, 405}
            opened += [(address, answer.status_code) for answer in answers if answer.status_code not in no]
            shown = "".join(answer.content.decode() for answer in answers)
            assert "tuyển sinh" not in shown, address
            assert "Riêng của" not in shown, address
    assert opened == []
    assert _kept() == before


def test_lists_searches_and_counters_show_nothing_of_another_agency(city: City, attacker: Client) -> None:
    for address in (
        "/van-ban-den/?xem=tat-ca", "/van-ban-di/", "/van-ban-di/?tim=tuyen+sinh", "/tim-kiem/?q=rieng+cua+so",
        "/so-van-ban/", "/viec-hom-nay/", "/van-ban-den/so-luong/", "/nguoi-dung/?q=hanh",
    ):  # fmt: skip
        answer = attacker.get(address)
        assert answer.status_code == 200, address
        for secret in ("tuyển sinh", "Riêng của", "Sổ của Sở Giáo dục", "Trần Thị Hạnh"):
            assert secret not in answer.content.decode(), address


def test_a_forged_form_is_refused_whatever_token_it_carries(city: City, delegation: Delegation) -> None:
    hanh, cuong = (browser(one.user_id, enforce_csrf_checks=True) for one in (city.hanh, city.cuong))
    cuong.get("/tai-khoan/")
    foreign = cuong.cookies["csrftoken"].value if "csrftoken" in cuong.cookies else "x" * 32
    hanh.get("/tai-khoan/")
    before = _kept()
    for address in _addresses_of_hanh(city):
        for told in ({}, {"csrfmiddlewaretoken": foreign}, {"csrfmiddlewaretoken": ""}):
            assert hanh.post(address, told).status_code == 403, address
        assert hanh.post(address, headers={"HX-Request": "true", "X-CSRFToken": foreign}).status_code == 403, address
    assert _kept() == before


def _addresses_of_hanh(city: City) -> list[str]:
    return [address for address in _addresses(city) if not address.startswith("/tai-khoan/uy-quyen/")]


def drafted(city: City) -> OutgoingDocument:
    """A draft of Cường's own agency."""
    Book.objects.create(agency=city.other, direction=Direction.INCOMING, name="Sổ của Sở Xây dựng")
    return drafting.create_draft(actor=city.cuong)


def test_uploads_keep_to_their_owner_their_size_and_their_place(city: City, attacker: Client) -> None:
    own = drafted(city)
    told = {"Accept": "application/json"}
    address, wanted = reverse("compose-upload", args=[own.pk]), {"name": "a.pdf", "size": 10}
    opened = attacker.post(address, wanted, content_type="application/json", headers=told).json()

    def part(address: str, body: bytes, offset: str) -> int:
        return attacker.patch(address, body, headers={**told, "Upload-Offset": offset}).status_code

    assert part(opened["url"], b"%PDF-", "3") == 409
    assert part(opened["url"], b"%PDF-", "9" * 5000) == 409
    assert part(opened["url"], b"%PDF-", "-1") == 409
    assert part(opened["url"], b"%PDF-12345 and more", "0") == 409
    assert attacker.get(opened["url"]).json()["offset"] == 0
    theirs = OutgoingFile.objects.get(document__exchange_id=None, document__agency=city.sender)
    mixed = reverse("compose-file", kwargs={"document": own.pk, "file": theirs.pk})  # one's own draft, their file
    assert part(mixed, b"%PDF-", "0") == 409
    assert attacker.get(f"{mixed}xem/").status_code != 200
    attacker.post(f"{mixed}bo/")
    attacker.post(f"{mixed}len/")
    assert OutgoingFile.objects.filter(pk=theirs.pk, place=theirs.place).exists()


def test_what_is_taken_from_a_person_ends_at_once(city: City, delegation: Delegation) -> None:
    hanh, mai = browser(city.hanh.user_id), browser(city.mai.user_id)
    incoming = reverse("inbox-document", args=[IncomingDocument.objects.get().pk])
    hanh.post("/vi-tri/", {"seat": f"delegation-{delegation.pk}"})
    assign = reverse("inbox-assign", args=[IncomingDocument.objects.get().pk])
    assert hanh.get(assign).status_code == 200
    Delegation.objects.update(revoked_at=clock.now())
    assert hanh.get(assign).status_code == 403
    assert hanh.get(incoming).status_code == 200
    Position.objects.filter(user_id=city.hanh.user_id).update(valid_to=clock.today())
    assert hanh.get(incoming).status_code == 403
    assert mai.get(incoming).status_code == 200
    User.objects.filter(pk=city.mai.user_id).update(is_active=False)
    answer = mai.get(incoming)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/dang-nhap/")


def test_no_address_after_signing_in_leads_away(city: City) -> None:
    User.objects.filter(pk=city.hanh.user_id).update(username="hanh")
    user = User.objects.get(pk=city.hanh.user_id)
    user.set_password("một câu rất dài 12")
    user.save()
    for there in ("https://xau.example/", "//xau.example/", "/\\xau.example", "javascript:alert(1)", "http:///xau.example",
                  "/\t/xau.example", "https:xau.example"):  # fmt: skip
        client = Client(headers=_HTML)
        before = client.get("/dang-nhap/", {"next": there}).cookies.get("lienthong")
        answer = client.post("/dang-nhap/", {"login": "hanh", "password": "một câu rất dài 12", "next": there})
        assert answer.status_code == 302
        assert answer["Location"] == "/", there
        assert before is None or client.cookies["lienthong"].value != before.value


def test_a_session_that_somebody_prepared_is_not_the_one_that_is_signed_in(city: City) -> None:
    user = User.objects.get(pk=city.hanh.user_id)
    user.set_password("một câu rất dài 12")
    user.save()
    client = Client(headers=_HTML)
    name = settings.SESSION_COOKIE_NAME
    for prepared in ("a" * 32, _anonymous_session()):
        client.cookies[name] = prepared
        client.post("/dang-nhap/", {"login": user.username, "password": "một câu rất dài 12"})
        assert client.cookies[name].value not in {prepared, ""}
        assert Client(headers={**_HTML, "Cookie": f"{name}={prepared}"}).get("/tai-khoan/").status_code == 302
        client.logout()


def _anonymous_session() -> str:
    session = SessionStore()
    session["x"] = "y"
    session.save()
    return str(session.session_key)


@pytest.mark.parametrize("claimed", ["text/html", "image/svg+xml", "text/javascript", "text/css\r\nX-Evil: 1"])
def test_a_file_is_saved_and_never_run_whatever_it_claims_to_be(city: City, claimed: str) -> None:
    one = IncomingDocument.objects.get()
    assert one.package is not None
    name = "../../etc/x\r\nSet-Cookie: a=b\u202egpj.svg"
    one.package.attachments = [{**one.package.attachments[0], "content_type": claimed, "name": name}]
    one.package.save()
    answer = browser(city.hanh.user_id).get(reverse("inbox-file", args=[one.pk, 0]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert answer["Content-Disposition"].startswith('attachment; filename="x')
    assert "\u202e" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not answer.cookies.get("a")
