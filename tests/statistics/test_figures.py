"""Every figure is the number of lines of its list, and both are what happened."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthong.common import clock
from lienthong.registry import services
from lienthong.registry.models import Level
from lienthong.statistics import jobs, listing, selectors
from lienthong.statistics.measures import Measure, Scope
from lienthong.statistics.models import Count
from lienthong.statistics.periods import Period, between
from tests.statistics.conftest import City
from tests.statistics.world import moment, refuse_package, report, send


def days_ago(number: int) -> date:
    return clock.today() - timedelta(days=number)


def recently(number: int = 40) -> Period:
    return between(days_ago(number), clock.today())


def lines_of(scope: Scope, period: Period, measure: Measure, key: str | None = None) -> list[listing.Line]:
    found, after = [], ""
    while True:
        page = listing.list_lines(scope, period, measure, key=key, after=after, limit=7)
        found += page.lines
        if not page.following:
            return found
        after = page.following


def live_through(city: City, seed: int) -> Counter[str]:
    """Forty days of exchange by chance; answers what a clerk who counts along would say."""
    chance, told = random.Random(seed), Counter[str]()
    for _ in range(25):
        sender, day = chance.choice(city.offices), days_ago(chance.randint(0, 40))
        others = [office for office in city.offices if office is not sender]
        receivers = chance.sample(others, chance.randint(1, 3))
        at = moment(day, chance.randint(0, 5))
        if at > clock.now():
            at = clock.now() - timedelta(minutes=1)
        waits = chance.random() < 0.2
        sent = send(sender, *receivers, at=at, unknown=("H99.99.99",) * (chance.random() < 0.2),
                    business_type=chance.choice("000123"),
                    delivered=None if waits else timedelta(seconds=5))  # fmt: skip
        told["sent"] += 1
        told["copies"] += len(sent.copies)
        told["received"] += len(receivers)
        for receiver in receivers if not waits else ():
            for code in chance.choice([(), ("01",), ("01", "02"), ("01", "03"), ("01", "03", "06"), ("03",)]):
                text = chance.choice(["Sai thẩm quyền", "Thiếu phụ lục"]) if code == "02" else ""
                report(sent, receiver, code, at + timedelta(minutes=chance.randint(1, 600)), text)
                told["refused"] += code == "02"
                told["accepted"] += code == "03"
        if chance.random() < 0.3:
            refuse_package(sender, "exchange.too_large", at)
            told["errors"] += 1
    return told


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_the_number_of_lines_behind_it(city: City, seed: int) -> None:
    told = live_through(city, seed)
    jobs.update()
    live_through(city, seed + 100)  # facts that the job has not seen yet, of old days and of today
    before = selectors.figures(Scope(), between(days_ago(39), days_ago(1)))
    jobs.update()
    scopes = [Scope(), Scope(level="city"), Scope(level="commune"), Scope(agency_id=city.health.agency.pk),
              Scope(parent_id=city.committee.agency.pk)]  # fmt: skip
    for scope in scopes:
        for period in (recently(), between(days_ago(33), days_ago(2)), between(days_ago(0), days_ago(0))):
            found = selectors.figures(scope, period)
            for measure in Measure:
                lines = lines_of(scope, period, measure)
                assert found.total(measure) == len(lines), (scope, period, measure)
                assert len({line.cursor for line in lines}) == len(lines)
            for measure in (Measure.REFUSED, Measure.FLOW, Measure.ERRORS, Measure.NOT_SENT):
                for key, count in found.parts(measure):
                    assert count == len(lines_of(scope, period, measure, key)), (scope, measure, key)
    assert told["sent"]
    assert before.total(Measure.SENT)


@pytest.mark.parametrize("seed", [11, 12])
def test_the_figures_are_what_happened(city: City, seed: int) -> None:
    told = live_through(city, seed)
    live = selectors.figures(Scope(), recently())
    jobs.update()
    summed = selectors.figures(Scope(), recently())
    for found in (live, summed):
        assert found.total(Measure.SENT) == told["sent"]
        assert found.total(Measure.COPIES) == told["copies"]
        assert found.total(Measure.RECEIVED) == told["received"] == found.total(Measure.FLOW)
        assert found.total(Measure.REFUSED) == told["refused"]
        assert found.total(Measure.ACCEPTED) == told["accepted"]
        assert found.total(Measure.ERRORS) == told["errors"]
    assert live.counts == summed.counts
    assert live.as_of is None
    assert summed.as_of is not None


def test_agencies_add_up_to_the_city(city: City) -> None:
    live_through(city, 21)
    jobs.update()
    wanted = (Measure.SENT, Measure.RECEIVED, Measure.UNANSWERED)
    rows = selectors.by_agency(Scope(), recently(), only=wanted)
    whole = selectors.figures(Scope(), recently(), only=wanted)
    for measure in wanted:
        assert sum(row.figures.total(measure) for row in rows) == whole.total(measure)
    daily = selectors.by_day(Scope(), recently(), only=wanted)
    assert sum(counts.get(Measure.SENT, 0) for counts in daily.values()) == whole.total(Measure.SENT)


def test_a_late_report_corrects_a_closed_day(city: City) -> None:
    sent = send(city.health, city.commune, at=moment(days_ago(20)))
    jobs.update()
    period = between(days_ago(20), days_ago(20))
    assert selectors.figures(Scope(), period).total(Measure.ACCEPTED) == 0

    report(sent, city.commune, "03", moment(days_ago(1)))
    jobs.update()

    assert selectors.figures(Scope(), period).total(Measure.ACCEPTED) == 1
    assert selectors.figures(Scope(), period).total(Measure.SENT) == 1


def test_a_late_delivery_corrects_a_closed_day_even_without_an_event(city: City) -> None:
    sent = send(city.health, city.commune, at=moment(days_ago(20)), delivered=None)
    jobs.update()
    delivery = sent.copies["H99.30.01"].delivery
    delivery.state, delivery.delivered_at = "delivered", moment(days_ago(19))
    delivery.save()
    jobs.update()
    found = selectors.figures(Scope(), recently())
    assert found.spread(Measure.CARRIED).count == 1
    assert found.spread(Measure.CARRIED).median == pytest.approx(86400, rel=0.03)


def test_running_the_job_again_changes_nothing(city: City) -> None:
    live_through(city, 31)
    jobs.update()
    rows = sorted(Count.objects.values_list("month", "start", "measure", "agency_id", "level", "key", "count"))
    jobs.update()
    jobs.recompute(first=days_ago(41), last=days_ago(0))
    again = sorted(Count.objects.values_list("month", "start", "measure", "agency_id", "level", "key", "count"))
    assert rows == again


def test_whole_months_are_read_from_their_own_sums(city: City) -> None:
    for day in range(0, 130, 3):
        send(city.health, city.district, at=moment(days_ago(day + 1)))
    jobs.update()
    for first, last in ((129, 1), (100, 40), (65, 3), (31, 31)):
        period = between(days_ago(first), days_ago(last))
        expected = len([day for day in range(0, 130, 3) if last <= day + 1 <= first])
        assert selectors.figures(Scope(), period).total(Measure.SENT) == expected


def test_a_fact_keeps_the_level_and_parent_of_its_day(city: City) -> None:
    """The commune stands below the district until ten days ago and directly below the city since."""
    services.move_agency(agency=city.commune.agency, level=Level.COMMUNE, parent=city.committee.agency,
                          valid_from=days_ago(10))  # fmt: skip
    send(city.commune, city.health, at=moment(days_ago(15)))
    send(city.commune, city.health, at=moment(days_ago(5)))
    send(city.commune, city.health, at=moment(days_ago(4)))
    jobs.update()
    below = {
        office.code: selectors.figures(Scope(parent_id=office.agency.pk), recently()).total(Measure.SENT)
        for office in (city.district, city.committee)
    }
    assert below == {"H99.30": 1, "H99": 2}


def test_steps_are_told_by_median_and_p95_and_need_no_06(city: City) -> None:
    for minutes in range(1, 101):
        at = moment(days_ago(3), 8)
        sent = send(city.health, city.district, at=at, signed_on=days_ago(4))
        report(sent, city.district, "01", at + timedelta(seconds=minutes))
        report(sent, city.district, "03", at + timedelta(seconds=minutes, minutes=minutes))
    jobs.update()
    found = selectors.figures(Scope(agency_id=city.district.agency.pk), recently())
    step = found.spread(Measure.RECEIVED_03)
    assert step.count == 100
    assert step.median == pytest.approx(50 * 60, rel=0.03)
    assert step.p95 == pytest.approx(95 * 60, rel=0.03)
    assert found.spread(Measure.RECEIVED_06).median is None
    sender = selectors.figures(Scope(agency_id=city.health.agency.pk), recently())
    assert sender.spread(Measure.SIGN_SEND).median == pytest.approx(1, rel=0.03)


def test_late_is_what_the_chase_calls_late(city: City) -> None:
    from lienthong.exchange.chasing import list_overdue
    from lienthong.exchange.rule_sets import Duty

    live_through(city, 41)
    jobs.update()
    owed = [one for one in list_overdue() if one.duty in (Duty.RECEIPT, Duty.ACCEPTANCE)]
    found = selectors.figures(Scope(), recently(60))
    assert found.total(Measure.UNANSWERED) == len(owed) > 0
    assert dict(found.counts[Measure.UNANSWERED]) == Counter(one.duty.value for one in owed)


def test_figures_of_a_year_cost_a_fixed_number_of_queries(city: City) -> None:
    live_through(city, 51)
    jobs.update()
    with CaptureQueriesContext(connection) as few:
        selectors.figures(Scope(), recently(5))
    with CaptureQueriesContext(connection) as many:
        selectors.figures(Scope(), recently(360))
    assert len(many) <= len(few) + 2
