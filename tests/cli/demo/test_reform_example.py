"""The worked plan that ships with the demonstration, on the demonstration's own city."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest
import yaml

from lienthong.cli.demo import city
from lienthong.cli.demo.setup import build_city
from lienthong.registry import directory, selectors
from lienthong.registry.directory_file import import_directory
from lienthong.registry.models import Level
from lienthong.registry.reform import apply_plan, counter_plan, rehearse
from lienthong.registry.resolution import Outcome
from tests.registry.reform.town import answers

pytestmark = pytest.mark.django_db

BEFORE, D = date(2025, 6, 30), date(2025, 7, 1)
FOLDER = Path(str(resources.files("lienthong.cli.demo")))
SOURCE = (FOLDER / "reform-2025.yaml").read_bytes()


@pytest.fixture
def two_cities() -> None:
    build_city({})
    report = import_directory(FOLDER / "neighbour-2025.csv", valid_from=city.VALID_FROM)
    assert report.errors == ()


@pytest.mark.usefixtures("two_cities")
def test_it_makes_one_city_of_two_levels_in_which_everybody_is_reached() -> None:
    reform = apply_plan(SOURCE, operator="Nguyễn Vận Hành (mẫu)")

    rows = list(selectors.directory_rows(D))
    communes = [row for row in rows if row.level == Level.COMMUNE.number]
    city_key = directory.resolve("H99", D).agency_id
    assert reform.warnings == []
    assert [row.code for row in rows if row.level == Level.DISTRICT.number] == []
    assert [row.code for row in rows if row.code.startswith("H98")] == []
    assert len(communes) == 10
    assert {(row.pid, row.code.count("."), bool(row.old_code)) for row in communes} == {(city_key, 1, True)}
    assert all(row.center_code for row in rows)


@pytest.mark.usefixtures("two_cities")
def test_every_code_of_before_leads_to_an_agency_of_after() -> None:
    before = {code: directory.resolve(code, BEFORE) for code in city.BY_CODE}
    apply_plan(SOURCE, operator="Nguyễn Vận Hành (mẫu)")

    for code, was in before.items():
        now = directory.resolve(code, D)
        assert directory.resolve(code, BEFORE).agency_id == was.agency_id
        heir = now.agency_id if now.outcome is Outcome.OPEN else now.successor_id
        assert heir is not None, code
        assert (now.system_pk if now.outcome is Outcome.OPEN else now.successor_system_pk) is not None, code


@pytest.mark.usefixtures("two_cities")
def test_it_can_be_rehearsed_repeated_and_taken_back() -> None:
    before = answers(days=(BEFORE, D))
    assert len(rehearse(SOURCE).changes) > 80

    run = apply_plan(SOURCE, operator="Nguyễn Vận Hành (mẫu)").run
    assert apply_plan(SOURCE, operator="Nguyễn Vận Hành (mẫu)").was_applied
    assert run is not None
    apply_plan(counter_plan(run).encode(), operator="Nguyễn Vận Hành (mẫu)")

    assert answers(days=(BEFORE, D), codes={code for code, _ in before}) == before


def test_all_that_it_names_is_marked_as_a_sample() -> None:
    plan = yaml.safe_load(SOURCE)
    bodies = [body for step in plan["steps"] for body in step.values()]
    names = [body["name"] for body in bodies if "name" in body]
    names += [body["create"]["name"] for body in bodies if "create" in body]
    assert len(names) > 8
    assert all("mẫu" in name for name in (*names, plan["basis"].lower()))
