"""The first use of a credential on a day and from an address is an event; the others cost nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from lienthong.common import clock
from lienthong.ledger.models import LedgerEvent
from lienthong.ledger.uses import UseRecorder

pytestmark = pytest.mark.django_db


def _use(process: UseRecorder, credential: str = "secret:1", remote: str = "10.0.0.1", day: date | None = None) -> None:
    process.record(credential=credential, system="HUB.MAU", remote=remote, day=day or clock.today())


def _told() -> list[tuple[str, str]]:
    rows = LedgerEvent.objects.filter(kind="CredentialUsed").order_by("id")
    return list(rows.values_list("subject_id", "remote"))


def test_every_credential_and_address_is_told_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    process = UseRecorder()
    _use(process)
    _use(process, remote="10.0.0.2")
    _use(process, credential="api_key:1")
    with django_assert_num_queries(0):
        for _ in range(100):
            _use(process)
    assert _told() == [("secret:1", "10.0.0.1"), ("secret:1", "10.0.0.2"), ("api_key:1", "10.0.0.1")]


def test_another_process_does_not_tell_it_again() -> None:
    _use(UseRecorder())
    _use(UseRecorder())
    assert len(_told()) == 1


def test_the_next_day_it_is_told_again() -> None:
    process = UseRecorder()
    _use(process)
    _use(process, day=clock.today() + timedelta(days=1))
    assert len(_told()) == 2
