"""What a rule set says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from edxml102.codes import Sender
from lienthong.exchange.states import Ask, Moves


class Duty(Enum):
    """What must happen within a time: the key of a deadline in the YAML file, and what to call it."""

    RECEIPT = ("receipt", "Báo đã đến (01)")
    ACCEPTANCE = ("acceptance", "Tiếp nhận (03) hoặc từ chối (02)")
    RECALL = ("recall_answer", "Trả lời thu hồi")
    UPDATE = ("update_answer", "Trả lời cập nhật")
    TAKE_BACK = ("take_back_answer", "Trả lời lấy lại")
    REGISTRATION = ("registration", "Tiếp nhận và vào sổ")
    SUBMISSION = ("submission", "Trình, phân công xử lý")

    def __new__(cls, value: str, label: str = "") -> Duty:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label

    @property
    def ask(self) -> Ask | None:
        """The question that waits for an answer."""
        return {Duty.RECALL: Ask.RECALL, Duty.UPDATE: Ask.UPDATE, Duty.TAKE_BACK: Ask.TAKE_BACK}.get(self)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A legal instrument as it is printed; one that nobody has verified says so."""

    name: str
    title: str
    verified: bool

    @property
    def cited(self) -> str:
        return self.name if self.verified else f"{self.name} (chưa xác minh)"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from. ``assumed``: the instrument names no figure, the rule set assumes one."""

    instrument: Instrument
    article: str
    assumed: bool = False

    @property
    def cited(self) -> str:
        text = f"{self.article} {self.instrument.cited}" if self.article else self.instrument.cited
        return f"{text}; mức giả định" if self.assumed else text


@dataclass(frozen=True, slots=True)
class CodeRule:
    """A status code: who may send it, why no other may, and what happens to one that comes when nothing allows it.

    ``refused``: the sentence to refuse it with; empty: it is recorded and moves nothing.
    """

    code: str
    name: str
    sender: Sender
    source: Source
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """End of the ``working_days``-th working day, for documents signed from ``effective_from`` on. ``urgent_minutes``:
    what "at once" is taken to mean for urgent ones, which no instrument says in figures."""

    duty: Duty
    working_days: int
    source: Source
    effective_from: date | None = None
    urgent_minutes: int | None = None


class SignatureRule(Enum):
    """Rules about signatures that people are told with their source: the key in the YAML file."""

    INFORMATION_ONLY = "information_only"
    """A document that is not signed, or badly, informs and does not replace paper."""
    ORDER = "order"
    """The person with authority signs before the body."""


@dataclass(frozen=True, slots=True)
class SecrecyRules:
    """What marks a document as a state secret, so that it is kept out of the system.

    ``key``: the word of the stamp (*mật*). ``degrees``: what goes before it in the higher ones (*tối*, *tuyệt*).
    ``labels``: what may introduce a stamp. ``ordinary_before``, ``ordinary_after``: neighbours that make it another
    word. ``mentions``: what public documents about secrecy say. All of these in small letters; ``file_name_marks``
    (without diacritics) and ``notation_suffixes`` as they are written.
    """

    key: str
    degrees: frozenset[str]
    labels: tuple[str, ...]
    ordinary_before: frozenset[str]
    ordinary_after: frozenset[str]
    mentions: tuple[str, ...]
    file_name_marks: tuple[str, ...]
    notation_suffixes: frozenset[str]
    source: Source


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules for documents signed from ``effective_from`` to ``effective_to`` (inclusive; ``None``: until the next
    set)."""

    id: str
    name: str
    effective_from: date
    effective_to: date | None
    enabled: bool
    verified: bool
    note: str
    instruments: Mapping[str, Instrument]
    codes: Mapping[str, CodeRule]
    business_types: Mapping[str, Ask]
    moves: Moves
    deadlines: Mapping[Duty, Deadline]
    secrecy: SecrecyRules
    sources: Mapping[Ask, Source] = field(default_factory=dict)
    signatures: Mapping[SignatureRule, Source] = field(default_factory=dict)

    def ask_of(self, business_type: str) -> Ask | None:
        """What a document of this business type asks."""
        return self.business_types.get(business_type)

    def cited(self, rule: SignatureRule) -> str:
        """Where a rule about signatures comes from, in brackets behind a sentence; empty when the set names none."""
        source = self.signatures.get(rule)
        return f"({source.cited})" if source else ""

    def deadline(self, duty: Duty, signed_on: date | None) -> Deadline | None:
        """The deadline, if there was one when the document was signed."""
        found = self.deadlines.get(duty)
        if found and found.effective_from and signed_on and signed_on < found.effective_from:
            return None
        return found
