"""Deliveries that the axis carries itself against a small model, in random order: leases taken and lost, answers of all
kinds, breakers, maintenance, what people do about those given up, and systems that help themselves meanwhile.

Time is made to pass in the database. Where it comes close to a boundary the model does not say which side it is on, as
the test itself takes a moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from lienthong.common import clock
from lienthong.exchange import attention
from lienthong.exchange.attention import Actor
from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.exchange.deliveries import Confirmation
from lienthong.exchange.dispatching.claim import Claim
from lienthong.exchange.dispatching.finish import finish, give_up_overdue
from lienthong.exchange.dispatching.lanes import EVERY, ORDINARY, URGENT, Ranks
from lienthong.exchange.dispatching.leases import renew
from lienthong.exchange.maintenance import end_maintenance, set_maintenance
from lienthong.exchange.models import Channel, Delivery, Maintenance
from lienthong.ledger.models import LedgerEvent
from lienthong.registry.models import System
from tests import packages
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import DOWN, REFUSED, claim, time_passes

_names = count(1)
_CLOSE = 12.0  # seconds by which a run of one example may be late
_LEASE, _REST, _AT_ONCE, _READING = 30, 60, 2, 300
_PAUSES = {0: (2, 5, 15, 30, 60, 120, 300, 600, 1200, 1800), 3: (2, 5, 15, 30)}
_BUDGET = {0: 72 * 3600, 3: 1800}
_PULLED = (60, 300, 1800, 7200)  # after each ``fail`` that a system says itself
_OPEN = ("waiting", "leased", "failed")
_ASKED = 90
_OPERATOR = Actor(name="Trực ban mẫu")
_BUSY = NotDelivered(permanent=False, cause="test.busy", detail="Đang bận (mẫu).", retry_after=_ASKED)


@dataclass
class Parcel:
    """What a delivery should be. Moments are seconds of the model's own time."""

    id: str
    package: str
    office: str
    rank: int
    since: float
    state: str = "waiting"
    attempts: int = 0
    due: float = 0.0
    lease: float = 0.0
    token: object = None
    paused: float = 0.0  # of its time, by maintenance, when its worker took it
    ends: int = 0  # events that say how it ended
    about: Parcel | None = None  # what must be there before

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN


@dataclass
class Way:
    """The way to one system: its breaker, and its maintenance as ``(from, to)``."""

    failures: int = 0
    open_until: float | None = None
    trial_until: float | None = None
    closed: list[tuple[float, float]] = field(default_factory=list)


