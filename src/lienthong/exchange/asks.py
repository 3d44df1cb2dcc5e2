"""What a recall, update or replacement asks, and of whom. Pure.

Which document it acts on is read in this order: ``Bussiness/DocumentId``, ``ResponseFor/DocumentId``,
``MessageHeader/DocumentId`` (specification 3.2.2, note on 2.2.4); a replacement names its targets in a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from edxml102.errors import Finding, Severity
from edxml102.model import DocumentPackage, MessageHeader
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome, Route
from lienthong.exchange.rule_sets import RuleSet
from lienthong.exchange.states import Ask, RecipientState
from lienthong.registry.resolution import Resolution

_BUSSINESS = "TraceHeaderList/Bussiness"


@dataclass(frozen=True, slots=True)
class Target:
    """A document that is acted on. ``owner``: its issuer where the package names one; ``holders``: code and agency of
    those it is to be replaced at (none: wherever it is)."""

    document_id: str
    path: str
    owner: int | None = None
    holders: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What a document asks. ``changes_document``: an update of the data about the document, not only of its
    addressees."""

    ask: Ask
    reason: str
    targets: tuple[Target, ...]
    changes_document: bool = False


def codes_named(package: DocumentPackage) -> list[str]:
    """The agency codes that ``read_request`` needs resolved."""
    bussiness = package.trace.bussiness
    holders = [code for one in bussiness.replacements for code in one.organ_ids]
    return [code for code in [*holders, *(one.organ_id for one in package.header.response_for)] if code]


def read_request(package: DocumentPackage, rules: RuleSet, found: Mapping[str, Resolution]) -> Request | None:
    """What the package asks; ``None`` for a new document."""
    bussiness = package.trace.bussiness
    ask = rules.ask_of(bussiness.document_type)
    if ask is None:
        return None
    targets = _replaced(package, found) if ask is Ask.REPLACE else _acted_on(package, found)
    changes = any(info.document_info == "1" for info in bussiness.document_info)
    return Request(ask, bussiness.reason, tuple(targets), ask is Ask.UPDATE and changes)


def _replaced(package: DocumentPackage, found: Mapping[str, Resolution]) -> Iterable[Target]:
    for number, one in enumerate(package.trace.bussiness.replacements, 1):
        path = f"{_BUSSINESS}/ReplacementInfoList/ReplacementInfo[{number}]"
        holders = tuple((code, found[code].agency_id) for code in one.organ_ids if code)
        yield Target(one.document_id, path, holders=holders)


def _acted_on(package: DocumentPackage, found: Mapping[str, Resolution]) -> Iterable[Target]:
    if package.trace.bussiness.document_id:
        return [Target(package.trace.bussiness.document_id, f"{_BUSSINESS}/DocumentId")]
    return _answered(package.header, found) or [Target(package.header.document_id, "MessageHeader/DocumentId")]


def _answered(header: MessageHeader, found: Mapping[str, Resolution]) -> list[Target]:
    return [
        Target(one.document_id, f"MessageHeader/ResponseFor[{number}]/DocumentId", _agency(one.organ_id, found))
        for number, one in enumerate(header.response_for, 1)
        if one.document_id
    ]


def _agency(code: str, found: Mapping[str, Resolution]) -> int | None:
    return found[code].agency_id if code else None


@dataclass(frozen=True, slots=True)
class KnownHolder:
    """A recipient of the target."""

    id: UUID
    code: str
    name: str
    outcome: Outcome
    agencies: frozenset[int]
    state: RecipientState


@dataclass(frozen=True, slots=True)
class KnownTarget:
    """A document that stands under the identifier a target names. ``owner``: the agency that issued it."""

    id: UUID
    owner: int
    rules: RuleSet
    holders: tuple[KnownHolder, ...] = ()


@dataclass(frozen=True, slots=True)
class NewAsk:
    """An ask to write: of the row ``recipient``, by the new document at its addressee ``code``."""

    recipient: UUID
    code: str


