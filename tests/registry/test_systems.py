"""Systems and their secrets: shown once, rotated with overlap, locked at once, never written in the clear."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from django.db import connection

from lienthong.common import clock
from lienthong.registry import directory, revision, services
from lienthong.registry.details import system_detail
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, Credential, System, SystemService
from lienthong.registry.resolution import SystemAccess
from lienthong.registry.services import NewSystem
from tests import factories, statements

TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def department() -> Agency:
    return factories.make_agency("H24.05", "Sở Y tế mẫu")


@pytest.fixture
def hospital_system(department: Agency) -> NewSystem:
    return factories.make_system(department)


def access(system: System) -> SystemAccess:
    found = directory.find_system(system.system_id)
    assert found is not None
    return found


def test_a_new_system_is_named_after_its_first_agency_and_enters_with_its_secret(hospital_system: NewSystem) -> None:
    found = access(hospital_system.system)

    assert found.system_id == "HUB.H24.05.01"
    assert (found.pk, found.kind, found.is_locked) == (hospital_system.system.pk, "pull", False)
    assert found.secrets == (hospital_system.secret,)
    assert found.revision == revision.current()
    assert hospital_system.secret.isascii()


def test_generated_ids_count_on_and_skip_what_is_taken(department: Agency) -> None:
    factories.make_system(department, system_id="HUB.H24.05.02")

    made = [factories.make_system(department).system.system_id for _ in range(2)]

    assert made == ["HUB.H24.05.01", "HUB.H24.05.03"]


@pytest.mark.parametrize("system_id", ["KHONG.CO", "", "\x00", "hub.h24.05.01", "HUB.H24.05.01 ", "A" * 500])
def test_an_id_must_be_exact(hospital_system: NewSystem, system_id: str) -> None:
    assert directory.find_system(system_id) is None


def test_finding_a_system_is_one_query(hospital_system: NewSystem) -> None:
    with statements.exactly(1):
        directory.find_system(hospital_system.system.system_id)


def test_the_lock_holds_from_the_next_question_on(hospital_system: NewSystem) -> None:
    system = hospital_system.system
    services.lock_system(system=system, reason="Nghi lộ khóa (mẫu)")

    assert access(system).is_locked
    assert directory.resolve("H24.05", TODAY).system_locked
    services.unlock_system(system=system)
    assert not access(system).is_locked
    assert system_detail(system.system_id).locked_reason == ""


def test_a_lock_needs_a_reason(hospital_system: NewSystem) -> None:
    with pytest.raises(RegistryError) as refusal:
        services.lock_system(system=hospital_system.system, reason=" ")

    assert refusal.value.code == "registry.system.reason_missing"
    assert not access(hospital_system.system).is_locked


def test_after_a_rotation_both_secrets_open_until_the_overlap_ends(hospital_system: NewSystem) -> None:
    system = hospital_system.system
    fresh = services.rotate_secret(system=system, overlap=timedelta(days=7))
    made_at = fresh.credential.created_at
    at_end = directory.find_system(system.system_id, at=made_at + timedelta(days=7, seconds=1))

    assert access(system).secrets == (fresh.secret, hospital_system.secret)
    assert at_end is not None
    assert at_end.secrets == (fresh.secret,)


def test_a_rotation_never_lengthens_the_life_of_an_older_secret(hospital_system: NewSystem) -> None:
    system = hospital_system.system
    second = services.rotate_secret(system=system, overlap=timedelta(hours=1))
    third = services.rotate_secret(system=system, overlap=timedelta(days=7))
    after_an_hour = directory.find_system(system.system_id, at=clock.now() + timedelta(hours=2))

    assert after_an_hour is not None
    assert after_an_hour.secrets == (third.secret, second.secret)


def test_rotation_without_overlap_ends_the_old_secret_at_once(hospital_system: NewSystem) -> None:
    fresh = services.rotate_secret(system=hospital_system.system, overlap=timedelta(0))

    assert access(hospital_system.system).secrets == (fresh.secret,)


def test_revoking_one_credential_leaves_the_others(hospital_system: NewSystem) -> None:
    system = hospital_system.system
    fresh = services.rotate_secret(system=system, overlap=timedelta(days=1))
    oldest = system.credentials.order_by("pk")[0]

    assert services.revoke_credentials(system=system, credential_id=oldest.pk) == 1
    assert access(system).secrets == (fresh.secret,)
    assert services.revoke_credentials(system=system) == 1
    assert access(system).secrets == ()
    assert services.revoke_credentials(system=system) == 0


def test_a_credential_of_another_system_cannot_be_revoked_by_mistake(
    hospital_system: NewSystem, department: Agency
) -> None:
    other = factories.make_system(department)

    with pytest.raises(RegistryError) as refusal:
        services.revoke_credentials(system=other.system, credential_id=Credential.objects.order_by("pk")[0].pk)

    assert refusal.value.code == "registry.system.credential_unknown"
    assert access(hospital_system.system).secrets == (hospital_system.secret,)


def test_no_secret_is_readable_anywhere(hospital_system: NewSystem, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    system = hospital_system.system
    fresh = services.rotate_secret(system=system, overlap=timedelta(days=1), label="khóa mới")
    found = access(system)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text, secret_encrypted FROM registry_credential c")
        stored = [(text, bytes(secret)) for text, secret in cursor.fetchall()]

    assert len(stored) == 2
    told = [repr(hospital_system), repr(fresh), repr(found), str(fresh.credential), caplog.text]
    for secret in (hospital_system.secret, fresh.secret):
        assert all(secret not in text for text in [*told, repr(system_detail(system.system_id))])
        assert all(secret not in text and secret.encode() not in data for text, data in stored)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"system_id": "HUB MẪU"}, "registry.system.id_malformed"),
        ({"system_id": "HUB.H24.05.01"}, "registry.system.id_taken"),
        ({"agencies": []}, "registry.system.id_missing"),
        ({"kind": "telex"}, "registry.system.kind_unknown"),
        ({"name": "x" * 201}, "registry.system.text_malformed"),
        ({"name": "Hệ thống\x00"}, "registry.system.text_malformed"),
    ],
)
def test_a_bad_system_is_refused_and_leaves_nothing_behind(
    hospital_system: NewSystem, department: Agency, change: dict[str, object], code: str
) -> None:
    asked: dict[str, object] = {"agencies": [department], "valid_from": TODAY, **change}

    with pytest.raises(RegistryError) as refusal:
        services.add_system(**asked)  # type: ignore[arg-type]

    assert refusal.value.code == code
    assert System.objects.count() == 1


def test_an_overlap_cannot_be_negative(hospital_system: NewSystem) -> None:
    with pytest.raises(RegistryError):
        services.rotate_secret(system=hospital_system.system, overlap=timedelta(seconds=-1))
    assert access(hospital_system.system).secrets == (hospital_system.secret,)


def test_serving_again_changes_nothing_and_another_scope_replaces_the_old_one(
    hospital_system: NewSystem, department: Agency
) -> None:
    system = hospital_system.system
    before = revision.current()
    services.serve_agency(system=system, agency=department, valid_from=TODAY)
    assert revision.current() == before

    services.serve_agency(system=system, agency=department, valid_from=TODAY, include_subordinates=True)
    rows = SystemService.objects.filter(system=system).order_by("pk")
    assert [(row.include_subordinates, row.valid_from, row.valid_to) for row in rows] == [
        (False, factories.LONG_AGO, TODAY),
        (True, TODAY, None),
    ]


def test_what_is_not_served_cannot_be_given_up(hospital_system: NewSystem) -> None:
    with pytest.raises(RegistryError) as refusal:
        services.stop_serving(system=hospital_system.system, agency=factories.make_agency(), on_date=TODAY)

    assert refusal.value.code == "registry.system.not_serving"
