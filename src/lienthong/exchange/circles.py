"""Recipients that a report can move together, folded as one. Pure.

A recall, update or replacement is a document of its own, with recipients of its own; what one of them reports about it
answers for the document it acts on, and an answer given at that document counts for the one that asked. A *circle*
holds both ends: rows (a document at a recipient) and the asks between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from lienthong.exchange.rule_sets import RuleSet
from lienthong.exchange.states import Answer, Ask, Event, RecipientState, Standing, fold

_AFTER_REPORTS = 2**62  # orders what follows from a report behind all reports of the same moment


@dataclass(frozen=True, slots=True)
class KnownReport:
    """An earlier report about the same document."""

    package: UUID
    arrived_at: datetime
    event: Event
    reporter: int


@dataclass(slots=True)
class Row:
    """A document at one recipient. ``own``: what the document itself asks; ``rules``: those of its day of signing.

    ``reports`` are kept with the row; ``beside`` those kept with another, by an agency that speaks for both.
    """

    id: UUID
    start: RecipientState
    rules: RuleSet
    own: Ask | None = None
    document: UUID | None = None
    agencies: frozenset[int] = frozenset()
    reports: list[KnownReport] = field(default_factory=list)
    beside: list[KnownReport] = field(default_factory=list)

    @property
    def history(self) -> list[KnownReport]:
        return [*self.reports, *self.beside]

    def fold(self, more: Iterable[Event] = ()) -> Standing:
        events = [*(known.event for known in self.history), *more]
        return fold(events, self.rules.moves, start=self.start, own=self.own)


@dataclass(frozen=True, slots=True)
class KnownAsk:
    """An ask: of the row ``recipient``, by the document whose row at the same agency is ``asking``."""

    id: int
    recipient: UUID
    asking: UUID
    ask: Ask
    at: datetime
    reason: str

    @property
    def event(self) -> Event:
        return Event(self.at, 0, ask=self.ask, description=self.reason, ask_id=self.id)


@dataclass(slots=True)
class Circle:
    """Rows by id and the asks between them; one for a whole batch, so that a report knows those before it."""

    rows: dict[UUID, Row] = field(default_factory=dict)
    asks: list[KnownAsk] = field(default_factory=list)

    def documents_of(self, rows: Iterable[UUID]) -> dict[UUID, UUID | None]:
        """The documents that these rows are about."""
        return {row: self.rows[row].document for row in rows}

    def around(self, rows: Collection[UUID]) -> list[KnownAsk]:
        """The asks that a report about these rows can answer, with all that stand beside them."""
        targets = {*rows, *(ask.recipient for ask in self.asks if ask.asking in rows)}
        return [ask for ask in self.asks if ask.recipient in targets]

    def settle(self, rows: Collection[UUID], event: Event | None = None) -> dict[UUID, Standing]:
        """Where the rows and all they are bound to stand, or would stand with one more ``event`` at the rows."""
        asks = self.around(rows)
        more: dict[UUID, list[Event]] = defaultdict(list)
        for row in rows:
            more[row] += [event] if event else []
        verdicts = {ask.id: _verdict(ask, self.rows[ask.asking].fold(more[ask.asking])) for ask in asks}
        for ask in asks:
            more[ask.recipient] += [one for one in (ask.event, verdicts[ask.id]) if one]
        ids = {*rows, *(ask.recipient for ask in asks), *(ask.asking for ask in asks)}
        standings = {id_: self.rows[id_].fold(more[id_]) for id_ in ids}
        for ask in asks:
            answer = answer_to(ask, standings)
            if answer is not None:
                told = Event(answer.at, _AFTER_REPORTS, answer.code, description=answer.description)
                standings[ask.asking] = self.rows[ask.asking].fold([*more[ask.asking], told])
        return standings

    def share(self, rows: Collection[UUID], reporter: int) -> None:
        """Let what the agency reported about one of the rows count for all: it speaks for them together."""
        told = [known for row in rows for known in self.rows[row].reports if known.reporter == reporter]
        for row in rows:
            one = self.rows[row]
            one.beside += [known for known in told if known not in one.history]

    def learn(self, rows: Sequence[UUID], report: KnownReport) -> None:
        """A report that is kept counts for those that follow in the same batch."""
        self.rows[rows[0]].reports.append(report)
        for row in rows[1:]:
            self.rows[row].beside.append(report)


def answer_to(ask: KnownAsk, standings: Mapping[UUID, Standing]) -> Answer | None:
    """How the ask was answered."""
    answers = standings[ask.recipient].answers if ask.recipient in standings else ()
    return next((answer for answer in answers if answer.open.ask_id == ask.id), None)


def _verdict(ask: KnownAsk, asking: Standing) -> Event | None:
    """What the reports about the asking document itself say to its question: an answer, or that it came to nothing
    (refused or taken back). It never comes before the question, whatever the recipient's clock says."""
    answer = next((answer for answer in asking.answers if answer.open.own), None)
    if answer is None and not asking.state.final:
        return None
    withdrawn = asking.state is RecipientState.TAKEN_BACK
    given = Event(
        at=max(asking.at or ask.at, ask.at),
        order=_AFTER_REPORTS,
        code="" if withdrawn else asking.code,
        description="Bên gửi đã rút lại yêu cầu" if withdrawn else asking.description,
        ask_id=ask.id,
        agreed=False,
    )
    if answer is None:
        return given
    return replace(
        given,
        at=max(answer.at, ask.at),
        code=answer.code,
        description=answer.description,
        agreed=answer.agreed,
    )
