"""The city of the outgoing documents, with people who can sign in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import Position, User
from tests.exchange.conftest import data_dir
from tests.factories import LONG_AGO
from tests.records.outgoing.cast import City, make_city

__all__ = ["data_dir"]
SignIn = Callable[[Actor], Client]


@pytest.fixture
def city(transactional_db: None, data_dir: Path) -> City:
    made = make_city()
    for actor in (made.hanh, made.binh, made.mai, made.cuong):
        for role in actor.roles:
            Position.objects.create(user_id=actor.user_id, agency_id=actor.agency_id, role=role, valid_from=LONG_AGO)
    return made


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which somebody signed in; forged forms are refused as in life."""

    def browser(actor: Actor) -> Client:
        client = Client(enforce_csrf_checks=False, headers={"accept": "text/html,application/xhtml+xml"})
        client.force_login(
            User.objects.get(pk=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return browser
