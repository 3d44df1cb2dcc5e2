"""How a rule is written down: whom it concerns, what it looks for, how much it weighs and what it says.

Most rules are rows of tables: a ``Field`` says what the standard asks of one element, a ``Group`` says where such
elements stand in a package, and ``rules_of`` turns the two into one ``Rule`` per demand. Rules about more than one
element are functions of their own. A test answers with the places that break the rule and builds no text otherwise,
because every package that enters the axis passes all of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

from edxml102.errors import Finding, Severity

P = TypeVar("P")  # kind of package
G = TypeVar("G")  # group of elements inside it

Hit = Mapping[str, object]
"""What fills the ``{names}`` in the path and the sentence of a rule, for one place that breaks it."""

HERE: tuple[Hit, ...] = ({},)
"""Answer of a test whose rule is broken in the one place its path names."""

FINE: tuple[Hit, ...] = ()

_SHOWN = 60  # characters of a foreign value quoted in a sentence


class Mode(Enum):
    """Strict towards what we write, lenient towards what others send."""

    EMIT = "emit"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Context:
    """What a test may know beside the package. Without ``today`` nothing is "in the future"."""

    mode: Mode
    today: date | None


class Levels(NamedTuple):
    """Weight of a broken rule when we write a package, and when we take one; ``None``: not asked."""

    emit: Severity | None
    accept: Severity | None


FATAL = Levels(Severity.ERROR, Severity.ERROR)  # receivers would lose the document, or nobody knows where it goes
STRICT = Levels(Severity.ERROR, Severity.WARNING)
MILD = Levels(Severity.ERROR, Severity.NOTE)
OURS = Levels(Severity.ERROR, None)  # the standard lets others leave it out
ADVICE = Levels(Severity.WARNING, Severity.WARNING)
HINT = Levels(Severity.WARNING, Severity.NOTE)
OUR_HINT = Levels(Severity.WARNING, None)
ARRIVAL = Levels(None, Severity.ERROR)  # only a package that was read can break it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[P]):
    """One demand of the standard or of the clients that will read the package.

    ``path`` and ``sentence`` may hold ``{n}`` (position, from 1), ``{value}``, ``{length}`` and other names that the
    test fills in. ``clause`` is the row of section 3 of the specification.
    """

    id: str
    emit: Severity | None
    accept: Severity | None
    path: str
    clause: str
    sentence: str
    test: Callable[[P, Context], Sequence[Hit]]

    def severity(self, mode: Mode) -> Severity | None:
        return self.emit if mode is Mode.EMIT else self.accept

    def finding(self, hit: Hit, severity: Severity) -> Finding:
        return Finding(self.id, severity, self.path.format_map(hit), self.sentence.format_map(hit))


def rule(
    rule_id: str, levels: Levels, path: str, clause: str, sentence: str
) -> Callable[[Callable[[P, Context], Sequence[Hit]]], Rule[P]]:
    """Make a rule of the function below."""

    def bind(test: Callable[[P, Context], Sequence[Hit]]) -> Rule[P]:
        return Rule(
            id=rule_id,
            emit=levels.emit,
            accept=levels.accept,
            path=path,
            clause=clause,
            sentence=sentence,
            test=test,
        )

    return bind


class Form(NamedTuple):
    """A demand on the text of an element that is not empty."""

    suffix: str
    fits: Callable[[str], bool]
    sentence: str
    levels: Levels = STRICT


class Limit(NamedTuple):
    """Longest text, in characters; ``accept`` where we take more from others than we write."""

    emit: int
    accept: int
    levels: Levels = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[G]):
    """A row of the element tables. ``label`` is the Vietnamese name inside a sentence."""

    key: str
    element: str
    label: str
    clause: str
    read: Callable[[G], str]
    need: Levels | None
    limit: Limit | None
    forms: tuple[Form, ...]


def field(  # noqa: PLR0913 - a table row
    key: str,
    element: str,
    label: str,
    clause: str,
    *,
    read: Callable[[G], str] | None = None,
    need: Levels | None = None,
    limit: int | Limit | None = None,
    forms: tuple[Form, ...] = (),
) -> Field[G]:
    """Write a row of the element tables down; ``key`` is also the attribute of the model unless ``read`` is given."""
    return Field(
        key=key,
        element=element,
        label=label,
        clause=clause,
        read=read or attrgetter(key),
        need=need,
        limit=Limit(limit, limit) if isinstance(limit, int) else limit,
        forms=forms,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Generic[P, G]):
    """Where elements of one kind stand in a package; ``label`` ends the sentences about them.

    ``absent`` tells the empty blocks that senders write for "none" (quirk 6): nothing is missing in those.
    """

    key: str
    path: str
    label: str
    clause: str
    rows: Callable[[P], Sequence[G]]
    absent: Callable[[G], bool] | None = None


def rules_of(group: Group[P, G], fields: tuple[Field[G], ...]) -> Iterator[Rule[P]]:
    """Yield every demand that ``fields`` make on the elements of ``group``."""
    for row in fields:
        if row.need:
            yield _missing(group, row, row.need)
        if row.limit:
            yield _too_long(group, row, row.limit)
        for form in row.forms:
            yield _malformed(group, row, form)


def hit(n: int, value: str) -> Hit:
    """Describe the place of the ``n``-th element and the text found there."""
    return {"n": n, "length": len(value), "value": shown(value)}


def shown(value: str) -> str:
    """Cut a foreign text to what a sentence can quote."""
    return value if len(value) <= _SHOWN else value[:_SHOWN] + "…"


def longer(value: str, limit: int) -> bool:
    """Count as a reader does: a letter and its separate accent are one character."""
    return len(value) > limit and len(unicodedata.normalize("NFC", value)) > limit


def _missing(group: Group[P, G], row: Field[G], levels: Levels) -> Rule[P]:
    rows, read, absent = group.rows, row.read, group.absent

    def test(package: P, context: Context) -> Sequence[Hit]:
        return [
            hit(n, "") for n, item in enumerate(rows(package), 1) if not read(item) and not (absent and absent(item))
        ]

    name = row.element.rpartition("/")[2] or group.path.rpartition("/")[2]
    sentence = f"Thiếu {_named(group, row)}. Hãy điền {name.replace('[{n}]', '')}."
    return _row_rule(group, row, "missing", levels, sentence)(test)


def _too_long(group: Group[P, G], row: Field[G], limit: Limit) -> Rule[P]:
    rows, read = group.rows, row.read

    def test(package: P, context: Context) -> Sequence[Hit]:
        most = limit.emit if context.mode is Mode.EMIT else limit.accept
        return [
            {**hit(n, read(item)), "limit": most}
            for n, item in enumerate(rows(package), 1)
            if len(read(item)) > most and longer(read(item), most)
        ]

    sentence = f"{_capital(_named(group, row))} dài {{length}} ký tự, tối đa {{limit}}. Hãy viết ngắn lại."
    return _row_rule(group, row, "too_long", limit.levels, sentence)(test)


def _malformed(group: Group[P, G], row: Field[G], form: Form) -> Rule[P]:
    rows, read, fits = group.rows, row.read, form.fits

    def test(package: P, context: Context) -> Sequence[Hit]:
        return [hit(n, read(item)) for n, item in enumerate(rows(package), 1) if read(item) and not fits(read(item))]

    sentence = f"{_capital(_named(group, row))} “{{value}}” {form.sentence}"
    return _row_rule(group, row, form.suffix, form.levels, sentence)(test)


def _row_rule(
    group: Group[P, G], row: Field[G], suffix: str, levels: Levels, sentence: str
) -> Callable[[Callable[[P, Context], Sequence[Hit]]], Rule[P]]:
    rule_id = ".".join(part for part in (group.key, row.key, suffix) if part)
    path = "/".join(part for part in (group.path, row.element) if part)
    return rule(rule_id, levels, path, group.clause + row.clause, sentence)


def _named(group: Group[P, G], row: Field[G]) -> str:
    return f"{row.label} {group.label}".rstrip()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