@dataclass(frozen=True, slots=True)
class AskPlan:
    """``asks`` to write, and what the sender must know of those not asked."""

    asks: list[NewAsk] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def plan_asks(  # noqa: PLR0913 - what the decision depends on
    request: Request,
    *,
    issuers: frozenset[int],
    routes: list[Route],
    reached: frozenset[int],
    known: Mapping[str, list[KnownTarget]],
    in_order: bool = False,
) -> AskPlan:
    """Decide whom to ask.

    :param issuers: the agency that asks and those it succeeds
    :param routes: the addressees that get the document now; ``reached``: all agencies that it names
    :param known: documents by identifier
    :param in_order: a document that is not here is still to come
    :raises Refusal: TARGET_FOREIGN when the document acted on is another agency's; TOO_EARLY
    """
    planner = _Planner(request, routes, reached)
    for target in request.targets:
        document = _owned(target, issuers, known.get(target.document_id, []))
        if document is not None:
            planner.ask(target, document)
            continue
        if in_order:
            raise Refusal(Reason.TOO_EARLY, f"Văn bản {target.document_id}.")
        planner.tell(
            "target_unknown",
            Severity.NOTE,
            target.path,
            f"Văn bản {target.document_id} chưa từng qua trục này: gói vẫn được chuyển, "
            "nhưng trục không theo dõi được trả lời.",
        )
    return planner.plan


def _owned(target: Target, issuers: frozenset[int], documents: list[KnownTarget]) -> KnownTarget | None:
    own = next((document for document in documents if document.owner in issuers), None)
    named_foreign = target.owner is not None and target.owner not in issuers
    if own is None and (named_foreign or (documents and target.owner is None)):
        raise Refusal(Reason.TARGET_FOREIGN, f"{target.path}: {target.document_id}.")
    return own


class _Planner:
    def __init__(self, request: Request, routes: list[Route], reached: frozenset[int]) -> None:
        self.request = request
        self.routes = [route for route in routes if route.outcome.good]
        self.reached = reached
        self.plan = AskPlan()

    def tell(self, name: str, severity: Severity, path: str, message: str) -> None:
        self.plan.findings.append(Finding(f"exchange.{name}", severity, path, message))

    def ask(self, target: Target, document: KnownTarget) -> None:
        wanted = {agency for _, agency in target.holders}
        for route in self.routes:
            agencies = agencies_of([route])
            # Several, where the addressee succeeds or stands in for others that received the document too.
            holders = [one for one in document.holders if one.agencies & agencies and one.outcome.good]
            if not holders and (not wanted or wanted & agencies):
                message = f"{route.name} ({route.code}) chưa từng nhận văn bản {target.document_id}."
                self.tell("ask_not_recipient", Severity.WARNING, target.path, message)
            if wanted:
                holders = [one for one in holders if one.agencies & wanted]
            for holder in holders:
                self._ask_one(holder, route, target, document)
        self._tell_of_those_not_reached(target, document)
        self._tell_of_those_without_it(target, document)

    def _ask_one(self, holder: KnownHolder, route: Route, target: Target, document: KnownTarget) -> None:
        if document.rules.moves.can_ask(self.request.ask, holder.state) or _is_asked(holder.state):
            self.plan.asks.append(NewAsk(holder.id, route.code))
            return
        message = (
            f"{holder.name} ({holder.code}): văn bản {target.document_id} đang ở trạng thái “{holder.state.label}”, "
            f"không {self.request.ask.label.lower()} được nữa."
        )
        self.tell("ask_not_applicable", Severity.WARNING, target.path, message)

    def _tell_of_those_not_reached(self, target: Target, document: KnownTarget) -> None:
        """Recipients of the old document that this package does not reach would keep it unknowingly."""
        rest = [
            f"{one.name} ({one.code})"
            for one in document.holders
            if one.outcome.good and not (one.state.final or _is_asked(one.state)) and not one.agencies & self.reached
        ]
        if rest:
            message = (
                f"Văn bản {target.document_id} còn ở nơi nhận mà gói {self.request.ask.label.lower()} này "
                f"không gửi tới: {'; '.join(rest)}."
            )
            self.tell("ask_incomplete", Severity.NOTE, target.path, message)

    def _tell_of_those_without_it(self, target: Target, document: KnownTarget) -> None:
        held = frozenset[int]().union(*(one.agencies for one in document.holders))
        for code, agency in target.holders:
            if agency not in held:
                message = f"{code} không phải nơi nhận của văn bản {target.document_id}."
                self.tell("ask_not_recipient", Severity.WARNING, f"{target.path}/OrganIdList", message)


def _is_asked(state: RecipientState) -> bool:
    """A question that is open does not keep the issuer from asking another: a recall of what it wanted to update."""
    return state in (RecipientState.RECALL_ASKED, RecipientState.UPDATE_ASKED, RecipientState.TAKEBACK_ASKED)


def agencies_of(routes: Iterable[Route]) -> frozenset[int]:
    """The agencies that the routes name or lead to."""
    named = ((route.agency_id, route.to_agency_id) for route in routes)
    return frozenset(agency for pair in named for agency in pair if agency is not None)
