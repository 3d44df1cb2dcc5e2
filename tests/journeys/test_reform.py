"""The first of July as the city lives it: what was sent before, what is sent after, who reports on what.

Sở Y tế (mẫu) has sent a document to the district Hoa Phượng, to two of its communes and to a commune of the
neighbouring city, which has sent one back. Then the plan is applied; its day lies one day ahead of today, on today, or
one day back. The day of sending counts and not the day of signing: every document here was signed in 2024.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from edxml102.model import PackageKind
from lienthong.accounts.actors import Actor
from lienthong.accounts.roles import Role
from lienthong.accounts.services import create_person
from lienthong.cli.registry import app
from lienthong.common import clock
from lienthong.exchange import intake
from lienthong.exchange.models import Recipient
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.registry import services
from lienthong.registry.models import System
from tests import packages
from tests.exchange.conftest import Office
from tests.registry.reform.town import PLAN, build_town

DAY_BEFORE, DAY_OF, DAY_AFTER = 1, 0, -1
ORDER, ANSWER = "VB-Y-TE-1", "VB-DA-TRANG-1"
NEW_CODES = {"H99.41", "H99.61", "000.00.41.H99", "000.00.61.H99"}


@dataclass
class Cast:
    """Every office under the code of before."""

    department: Office
    city: Office
    district: Office
    bang_lang: Office
    da_trang: Office
    folder: Path

    def under(self, office: Office, code: str) -> Office:
        """The same system, speaking under another code."""
        return replace(office, code=code)

    def reform(self, offset: int, *options: str, code: int = 0) -> Any:
        """Apply the plan on a day counted from today."""
        day = clock.today() + timedelta(days=offset)
        file = self.folder / "phuong-an.yaml"
        text = PLAN.replace("2025-07-01", day.isoformat()).replace(
            "2026-01-01", (day + timedelta(days=180)).isoformat()
        )
        file.write_text(text, encoding="utf-8")
        return command("reform", str(file), *options, code=code)


def command(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def cast(transactional_db: None, tmp_path: Path, settings: Settings) -> Iterator[Cast]:
    settings.DATA_DIR = tmp_path
    intake.segments.cache_clear()
    intake.committer.cache_clear()
    town = build_town()
    services.serve_agency(
        system=System.objects.get(system_id="HUB.H99"), agency=town["H99.01"], valid_from=clock.today()
    )
    made = Cast(
        department=Office("H99.01", town["H99.01"], "HUB.H99"),
        city=Office("H99", town["H99"], "HUB.H99"),
        district=Office("H99.30", town["H99.30"], "HUB.H99.30"),
        bang_lang=Office("H99.30.11", town["H99.30.11"], "HUB.H99.30.11"),
        da_trang=Office("H98.11", town["H98.11"], "HUB.H98"),
        folder=tmp_path,
    )
    made.department.send(packages.document("H99.01", "H99.30", "H99.30.11", "H99.30.12", "H98.11", document_id=ORDER))
    made.da_trang.send(packages.document("H98.11", "H99.01", document_id=ANSWER))
    yield made
    intake.committer().stop()


def state_of(code: str, document: str = ORDER) -> str:
    return Recipient.objects.get(code=code, document__document_id=document).state


def sent_to(office: Office, code: str) -> tuple[str, str]:
    """What becomes of a new document: outcome and successor named; refused ones with what is told."""
    try:
        (recipient,) = office.send(packages.document(office.code, code)).recipients
    except Refusal as refusal:
        return "refused", refusal.detail
    return recipient.outcome.value, recipient.successor_code


@pytest.mark.parametrize("offset", [DAY_BEFORE, DAY_OF, DAY_AFTER])
def test_new_documents_on_the_days_around_the_reform(cast: Cast, offset: int) -> None:
    cast.reform(offset, "--apply")

    found = {code: sent_to(cast.department, code) for code in ("H99.30.11", "000.11.30.H99", "H98.11", "H99.41")}
    district = sent_to(cast.department, "H99.30")
    if offset == DAY_BEFORE:
        assert found == {code: ("accepted", "") for code in found if code not in NEW_CODES} | {
            "H99.41": ("refused", "H99.41: Mã cơ quan không có trong danh bạ.")
        }
        assert district == ("accepted", "")
    else:
        assert found == {
            "H99.30.11": ("redirected", "H99.41"),
            "000.11.30.H99": ("redirected", "H99.41"),
            "H98.11": ("redirected", "H99.61"),
            "H99.41": ("accepted", ""),
        }
        assert district[0] == "refused"
        assert "cơ quan kế thừa: UBND Thành phố Mẫu (H99)" in district[1]


def test_what_is_sent_to_an_old_code_arrives_where_the_new_agency_works(cast: Cast) -> None:
    cast.reform(DAY_OF, "--apply")
    ward = cast.under(cast.district, "H99.41")  # the district's system was transferred to the new ward
    waiting = len(ward.inbox())

    cast.department.send(packages.document("H99.01", "H99.30.12", "H99.41", document_id="VB-MOI"))

    assert len(ward.inbox()) == waiting + 1
    ward.report(cast.department, "VB-MOI", "03")
    assert state_of("H99.41", "VB-MOI") == "accepted"


@pytest.mark.parametrize(
    ("system", "code", "recipient"),
    [
        ("city", "H99", "H99.30"),  # the successor of the closed district
        ("district", "H99.41", "H99.30.11"),  # the new ward, for the first it was made of
        ("district", "H99.30.11", "H99.30.11"),  # the new ward's system, under the old code
        ("bang_lang", "H99.30.11", "H99.30.11"),  # the old system, not yet switched over
        ("district", "H99.30.12", "H99.30.12"),
        ("city", "H99.61", "H98.11"),  # recoded: the same agency
        ("city", "H98.11", "H98.11"),
    ],
)
@pytest.mark.parametrize("offset", [DAY_OF, DAY_AFTER])
def test_late_reports_on_old_documents_find_their_document_and_their_issuer(
    cast: Cast, system: str, code: str, recipient: str, offset: int
) -> None:
    cast.reform(offset, "--apply")
    office = cast.under(getattr(cast, system), code)
    waiting = len(cast.department.inbox(PackageKind.STATUS))

    office.report(cast.department, ORDER, "06")

    assert state_of(recipient) == "done"
    assert len(cast.department.inbox(PackageKind.STATUS)) == waiting + 1


def test_before_the_day_only_who_received_reports(cast: Cast) -> None:
    cast.reform(DAY_BEFORE, "--apply")

    with pytest.raises(Refusal) as caught:
        cast.city.report(cast.department, ORDER, "06")
    assert caught.value.reason is Reason.STATUS_NOT_RECIPIENT
    cast.district.report(cast.department, ORDER, "06")
    assert state_of("H99.30") == "done"


@pytest.mark.parametrize("named", ["H98.11", "H99.61"])
def test_a_report_finds_the_recoded_issuer_by_either_code(cast: Cast, named: str) -> None:
    cast.reform(DAY_AFTER, "--apply")

    cast.department.report(cast.under(cast.da_trang, named), ANSWER, "06")

    assert state_of("H99.01", ANSWER) == "done"


@pytest.mark.parametrize(
    ("system", "old", "new"),
    [("city", "H98.11", "H99.61"), ("district", "H99.30.11", "H99.41"), ("district", "H99.30", "H99")],
)
def test_an_old_code_in_a_new_package_is_refused_with_the_one_to_use(
    cast: Cast, system: str, old: str, new: str
) -> None:
    cast.reform(DAY_OF, "--apply")

    with pytest.raises(Refusal) as caught:
        getattr(cast, system).send(packages.document(old, "H99"))

    assert caught.value.reason is Reason.SENDER_CLOSED
    assert caught.value.detail == f"Mã {old}. Cơ quan kế thừa: {new}."


def test_a_document_resent_under_the_new_code_is_the_same_document(cast: Cast) -> None:
    raw = packages.document("H98.11", "H99.01", document_id="VB-HAI-MA", number="77")
    first = cast.da_trang.send(raw)
    cast.reform(DAY_OF, "--apply")

    again = cast.city.send(raw.replace(b"H98.11", b"H99.61"))

    assert (again.repeated, again.doc_id) == (True, first.doc_id)


def test_the_dry_run_says_who_is_affected_and_how_much_still_waits(cast: Cast) -> None:
    root = Actor(user_id=0, name="root", roles=frozenset({Role.SYSTEM_ADMIN}))
    create_person(actor=root, username="hanh", full_name="Hạnh", role=Role.CLERK, agency=cast.bang_lang.agency)
    trial = cast.reform(DAY_OF)

    rows = {row["code"]: row for row in trial["agencies"]}
    assert (trial["applied"], trial["run"]) == (False, None)
    assert (rows["H99.30"]["open_deliveries"], rows["H99.30.11"]["open_deliveries"]) == (1, 1)
    assert (rows["H99.30.11"]["system_before"], rows["H99.30.11"]["system_after"]) == ("HUB.H99.30.11", "HUB.H99.30")
    assert trial["open_deliveries"] == 4
    assert (rows["H99.30.11"]["people"], trial["people"]) == (1, 1)
    assert set(trial["systems"]) == {"HUB.H98", "HUB.H99", "HUB.H99.30", "HUB.H99.30.11"}
    assert sent_to(cast.department, "H99.30") == ("accepted", "")


def test_what_waited_before_the_reform_is_still_fetched_by_the_old_system(cast: Cast) -> None:
    cast.reform(DAY_OF, "--apply")

    (waiting,) = cast.bang_lang.inbox()

    assert ORDER.encode() in cast.bang_lang.fetch(waiting.doc_id)


def test_the_undoing_opens_the_old_ways_again(cast: Cast) -> None:
    run = cast.reform(DAY_AFTER, "--apply")["run"]
    cast.under(cast.district, "H99.41").report(cast.department, ORDER, "03")

    undone = command("undo", str(run), "--apply")

    assert undone["plan"]["undoes"] == run
    assert [sent_to(cast.department, code) for code in ("H99.30", "H99.30.11", "H98.11")] == [("accepted", "")] * 3
    assert sent_to(cast.department, "H99.41")[0] == "refused"
    cast.bang_lang.report(cast.department, ORDER, "06")
    assert state_of("H99.30.11") == "done"
