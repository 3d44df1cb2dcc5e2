"""Cached answers stay true while others write: nobody who knows a revision is told what was before it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from lienthong.registry import directory, revision, services
from lienthong.registry.errors import RegistryError
from lienthong.registry.revision_cache import RevisionCache
from tests import factories

TODAY = date(2026, 3, 2)


def test_a_late_answer_of_an_older_revision_is_not_kept() -> None:
    cache: RevisionCache[str] = RevisionCache(10)
    assert cache.get(["H24"], 1) == {}  # one thread asks, and goes to the database …
    assert cache.get(["H24"], 2) == {}  # … meanwhile another one knows of a change

    cache.put({"H24": "tên cũ"}, 1)

    assert cache.get(["H24"], 2) == {}
    cache.put({"H24": "tên mới"}, 2)
    assert cache.get(["H24", "H25"], 2) == {"H24": "tên mới"}
    assert cache.get(["H24"], 3) == {}


def test_the_cache_never_grows_beyond_its_size() -> None:
    cache: RevisionCache[int] = RevisionCache(10)
    cache.get([], 1)
    cache.put({number: number for number in range(8)}, 1)
    cache.put({number: number for number in range(100, 150)}, 1)

    assert len(cache.get(range(200), 1)) == 10


@pytest.mark.django_db(transaction=True)
def test_many_threads_never_see_an_older_name_than_the_one_already_published() -> None:
    agency = factories.make_agency("H24.05", "Sở mẫu 0")
    system_id = factories.make_system(agency).system.system_id
    published, done = [0], Event()

    def read() -> list[tuple[int, int]]:
        seen = []
        try:
            while not done.is_set():
                least = published[0]
                access = directory.find_system(system_id)
                assert access is not None
                found = directory.resolve_many(["H24.05"], TODAY, revision=access.revision)["H24.05"]
                seen.append((least, int((found.name or "").rpartition(" ")[2])))
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read) for _ in range(6)]
        try:
            for number in range(1, 41):
                services.rename_agency(agency=agency, name=f"Sở mẫu {number}", valid_from=TODAY)
                published[0] = number
        finally:
            done.set()
        answers = [answer for reader in readers for answer in reader.result()]

    assert len(answers) > 40
    assert [answer for answer in answers if answer[1] < answer[0]] == []


@pytest.mark.django_db
def test_what_was_rolled_back_is_not_remembered() -> None:
    agency = factories.make_agency("H24.05", "Sở mẫu")
    with transaction.atomic():
        services.rename_agency(agency=agency, name="Sở chưa hề có", valid_from=TODAY)
        assert directory.resolve("H24.05", TODAY).name == "Sở chưa hề có"
        transaction.set_rollback(True)
    assert directory.resolve("H24.05", TODAY).name == "Sở mẫu"

    services.rename_agency(agency=agency, name="Sở mẫu mới", valid_from=TODAY)
    assert directory.resolve("H24.05", TODAY).name == "Sở mẫu mới"


@pytest.mark.django_db
def test_more_codes_than_the_cache_holds_are_all_answered() -> None:
    factories.make_agency("H24.05", "Sở mẫu")
    codes = [f"X{number:06d}" for number in range(60_000)]
    now = revision.current()

    found = directory.resolve_many([*codes, "H24.05"], TODAY, revision=now)
    again = directory.resolve_many(["H24.05", codes[0]], TODAY, revision=now)

    assert len(found) == 60_001
    assert found["H24.05"].name == again["H24.05"].name == "Sở mẫu"


@pytest.mark.django_db(transaction=True)
def test_two_writers_that_claim_one_code_leave_one_owner() -> None:
    def claim(number: int) -> str:
        try:
            factories.make_agency("H24.05", f"Sở mẫu {number}")
        except RegistryError as error:
            return error.code
        finally:
            connection.close()
        return "owner"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(claim, range(6))) == ["owner", *["registry.agency.code_taken"] * 5]


@pytest.mark.django_db(transaction=True)
def test_concurrent_rotations_leave_one_secret_that_does_not_end() -> None:
    system = factories.make_system(factories.make_agency("H24.05")).system

    def rotate(_number: int) -> str:
        try:
            return services.rotate_secret(system=system, overlap=timedelta(hours=1)).secret
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        secrets = set(pool.map(rotate, range(8)))

    assert len(secrets) == 8
    assert system.credentials.filter(expires_at=None).count() == 1
