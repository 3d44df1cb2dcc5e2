"""YAML text → ``RuleSet``, or every mistake with its place in the document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import yaml

from edxml102.codes import BusinessType, Sender
from lienthong.exchange.rule_sets.nodes import Node
from lienthong.exchange.rule_sets.values import (
    CodeRule,
    Deadline,
    Duty,
    Instrument,
    RuleSet,
    SecrecyRules,
    SignatureRule,
    Source,
)
from lienthong.exchange.states import Ask, AskMoves, Moves, RecipientState


class RuleSetError(Exception):
    """A rule set cannot be used. ``problems`` are sentences that begin with the place in the file."""

    def __init__(self, name: str, problems: list[str]) -> None:
        super().__init__(f"{name}: {' '.join(problems)}")
        self.problems = problems


def parse_rule_set(text: str, *, name: str) -> RuleSet:
    """Read one rule set.

    :param name: what the file is called in the message
    :raises RuleSetError: the text is not a rule set
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RuleSetError(name, [f"không phải YAML ({' '.join(str(error).split())})."]) from error
    problems: list[str] = []
    read = _rule_set(Node(document, "", problems))
    if problems:
        raise RuleSetError(name, problems)
    return read


def _rule_set(node: Node) -> RuleSet:
    fields = node.fields(
        "id name effective_from enabled verified instruments status_codes asks deadlines secrecy",
        "effective_to note signatures",
    )
    instruments = {key: _instrument(child) for key, child in fields["instruments"].entries()}
    nodes = dict(fields["status_codes"].entries())
    codes = {code: _code_rule(code, child, instruments) for code, child in nodes.items()}
    steps = {step: state for code, child in nodes.items() for step, state in _steps(code, child).items()}
    asks = _asks(fields["asks"], codes, instruments)
    return RuleSet(
        id=fields["id"].text(),
        name=fields["name"].text(),
        effective_from=fields["effective_from"].day() or date.max,
        effective_to=fields["effective_to"].day(),
        enabled=fields["enabled"].flag(),
        verified=fields["verified"].flag(),
        note=fields["note"].text(),
        instruments=instruments,
        codes=codes,
        business_types=asks.business_types,
        moves=Moves(steps, asks.moves, asks.asking),
        deadlines=_deadlines(fields["deadlines"], instruments),
        secrecy=_secrecy(fields["secrecy"], instruments),
        sources=asks.sources,
        signatures=_signatures(fields["signatures"], instruments),
    )


def _instrument(node: Node) -> Instrument:
    fields = node.fields("name title verified")
    return Instrument(fields["name"].text(), fields["title"].text(), fields["verified"].flag())


def _source(node: Node, instruments: Mapping[str, Instrument]) -> Source:
    fields = node.fields("instrument article", "assumed")
    key = fields["instrument"]
    instrument = instruments.get(str(key.value))
    if instrument is None:
        key.wrong(f"{key.value!r} không có trong instruments.")
        instrument = Instrument("", "", verified=False)
    return Source(instrument, fields["article"].text(), fields["assumed"].flag())


def _signatures(node: Node, instruments: Mapping[str, Instrument]) -> dict[SignatureRule, Source]:
    given = node.fields("", " ".join(rule.value for rule in SignatureRule)) if node.given else {}
    return {
        rule: _source(given[rule.value], instruments)
        for rule in SignatureRule
        if node.given and given[rule.value].given
    }


def _code_rule(code: str, node: Node, instruments: Mapping[str, Instrument]) -> CodeRule:
    fields = node.fields("name sender source", "steps refused")
    sender = fields["sender"].member(Sender) or Sender.RECEIVER
    return CodeRule(
        code, fields["name"].text(), sender, _source(fields["source"], instruments), fields["refused"].text()
    )


def _steps(code: str, node: Node) -> dict[tuple[RecipientState, str], RecipientState]:
    """Two targets from one state would leave the next state to chance."""
    given = node.fields("name sender source", "steps refused")["steps"]
    steps: dict[tuple[RecipientState, str], RecipientState] = {}
    for name, child in given.entries() if given.given else ():
        target = Node(name, child.path, child.problems).member(RecipientState)
        for state in child.members(RecipientState):
            if (state, code) in steps:
                child.wrong(f"trạng thái {state.value} đã có bước khác với mã {code}.")
            if target is not None:
                steps[state, code] = target
    return steps