class Model:
    def __init__(self, offices: Iterable[str]) -> None:
        self.now = 0.0
        self.parcels: dict[str, Parcel] = {}
        self.ways = {office: Way() for office in offices}

    # -- None means: too close to say

    def is_past(self, moment: float | None) -> bool | None:
        if moment is None:
            return True
        return None if abs(moment - self.now) < _CLOSE and moment != 0.0 else moment <= self.now

    def is_due(self, parcel: Parcel) -> bool | None:
        if not parcel.is_open or (parcel.about is not None and parcel.about.is_open):
            return False
        return self.is_past(parcel.lease if parcel.state == "leased" else parcel.due)

    def admits(self, office: str, rank: int) -> bool | None:
        """Whether one more may go to a system; for an urgent one there is a place besides."""
        places = _AT_ONCE + (rank > 0)
        way = self.ways[office]
        answers = [self.is_past(way.open_until), self.is_past(way.trial_until)]
        for start, end in way.closed:
            over = self.is_past(end)
            answers.append(over if start < self.now else True)
        held = [self.is_past(one.lease) for one in self._of(office) if one.state == "leased" and one.token]
        if sum(over is False for over in held) >= places:
            answers.append(False)
        elif sum(over is not True for over in held) >= places:
            answers.append(None)
        return False if False in answers else None if None in answers else True

    def _of(self, office: str) -> list[Parcel]:
        return [one for one in self.parcels.values() if one.office == office]

    def wanted(self, ranks: Ranks) -> tuple[list[Parcel], list[Parcel]]:
        """Parcels that may go now for sure, and those that perhaps may."""
        sure, perhaps = [], []
        for one in self.parcels.values():
            if ranks.lowest <= one.rank <= ranks.highest:
                answers = (self.is_due(one), self.admits(one.office, one.rank))
                if False not in answers:
                    (perhaps if None in answers else sure).append(one)
        return sure, perhaps

    def age(self, parcel: Parcel) -> float:
        return self.now - parcel.since - self.paused(parcel)

    def paused(self, parcel: Parcel) -> float:
        if parcel.state == "leased" and parcel.token:
            return parcel.paused
        closed = self.ways[parcel.office].closed
        return sum(max(0.0, min(end, self.now) - max(start, parcel.since)) for start, end in closed)

    # -- what happens

    def take(self, parcel: Parcel, token: object) -> None:
        parcel.attempts += parcel.state == "leased"
        parcel.token = None
        parcel.paused = self.paused(parcel)
        parcel.state, parcel.lease, parcel.token = "leased", self.now + _LEASE, token
        way = self.ways[parcel.office]
        if way.open_until is not None:
            way.trial_until = self.now + _LEASE

    def answer(self, parcel: Parcel, said: Delivered | NotDelivered, attempt: int) -> None:
        left = _BUDGET[parcel.rank] - self.age(parcel)
        parcel.token = None
        if isinstance(said, Delivered):
            parcel.state, parcel.ends = "delivered", parcel.ends + 1
        else:
            parcel.attempts += 1
            if said.permanent or left <= 0:
                parcel.state, parcel.ends = "given_up", parcel.ends + 1
            else:
                pauses = _PAUSES[parcel.rank]
                pause = max(pauses[min(attempt, len(pauses)) - 1], said.retry_after or 1)
                parcel.state, parcel.due = "failed", self.now + max(1.0, min(pause, left))
        self._judge(self.ways[parcel.office], said)

    def _judge(self, way: Way, said: Delivered | NotDelivered) -> None:
        if isinstance(said, Delivered) or said.permanent:
            way.failures, way.open_until, way.trial_until = 0, None, None
            return
        way.failures += 1
        is_open = way.open_until is not None and way.open_until > self.now
        if said.retry_after is not None:
            way.open_until = max(self.now + said.retry_after, way.open_until or self.now)
            way.trial_until = None
        elif not is_open and (way.open_until is not None or way.failures >= 5):
            way.open_until, way.trial_until = self.now + _REST, None

    def give_up_overdue(self) -> None:
        for one in self.parcels.values():
            way = self.ways[one.office]
            is_kept = way.open_until is not None and way.open_until > self.now and one.state in ("waiting", "failed")
            if is_kept and self.age(one) >= _BUDGET[one.rank]:
                one.state, one.ends = "given_up", one.ends + 1


