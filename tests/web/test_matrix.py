"""Every page, every role, one's own agency and another one: who gets in stands in ``matrix.py``, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from lienthong.accounts.roles import Role
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.web import urls
from tests.web import workplace
from tests.web.matrix import GATES, LEAD_BACK, OPEN, ROWS, Row
from tests.web.world import BROWSER, World, make_world

pytestmark = pytest.mark.django_db  # each test takes back what it did

_GOT_IN = {200, 302, 422}


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            assert pattern.name, f"{pattern} has no name"
            yield pattern.name


PAGES = sorted(set(_names(urls.urlpatterns)))


def _patterns(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for pattern in patterns:
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, whole)
        else:
            kinds = dict(reversed(found) for found in re.findall(r"<(\w+):(\w+)>", whole))
            yield str(pattern.name), kinds


ARGUMENTS = dict(_patterns(urls.urlpatterns))
"""Of every page: the kinds of its address's arguments, by their names."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[World]:
    """Made once for the file, and taken back after it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def _ask(client: Client, row: Row, name: str, arguments: dict[str, object]) -> int:
    url = reverse(name, kwargs=arguments)
    return (client.post(url) if row.post else client.get(url)).status_code


def test_every_page_has_a_row() -> None:
    known = ROWS.keys() | GATES.keys() | OPEN
    assert sorted(set(PAGES) - known) == []
    assert sorted(known - set(PAGES)) == []


@pytest.mark.parametrize("name", ROWS)
def test_only_the_roles_of_its_row_get_in(world: World, name: str) -> None:
    row = ROWS[name]
    arguments = row.ours(world) if row.ours else {}
    found = {role: _ask(world.client(role), row, name, arguments) for role in Role}
    assert {role for role, status in found.items() if status in _GOT_IN} == row.allow, found
    assert {status for role, status in found.items() if role not in row.allow} <= {403, 404}, found


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.theirs])
def test_what_belongs_to_another_agency_is_not_found(world: World, name: str) -> None:
    row = ROWS[name]
    arguments = row.theirs(world) if row.theirs else {}
    for role in row.allow:
        if not role.is_of_axis:
            assert _ask(world.client(role), row, name, arguments) == 404, role


_ABOUT_INCOMING = ("document", "slip", "file", "archive", "package", "start", "finish", "unread")


@pytest.mark.parametrize("name", [f"inbox-{name}" for name in _ABOUT_INCOMING])
def test_an_officer_does_not_find_what_is_not_assigned_to_them(world: World, name: str) -> None:
    arguments: dict[str, object] = {"pk": workplace.make_incoming(world, ours=True, assigned=False).pk}
    if name in ("inbox-file", "inbox-archive"):
        arguments["place"] = 0
    assert _ask(world.client(Role.OFFICER), ROWS[name], name, arguments) == 404


@pytest.mark.parametrize("name", [name for name in ROWS if name.startswith(("outgoing", "compose-"))])
def test_an_officer_does_not_find_what_a_colleague_drafted(world: World, name: str) -> None:
    row = ROWS[name]
    arguments = row.ours(world) if row.ours else {}
    OutgoingDocument.objects.filter(pk=arguments["document"]).update(author=world.people[Role.CLERK])
    assert _ask(world.client(Role.OFFICER), row, name, arguments) in (403, 404)


@pytest.mark.parametrize("name", ROWS)
def test_whoever_has_not_signed_in_is_sent_to_do_so(world: World, name: str) -> None:
    row = ROWS[name]
    url = reverse(name, kwargs=row.ours(world) if row.ours else {})
    client = Client(**BROWSER)
    response = client.post(url) if row.post else client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.post])
def test_forged_forms_are_refused(world: World, name: str) -> None:
    row = ROWS[name]
    client = Client(enforce_csrf_checks=True, **BROWSER)
    client.force_login(
        world.people[next(iter(row.allow))], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    response = client.post(reverse(name, kwargs=row.ours(world) if row.ours else {}))
    assert response.status_code == 403
    assert "Trang đã mở quá lâu" in response.content.decode()


_UNKNOWN = {"uuid": uuid4(), "int": 2**31 - 1}


def _unknown(name: str) -> str:
    """The page's address, of something that does not exist."""
    return reverse(name, kwargs={word: _UNKNOWN[kind] for word, kind in ARGUMENTS[name].items()})


@pytest.mark.parametrize("name", GATES)
def test_only_the_roles_of_its_gate_get_through(world: World, name: str) -> None:
    for role in Role:
        client = world.client(role)
        found = {client.get(_unknown(name)).status_code, client.post(_unknown(name)).status_code}
        assert (403 in found) == (role not in GATES[name]), (role, found)
        assert 500 not in found, role


@pytest.mark.parametrize("name", [name for name in GATES if ARGUMENTS[name] and name not in LEAD_BACK])
def test_what_does_not_exist_is_not_found(world: World, name: str) -> None:
    client = world.client(next(iter(sorted(GATES[name]))))
    found = {client.get(_unknown(name)).status_code, client.post(_unknown(name)).status_code}
    assert found <= {404, 405}
    assert 404 in found
