"""What the ground offers, refuses elsewhere, and remembers while it starts over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from lienthong.cli.training.incidents import PIECES
from lienthong.training import services
from lienthong.training.errors import TrainingError
from lienthong.training.ground import StartingOver, ask_to_start_over, read_progress, take_wish, write_progress
from lienthong.training.incidents import CATALOGUE, IncidentKind
from lienthong.training.models import IncidentState
from lienthong.training.personas import find_persona, list_personas, offer_personas
from lienthong.training.selectors import asked_incidents, list_incidents
from tests.records.outgoing.cast import City

SLOW = IncidentKind.SLOW


def state_of(kind: IncidentKind) -> IncidentState:
    return next(one.state for one in list_incidents() if one.script.kind is kind)


@pytest.mark.parametrize(
    "act",
    [
        lambda: services.start_incident(kind=SLOW),
        lambda: services.begin_exercise(actor=None, slug="tim-van-ban"),  # type: ignore[arg-type]
        lambda: offer_personas(people=[]),
        lambda: find_persona(1),
        ask_to_start_over,
    ],
)
def test_elsewhere_nothing_of_it_works(db: None, settings: Settings, act: Callable[[], Any]) -> None:
    assert settings.TRAINING is False
    with pytest.raises(TrainingError) as refused:
        act()
    assert refused.value.code == "training.not_here"


@pytest.mark.parametrize("database", ["", "postgresql://nobody@/real"])
def test_it_cannot_be_turned_on_over_other_data(tmp_path: Path, database: str) -> None:
    """A real data folder has no mark; a database that a URL names is never taken for the made-up city."""
    if database:
        (tmp_path / "training-ground").touch()
    environment = {"LIENTHONG_TRAINING": "1", "LIENTHONG_DATA_DIR": str(tmp_path), "LIENTHONG_DATABASE_URL": database}
    command = [sys.executable, "-m", "lienthong", "check"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 2
    assert "LT-S14" in run.stderr


def test_it_does_not_serve_the_network_unless_told_to(tmp_path: Path) -> None:
    environment = {"LIENTHONG_DATA_DIR": str(tmp_path), "LIENTHONG_HOST": "0.0.0.0"}
    command = [sys.executable, "-m", "lienthong", "run", "--training"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 2
    assert "LT-S15" in run.stderr


def test_only_personas_can_be_entered(city: City) -> None:
    offer_personas(people=[("mai", "Lãnh đạo sở"), ("hanh", "Văn thư sở")])
    assert [(face.username, face.about) for face in list_personas()] == [("mai", "Lãnh đạo sở"), ("hanh", "Văn thư sở")]
    assert find_persona(city.hanh.user_id) is not None
    assert find_persona(city.binh.user_id) is None


def test_every_incident_can_be_played() -> None:
    assert {script.kind for script in CATALOGUE} == set(IncidentKind) == set(PIECES)
    assert all((PIECES[script.kind].end is not None) == script.lasts for script in CATALOGUE)


def test_an_incident_goes_from_asked_to_on_to_ended(db: None, ground: Path) -> None:
    assert state_of(SLOW) is IncidentState.OFF
    services.start_incident(kind=SLOW)
    assert [row.kind for row in asked_incidents()] == [SLOW.value]
    services.tell_incident(kind=SLOW, state=IncidentState.ON, told="Đang chậm")
    services.start_incident(kind=SLOW)
    assert state_of(SLOW) is IncidentState.ON, "a second click changes nothing"
    services.stop_incident(kind=SLOW)
    assert state_of(SLOW) is IncidentState.ENDING
    services.tell_incident(kind=SLOW, state=IncidentState.OFF, told="Hết chậm")
    assert asked_incidents() == []


def test_an_incident_that_is_not_going_on_cannot_be_stopped(db: None, ground: Path) -> None:
    services.stop_incident(kind=SLOW)
    assert state_of(SLOW) is IncidentState.OFF
    with pytest.raises(TrainingError):
        services.incident_of("khong-co")


def test_starting_over_is_asked_once_and_tells_how_far_it_is(ground: Path) -> None:
    assert (read_progress().is_done, take_wish()) == (True, False)
    ask_to_start_over()
    assert read_progress().is_done is False
    ask_to_start_over()
    assert (take_wish(), take_wish()) == (True, False)
    restart = StartingOver(is_done=False)
    with restart.step("Dừng máy chủ"):
        assert read_progress().now == "Dừng máy chủ"
    assert [label for label, _ in read_progress().steps] == ["Dừng máy chủ"]
    restart.is_done = True
    write_progress(restart)
    assert read_progress().is_done


def test_a_damaged_file_of_progress_is_as_if_there_were_none(ground: Path) -> None:
    (ground / "start-over.json").write_text("{", encoding="utf-8")
    assert read_progress().is_done