class Carrying(RuleBasedStateMachine):
    issuer: Office
    readers: tuple[Office, Office]

    @initialize()
    def begin(self) -> None:
        self.model = Model(one.system_id for one in self.readers)
        self.claims: list[tuple[Claim, Parcel]] = []
        self.send((0, 1), 0)
        self.send((0,), 3)

    def teardown(self) -> None:
        """The next example finds nothing to carry."""
        Delivery.objects.update(state="delivered")
        Maintenance.objects.all().delete()
        Channel.objects.all().delete()

    def _office(self, system_id: str) -> Office:
        return next(one for one in self.readers if one.system_id == system_id)

    def _system(self, number: int) -> System:
        return System.objects.get(system_id=self.readers[number].system_id)

    def _learn(self, package: str, rank: int, about: dict[str, Parcel] | None = None) -> None:
        """Parcels of a package just sent."""
        for row in Delivery.objects.filter(package=package).select_related("system"):
            if row.system.system_id in self.model.ways:
                office, before = row.system.system_id, (about or {}).get(row.system.system_id)
                one = Parcel(str(row.pk), package, office, rank, self.model.now, about=before)
                self.model.parcels[one.id] = one

    # -- rules

    @rule(to=st.sampled_from([(0,), (1,), (0, 1)]), rank=st.sampled_from([0, 0, 3]))
    def send(self, to: tuple[int, ...], rank: int) -> None:
        codes = [self.readers[number].code for number in to]
        receipt = self.issuer.send(packages.document(self.issuer.code, *codes, priority=str(rank)))
        self._learn(receipt.doc_id, rank)

    @rule()
    def claim_anything(self) -> None:
        self.claim(EVERY)

    @rule(seconds=st.sampled_from([1, 50]))
    def claim_what_a_dead_worker_held(self, seconds: int) -> None:
        self.wait(seconds)
        self.claim(EVERY)
        late = [pair for pair in self.claims[:-1] if pair[1] is self.claims[-1][1]]
        for pair in late:  # it was only slow, and writes down its answer after all
            self._finish(*pair, DOWN)

    @rule(ranks=st.sampled_from([URGENT, ORDINARY]))
    def claim(self, ranks: Ranks) -> None:
        sure, perhaps = self.model.wanted(ranks)
        found = claim(ranks)
        if found is None:
            assert not sure
            return
        taken = self.model.parcels[found.outgoing.delivery_id]
        assert taken in sure or taken in perhaps
        assert taken.rank >= max((one.rank for one in sure), default=0)
        rivals = [one.id for one in sure if (one.office, one.rank) == (taken.office, taken.rank)]
        assert not rivals or taken.about is not None or taken.id <= min(rivals, key=self._place)
        self.model.take(taken, found.token)
        assert found.outgoing.attempt == taken.attempts + 1
        self.claims.append((found, taken))

    def _place(self, delivery: str) -> tuple[bool, str]:
        return (self.model.parcels[delivery].about is not None, delivery)

    @rule(said=st.sampled_from([DOWN, DOWN, REFUSED, _BUSY, Delivered()]), times=st.integers(1, 6))
    def carry(self, said: Delivered | NotDelivered, times: int) -> None:
        """A worker that tries one after the other, pausing as the policies want."""
        for _ in range(times):
            before = len(self.claims)
            self.claim(EVERY)
            if len(self.claims) > before:
                self._finish(*self.claims[-1], said)
            else:
                self.wait(20)

    @precondition(lambda self: self.claims)
    @rule(said=st.sampled_from([Delivered(), DOWN, DOWN, REFUSED, _BUSY]), data=st.data())
    def finish(self, said: Delivered | NotDelivered, data: st.DataObject) -> None:
        """A worker writes down its answer, maybe long after its lease has gone to another, or for a second time."""
        found, parcel = data.draw(st.sampled_from(self.claims), label="claim")
        self._finish(found, parcel, said)

    def _finish(self, found: Claim, parcel: Parcel, said: Delivered | NotDelivered) -> None:
        holds = parcel.state == "leased" and parcel.token == found.token
        near = abs(_BUDGET[parcel.rank] - self.model.age(parcel)) < _CLOSE
        if holds and near and not isinstance(said, Delivered):
            said = REFUSED  # too close to its budget to foretell anything else
        assert finish(found, said, chance=lambda: 0.5) is holds
        if holds:
            self.model.answer(parcel, said, found.outgoing.attempt)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        found, parcel = data.draw(st.sampled_from(self.claims), label="claim")
        renew([found.token])
        if parcel.state == "leased" and parcel.token == found.token:
            parcel.lease = self.model.now + _LEASE

    @rule(seconds=st.sampled_from([20, 80, 150, 1000, 2500, 300_000]))
    def wait(self, seconds: int) -> None:
        length = timedelta(seconds=seconds)
        time_passes(length)
        self.claims = [(replace(one, tried_since=one.tried_since - length), parcel) for one, parcel in self.claims]
        self.model.now += seconds

    @rule()
    def sweep(self) -> None:
        near = any(
            abs(_BUDGET[one.rank] - self.model.age(one)) < _CLOSE for one in self.model.parcels.values() if one.is_open
        )
        near = near or any(self.model.is_past(way.open_until) is None for way in self.model.ways.values())
        if not near:
            give_up_overdue()
            self.model.give_up_overdue()

    @rule(number=st.integers(0, 1), minutes=st.sampled_from([0, 1, 30, 600]))
    def maintain(self, number: int, minutes: int) -> None:
        """For so many minutes from now; for none, it is over."""
        system, way = self._system(number), self.model.ways[self.readers[number].system_id]
        if minutes:
            until = clock.now() + timedelta(minutes=minutes)
            set_maintenance(system=system, until=until, reason="Nâng cấp (mẫu)", actor="Trực ban mẫu")
        else:
            end_maintenance(system=system)
        now = self.model.now
        way.closed = [(start, min(end, now)) for start, end in way.closed]
        if minutes:
            way.closed.append((now - 0.001, now + minutes * 60))

    @rule(number=st.integers(0, 1), seconds=st.sampled_from([1000, 2500]))
    def maintenance_goes_by(self, number: int, seconds: int) -> None:
        """And deliveries are tried again at once, old as they are."""
        self.maintain(number, 600)
        self.wait(seconds)
        self.maintain(number, 0)
        self.carry(DOWN, 2)

    # -- people

    def _some(self, *states: str) -> list[Parcel]:
        return [one for one in self.model.parcels.values() if one.state in states]

    @precondition(lambda self: self._some("given_up"))
    @rule(act=st.sampled_from(["resend", "resend", "redirect", "paper"]), data=st.data())
    def act(self, act: str, data: st.DataObject) -> None:
        parcel = data.draw(st.sampled_from(self._some("given_up")), label="parcel")
        {"resend": self._resend, "redirect": self._redirect, "paper": self._send_paper}[act](parcel)

    def _resend(self, parcel: Parcel) -> None:
        attention.resend(delivery_id=parcel.id, actor=_OPERATOR, reason="Đã sửa (mẫu)")
        parcel.state, parcel.attempts, parcel.due, parcel.since = "waiting", 0, 0.0, self.model.now
        self.carry(DOWN, 2)  # it has all its time again

    def _redirect(self, parcel: Parcel) -> None:
        other = next(one for one in self.readers if one.system_id != parcel.office)
        made = attention.redirect(delivery_id=parcel.id, to_code=other.code, actor=_OPERATOR, reason="Nhận thay (mẫu)")
        parcel.state = "redirected"
        if made not in self.model.parcels:
            new = Parcel(made, parcel.package, other.system_id, parcel.rank, self.model.now)
            self.model.parcels[made] = new
        elif (back := self.model.parcels[made]).state not in (*_OPEN, "delivered"):  # it comes back, and begins again
            back.state, back.attempts, back.due, back.since = "waiting", 0, 0.0, self.model.now
        known = [one for one in self.model.parcels.values() if one.package == parcel.package]
        assert len({one.office for one in known}) == len(known)

    def _send_paper(self, parcel: Parcel) -> None:
        attention.send_paper(delivery_id=parcel.id, actor=_OPERATOR, reason="Đã gửi giấy (mẫu)")
        parcel.state = "on_paper"

    # -- systems that help themselves

    @rule(outcome=st.sampled_from([None, None, Confirmation.DONE, Confirmation.FAIL]), data=st.data())
    def help_itself(self, outcome: Confirmation | None, data: st.DataObject) -> None:
        """A system fetches a package, or says what it did with one, whatever a worker is doing with it."""
        parcel = data.draw(st.sampled_from(list(self.model.parcels.values())), label="parcel")
        if outcome is None and parcel.state != "redirected":
            self._office(parcel.office).fetch(parcel.id)
            if parcel.is_open:
                parcel.state, parcel.lease = "leased", self.model.now + _READING
        elif outcome is not None:
            self._office(parcel.office).confirm(parcel.id, outcome, "Tự lấy (mẫu)")
            if parcel.is_open:
                self._confirmed(parcel, outcome)

    def _confirmed(self, parcel: Parcel, outcome: Confirmation) -> None:
        parcel.ends += 1
        if outcome is Confirmation.DONE:
            parcel.state = "delivered"
            return
        parcel.attempts += 1
        parcel.state = "failed" if parcel.attempts <= len(_PULLED) else "given_up"
        parcel.due = self.model.now + _PULLED[min(parcel.attempts, len(_PULLED)) - 1]

    # -- what must always be true

    @invariant()
    def every_delivery_is_as_in_the_model(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = {str(row.pk): row for row in Delivery.objects.filter(pk__in=list(self.model.parcels))}
        assert rows.keys() == self.model.parcels.keys()
        for identifier, parcel in self.model.parcels.items():
            row = rows[identifier]
            assert (row.state, row.attempts) == (parcel.state, parcel.attempts)
            assert (row.lease_until is not None) is (parcel.state == "leased")

    @invariant()
    def no_end_is_told_twice(self) -> None:
        if not hasattr(self, "model"):
            return
        told = LedgerEvent.objects.filter(subject_type="delivery", subject_id__in=list(self.model.parcels))
        ends = [event.subject_id for event in told if event.kind in _END_KINDS]
        assert all(ends.count(one.id) <= one.ends for one in self.model.parcels.values())


def test_carried_deliveries_agree_with_the_model(
    department: Office, hoa_phuong: Office, hai_dang: Office, settings: Settings
) -> None:
    settings.SYSTEM_CONCURRENCY, settings.WORKER_LEASE_SECONDS, settings.LEASE_SECONDS = _AT_ONCE, _LEASE, _READING

    class Here(Carrying):
        issuer, readers = department, (hoa_phuong, hai_dang)

    run_state_machine_as_test(Here, settings=_SETTINGS)


_END_KINDS = {"ContentHandover", "ContentHandoverFailure", "ContentConsignmentFailure"}
_SETTINGS = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # on a real database shrinking takes minutes; a failure prints its steps all the same
    database=None,
)
