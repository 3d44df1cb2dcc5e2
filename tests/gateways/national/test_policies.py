"""The decisions of the link, as tables."""

from __future__ import annotations

import pytest

from lienthong.exchange.refusals import Reason
from lienthong.gateways.national.answers import Agency, Sent, Unit, VxpError
from lienthong.gateways.national.failures import VERDICTS, not_delivered
from lienthong.gateways.national.pace import Pace, Round
from lienthong.gateways.national.relays import Fate, fate_of
from lienthong.gateways.national.units import Lists, merge, ours
from lienthong.gateways.vxp_api import faults
from lienthong.registry.models import Level

BUSY, IDLE, FAILED = Round.BUSY, Round.IDLE, Round.FAILED


@pytest.mark.parametrize(
    ("last", "went", "pause"),
    [
        (0.0, BUSY, 0.0), (30.0, BUSY, 0.0), (300.0, BUSY, 0.0),
        (0.0, IDLE, 2.0), (2.0, IDLE, 3.0), (25.0, IDLE, 30.0), (30.0, IDLE, 30.0), (300.0, IDLE, 30.0),
        (0.0, FAILED, 2.0), (2.0, FAILED, 4.0), (100.0, FAILED, 200.0), (300.0, FAILED, 300.0),
    ],
)  # fmt: skip
def test_polls_follow_at_once_after_work_and_rarely_when_nothing_comes(last: float, went: Round, pause: float) -> None:
    assert Pace(2, 30).pause(last, went) == pause


@pytest.mark.parametrize(
    ("code", "http_status", "temporary", "permanent", "cause", "retry_after"),
    [
        ("", 0, True, False, "national.away", None),
        ("", 200, False, False, "national.away", None),
        ("18", 422, False, True, "national.no_recipient", None),
        ("18", 503, True, False, "national.away", None),
        ("22", 422, False, True, "national.not_conforming", None),
        ("22", 500, False, False, "national.away", None),
        ("15", 403, False, False, "national.account", 900),
        ("102", 403, False, False, "national.account", 900),
        ("23", 200, False, True, "national.recipient_locked", None),
        ("125", 409, False, True, "national.loop", None),
        ("130", 409, False, True, "national.conflict", None),
        ("150", 503, True, False, "national.away", None),
        ("4711", 400, False, False, "national.failed", None),
    ],
)
def test_a_refusal_is_final_or_not(
    code: str, http_status: int, temporary: bool, permanent: bool, cause: str, retry_after: float | None
) -> None:
    answer = not_delivered(VxpError(code, "Ma don vi", http_status=http_status, temporary=temporary))
    assert (answer.permanent, answer.cause, answer.retry_after) == (permanent, cause, retry_after)
    assert answer.detail.endswith(f"{code} Ma don vi".strip())


def test_whatever_an_axis_like_ours_refuses_is_judged() -> None:
    """Not judged are only refusals that no package meets at the door: of reading, confirming, acting on deliveries."""
    elsewhere = {
        Reason.PACKAGE_UNKNOWN, Reason.CANCELLED, Reason.DELIVERY_UNKNOWN, Reason.DELIVERY_NOT_GIVEN_UP,
        Reason.REDIRECT_NOWHERE, Reason.REASON_MISSING, Reason.ALERT_UNKNOWN, Reason.NOT_HELD,
        Reason.PACKAGE_ERASED,
    }  # fmt: skip
    unjudged = {reason for reason, number in faults.NUMBERS.items() if number not in VERDICTS}
    assert unjudged - elsewhere == set()


def test_no_verdict_is_without_a_vietnamese_sentence() -> None:
    assert all(verdict.cause.startswith("national.") and " " in verdict.sentence for verdict in VERDICTS.values())


def sent(status: str, description: str = "") -> Sent:
    return Sent("eDoc", "edoc", "1", "2", "H99.01", "G99", "", "", "", "", status, description, "", "")


def test_the_list_of_sent_packages_tells_each_addressees_fate() -> None:
    assert fate_of(sent("done")) == Fate("G99", reached=True)
    assert fate_of(sent("FAIL", "Nơi nhận khóa")) == Fate("G99", reached=False, reason="Nơi nhận khóa")
    assert [fate_of(sent(word)) for word in ("initial", "processing", "", "Đang xử lý")] == [None] * 4


# --- The directory as it comes ------------------------------------------------------------------------------------


def unit(id_: str, code: str, *, parent: str = "", center: str = "", deleted: bool = False, version: int = 1) -> Unit:
    return Unit(id_, code, f"Cơ quan mẫu {code}", "", parent, center, "01/01/2024", version, deleted, True)


def agency(id_: str, code: str, *, old: str = "", code102: str = "") -> Agency:
    return Agency(id_, code, f"Cơ quan mẫu {code}", "", "", old, code102)


UNITS = [
    unit("4", "H99.01", parent="3"),
    unit("3", "H99", center="TRUC.H99"),
    unit("1", "G99"),
    unit("2", "g99.05", parent="1"),
    unit("5", "H98", center="TRUC.H98"),
    unit("6", "000.00.00.H97", parent="77"),
    unit("7", "G99", version=2),
]


def test_the_three_lists_become_one_with_parents_first() -> None:
    rows = merge(Lists(UNITS, [agency("1", "G99", old="000.00.00.G99"), agency("9", "G98")], {1: [agency("1", "G99")]}))
    assert [row.code for row in rows] == ["H99", "H99.01", "G99", "G99.05", "H98", "000.00.00.H97", "G98"]
    by_code = {row.code: row for row in rows}
    assert by_code["G99"].old_code == "000.00.00.G99"
    assert by_code["000.00.00.H97"].parent == ""
    assert [by_code[code].level for code in ("G99", "G99.05", "H99.01", "000.00.00.H97", "G98")] == [
        Level.CENTRAL, Level.CENTRAL, Level.CITY, Level.CITY, Level.CENTRAL,
    ]  # fmt: skip


def test_levels_come_from_the_lists_by_tier_and_go_down() -> None:
    lists = Lists(UNITS, [], {2: [agency("3", "H99")], 4: [agency("4", "H99.01", code102="000.00.01.H99")]})
    by_code = {row.code: row for row in merge(lists)}
    assert by_code["H99.01"].level == Level.COMMUNE
    assert by_code["H99.01"].old_code == "000.00.01.H99"


def test_a_stamp_changes_with_anything_and_with_nothing_else() -> None:
    def stamps(*units: Unit) -> dict[str, str]:
        return {row.code: row.stamp for row in merge(Lists(list(units), [], {}))}

    before = stamps(*UNITS)
    assert stamps(*UNITS) == before
    after = stamps(*UNITS[:2], unit("1", "G99", version=3), *UNITS[3:])
    assert {code for code in before if before[code] != after[code]} == {"G99"}


@pytest.mark.parametrize(
    ("own_codes", "center", "local", "expected"),
    [
        (["H99"], "?", [], {"3", "4"}),
        ([], "TRUC.H99", [], {"3", "4"}),
        ([], "?", ["H99.01"], {"4"}),
        ([], "?", [], set()),
    ],
)
def test_our_own_side_is_known_by_code_by_hub_or_by_being_kept_here(
    own_codes: list[str], center: str, local: list[str], expected: set[str]
) -> None:
    rows = merge(Lists(UNITS, [], {}))
    assert ours(rows, own_codes=own_codes, own_center=center, local=local) == expected


def test_a_circle_of_parents_loses_nobody() -> None:
    rows = merge(Lists([unit("1", "G99", parent="2"), unit("2", "G98", parent="1")], [], {}))
    assert {row.code for row in rows} == {"G99", "G98"}