class _Asks:
    def __init__(self) -> None:
        self.moves: dict[Ask, AskMoves] = {}
        self.asking: dict[str, Ask] = {}
        self.business_types: dict[str, Ask] = {}
        self.sources: dict[Ask, Source] = {}


def _asks(node: Node, codes: Mapping[str, CodeRule], instruments: Mapping[str, Instrument]) -> _Asks:
    asks = _Asks()
    given = node.fields(" ".join(ask.value for ask in Ask))
    for ask in Ask:
        child = given[ask.value]
        if child.given:
            _ask(ask, child, codes, instruments, asks)
    return asks


def _ask(
    ask: Ask, node: Node, codes: Mapping[str, CodeRule], instruments: Mapping[str, Instrument], asks: _Asks
) -> None:
    fields = node.fields("starts agree decline source", "business_type asked_by asked agreed")
    business_type, asked_by = fields["business_type"], fields["asked_by"]
    if business_type.given == asked_by.given:
        node.wrong("phải có đúng một trong hai: business_type, asked_by.")
    if business_type.given and BusinessType.known(str(business_type.value)) in (None, BusinessType.NEW):
        business_type.wrong(f"{business_type.value!r} không phải nghiệp vụ 1, 2 hoặc 3.")
    if asked_by.given and asked_by.value not in codes:
        asked_by.wrong(f"{asked_by.value!r} không có trong status_codes.")
    asks.business_types |= {str(business_type.value): ask} if business_type.given else {}
    asks.asking |= {str(asked_by.value): ask} if asked_by.given else {}
    asks.sources[ask] = _source(fields["source"], instruments)
    agree = fields["agree"].texts_among(codes, "status_codes")
    decline = fields["decline"].texts_among(codes, "status_codes")
    if agree & decline:
        fields["decline"].wrong(f"{', '.join(sorted(agree & decline))} vừa là đồng ý vừa là từ chối.")
    asks.moves[ask] = AskMoves(
        starts=fields["starts"].members(RecipientState),
        asked=fields["asked"].member(RecipientState) if fields["asked"].given else None,
        agree=agree,
        decline=decline,
        agreed=fields["agreed"].member(RecipientState) if fields["agreed"].given else None,
    )


def _deadlines(node: Node, instruments: Mapping[str, Instrument]) -> dict[Duty, Deadline]:
    given = node.fields(" ".join(duty.value for duty in Duty))
    return {duty: _deadline(duty, given[duty.value], instruments) for duty in Duty if given[duty.value].given}


def _deadline(duty: Duty, node: Node, instruments: Mapping[str, Instrument]) -> Deadline:
    fields = node.fields("working_days source", "effective_from urgent_minutes")
    urgent = fields["urgent_minutes"]
    return Deadline(
        duty,
        fields["working_days"].whole_number(),
        _source(fields["source"], instruments),
        fields["effective_from"].day(),
        urgent.whole_number() if urgent.given else None,
    )


def _secrecy(node: Node, instruments: Mapping[str, Instrument]) -> SecrecyRules:
    fields = node.fields(
        "key degrees labels ordinary_before ordinary_after mentions file_name_marks notation_suffixes source"
    )

    def texts(name: str) -> list[str]:
        return [item.text() for item in fields[name].items()]

    def folded(name: str) -> list[str]:
        return [text.casefold() for text in texts(name)]

    return SecrecyRules(
        key=fields["key"].text().casefold(),
        degrees=frozenset(folded("degrees")),
        labels=tuple(sorted(folded("labels"), key=len, reverse=True)),
        ordinary_before=frozenset(folded("ordinary_before")),
        ordinary_after=frozenset(folded("ordinary_after")),
        mentions=tuple(folded("mentions")),
        file_name_marks=tuple(texts("file_name_marks")),
        notation_suffixes=frozenset(texts("notation_suffixes")),
        source=_source(fields["source"], instruments),
    )
