"""Every page, every role, one's own agency and another one: who gets in stands in ``matrix.py``, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from lienthong.accounts.roles import Role
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.web import urls
from tests.web import workplace
from tests.web.matrix import OPEN, ROWS, Row
from tests.web.world import BROWSER, World, make_world

_GOT_IN = {200, 302, 422}


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            assert pattern.name, f"{pattern} has no name"
            yield pattern.name


PAGES = sorted(set(_names(urls.urlpatterns)))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[World]:
    """Made once for the file; everything the tests do is taken back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _in_it(world: World, db: None) -> None:
    """Every test plays in that world, and what it does there is taken back."""


def _ask(client: Client, row: Row, name: str, arguments: dict[str, object]) -> int:
    url = reverse(name, kwargs=arguments)
    return (client.post(url) if row.post else client.get(url)).status_code


def test_every_page_has_a_row() -> None:
    assert sorted(set(PAGES) - ROWS.keys() - OPEN) == []
    assert sorted((ROWS.keys() | OPEN) - set(PAGES)) == []


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
