"""The door of the axis: from the first byte of a package to its receipt (design section 4).

``body → reader → rules → ownership → routes → committer → receipt``. The network is slow and the disk is not: a package
is read in full before anything is decided, and nothing of it is visible before it is durable.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import BinaryIO

from django.conf import settings

from edxml102 import rules
from edxml102.codes import Priority, Sender
from edxml102.errors import Finding, Severity, has_errors
from edxml102.model import DocumentPackage, Package, StatusPackage, parse_date
from edxml102.reader import PackageReader, ReadResult
from lienthong.common import clock
from lienthong.common.failpoints import hit
from lienthong.common.ids import new_id
from lienthong.common.sql import release_connection
from lienthong.common.text import grouped
from lienthong.exchange.acts import record_rejection
from lienthong.exchange.asks import codes_named, read_request
from lienthong.exchange.committer import Committer
from lienthong.exchange.fingerprint import content_fingerprint
from lienthong.exchange.guards.door import note_secret, refuse_secrets
from lienthong.exchange.guards.holds import AWAITS_SIGNATURE
from lienthong.exchange.hubs import door
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Route, route_code, route_organs
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.segments import LocalSegments
from lienthong.exchange.segments.local import ObjectWriter
from lienthong.exchange.segments.view import open_view
from lienthong.exchange.signatures.policies import Demand, demand_of
from lienthong.exchange.signatures.reports import PackageReport
from lienthong.exchange.submissions import (
    Body,
    DocumentSubmission,
    Receipt,
    RecipientResult,
    Sending,
    StatusSubmission,
    Stored,
)
from lienthong.ledger.status import gate
from lienthong.registry import directory
from lienthong.registry.resolution import Outcome as Found
from lienthong.registry.resolution import Resolution

_CHUNK = 256 * 1024


@cache
def segments() -> LocalSegments:
    """This process's view of the segment store."""
    return LocalSegments(settings.DATA_DIR / "segments")


@cache
def committer() -> Committer:
    """This process's committer; its thread starts with the first submission, after any fork."""
    return Committer(lambda: segments().writer(segment_size=settings.SEGMENT_SIZE))


def accept_package(body: Body, *, sending: Sending, length: int | None) -> Receipt:
    """Accept one package and answer its receipt; from here on it is never lost.

    :param length: size of the body in bytes where the sender declared it
    :raises Refusal: nothing was stored
    """
    if gate.is_closed():
        raise Refusal(Reason.EVIDENCE_UNAVAILABLE)
    if length is not None and length > settings.PACKAGE_LIMIT:
        raise Refusal(
            Reason.TOO_LARGE, f"Gói tin {grouped(length)} byte, mức cho phép {grouped(settings.PACKAGE_LIMIT)} byte."
        )
    release_connection()  # a slow sender must not hold one
    try:
        if length is None or length > settings.SEGMENT_PACKAGE_LIMIT:
            receipt = _accept_large(body, sending)
        else:
            receipt = _accept_small(body, sending)
    except Refusal as refusal:
        record_rejection(sending, refusal)
        if refusal.reason is Reason.STATE_SECRET:
            note_secret(sending, refusal)
        raise
    hit("exchange.before_reply")
    return receipt


def _accept_small(body: Body, sending: Sending) -> Receipt:
    reader, pieces = PackageReader(), []
    while piece := body.read(_CHUNK):
        reader.feed(piece)
        pieces.append(piece)
    result = reader.close()
    stored = Stored(sha256=result.sha256, length=result.size, payload=b"".join(pieces))
    return _commit(result, sending, stored)


def _accept_large(body: Body, sending: Sending) -> Receipt:
    """Streamed to a file of its own while it arrives; the file goes away again unless its rows may be committed."""
    reader = PackageReader()
    try:
        with segments().new_object() as writer:
            _copy(body, reader, writer)
            result = reader.close()
            _check_declared(result, sending)
            stored = Stored(sha256=result.sha256, length=result.size, address=writer.finish(result.sha256))
            return _commit_object(result, sending, stored, writer)
    except OSError as error:
        raise Refusal(Reason.STORAGE_UNAVAILABLE, error.strerror or "") from error


def _copy(body: Body, reader: PackageReader, writer: ObjectWriter) -> None:
    size = 0
    while piece := body.read(_CHUNK):
        size += len(piece)
        if size > settings.PACKAGE_LIMIT:
            raise Refusal(Reason.TOO_LARGE, f"Mức cho phép {grouped(settings.PACKAGE_LIMIT)} byte.")
        reader.feed(piece)
        writer.write(piece)


def _commit_object(result: ReadResult, sending: Sending, stored: Stored, writer: ObjectWriter) -> Receipt:
    with _about(stored):
        submission = _submission(result, sending, stored)
    try:
        with _about(stored):
            receipt = committer().commit(submission)
    except Exception as error:
        if not isinstance(error, Refusal) or error.reason.temporary:  # the commit may have happened all the same
            writer.keep()
        raise
    if submission.address == stored.address and not receipt.repeated:
        writer.keep()
    return receipt


def _commit(result: ReadResult, sending: Sending, stored: Stored) -> Receipt:
    with _about(stored):
        _check_declared(result, sending)
        return committer().commit(_submission(result, sending, stored))


@contextmanager
def _about(stored: Stored) -> Iterator[None]:
    """Let a refusal know which bytes it is about."""
    try:
        yield
    except Refusal as refusal:
        refusal.sha256 = stored.sha256
        raise


def _check_declared(result: ReadResult, sending: Sending) -> None:
    if sending.digest_matches is not None and not sending.digest_matches(result.sha256):
        raise Refusal(Reason.HASH_DIFFERS, f"SHA-256 nhận được: {result.sha256.hex()}.")


def _submission(result: ReadResult, sending: Sending, stored: Stored) -> DocumentSubmission | StatusSubmission:
    if result.package is not None:
        refuse_secrets(result.package)
    package, findings = _conforming(result)
    if sending.only is not None and package.kind is not sending.only:
        raise Refusal(Reason.KIND_UNEXPECTED)
    findings += _declaration_findings(package, sending)
    try:
        if isinstance(package, DocumentPackage):
            return _document_submission(package, findings, sending, stored)
        return _status_submission(package, findings, sending, stored)
    finally:
        release_connection()  # the committer has its own


def _conforming(result: ReadResult) -> tuple[Package, tuple[Finding, ...]]:
    findings = result.findings
    if result.package is not None:
        findings += rules.check(result.package, mode=rules.Mode.ACCEPT, today=clock.today())
    if result.package is None or has_errors(findings):
        raise Refusal(Reason.NOT_CONFORMING, findings=findings)
    return result.package, findings


def _declaration_findings(package: Package, sending: Sending) -> tuple[Finding, ...]:
    """What the interface declared besides the package may be left over from an earlier call: noted, never obeyed."""
    if sending.kind is None or sending.kind is package.kind:
        return ()
    message = f"Khai messagetype {sending.kind.value} nhưng gói tin là {package.kind.value}; trục theo gói tin."
    return (Finding("exchange.kind_differs", Severity.NOTE, "messagetype", message),)


def _resolve(codes: list[str], sending: Sending) -> dict[str, Resolution]:
    """Resolve the codes of a package, and the sender that the interface declared besides."""
    declared = [*([sending.from_code] if sending.from_code else []), *door.declared_codes(sending)]
    return directory.resolve_many([*codes, *declared], clock.today(), revision=sending.sender.revision)


Owner = Callable[[Resolution, Sending], int]


def _own_agency(code: str, found: dict[str, Resolution], sending: Sending, owner: Owner) -> int:
    """The agency a package comes from. It, and the one declared, must belong to the authenticated system
    (specification 5.1, rule 8)."""
    if sending.from_code and sending.from_code != code:
        owner(found[sending.from_code], sending)
    return owner(found[code], sending)


def _sending_agency(resolution: Resolution, sending: Sending) -> int:
    """A closed agency may only repeat itself (``_barred``), and only through the system it had."""
    return _allowed(directory.may_send, [_known_agency(resolution)], resolution, sending, _closed_sender(resolution))


def _closed_sender(resolution: Resolution) -> Refusal | None:
    if resolution.outcome is not Found.CLOSED:
        return None
    successor = f" Cơ quan kế thừa: {resolution.successor_code}." if resolution.successor_code else ""
    return Refusal(Reason.SENDER_CLOSED, f"Mã {resolution.code}.{successor}")


def _reporting_agency(resolution: Resolution, sending: Sending) -> int:
    """A report may speak under a closed code, to which the document was sent, through the system of then or the
    successor's (legal 1.3, d)."""
    heirs = [resolution.successor_id] if resolution.successor_id is not None else []
    return _allowed(directory.may_report, [_known_agency(resolution), *heirs], resolution, sending)


def _known_agency(resolution: Resolution) -> int:
    if resolution.outcome is Found.UNKNOWN or resolution.agency_id is None:
        raise Refusal(Reason.SENDER_UNKNOWN, f"Mã {resolution.code}.")
    return resolution.agency_id


def _allowed(
    may: Callable[..., bool],
    agencies: list[int],
    resolution: Resolution,
    sending: Sending,
    otherwise: Refusal | None = None,
) -> int:
    """The first agency, when the system may act for any of them."""
    sender, today = sending.sender, clock.today()
    if not any(may(sender.pk, agency, today, revision=sender.revision) for agency in agencies):
        foreign = Refusal(Reason.SENDER_FOREIGN, f"Hệ thống {sender.system_id}, cơ quan {resolution.code}.")
        raise otherwise or foreign
    return agencies[0]


def _barred(sender: Resolution, routes: list[Route]) -> Refusal | None:
    if (closed := _closed_sender(sender)) is not None:
        return closed
    good = any(route.outcome.good for route in routes)
    return None if good else Refusal(Reason.NO_RECIPIENT, describe_failures(routes))


def _document_submission(
    package: DocumentPackage, findings: tuple[Finding, ...], sending: Sending, stored: Stored
) -> DocumentSubmission:
    header = package.header
    asking = package.trace.bussiness.document_type not in ("", "0")
    named = codes_named(package) if asking else []
    found = _resolve([header.from_.organ_id, *(organ.organ_id for organ in header.to), *named], sending)
    agency = _own_agency(header.from_.organ_id, found, sending, _sending_agency)
    passing = door.split(route_organs(header.to, found), found, sending)
    priority = Priority.known(header.other_info.priority)
    received_at = clock.now()
    demand = demand_of(agency, on_date=clock.today(), revision=sending.sender.revision)
    waits = _waits_for_the_worker(demand, stored, asking=asking)
    return DocumentSubmission(
        package_id=new_id(),
        system_pk=sending.sender.pk,
        system_id=sending.sender.system_id,
        agency_id=agency,
        from_code=header.from_.organ_id,
        stored=stored,
        findings=(*findings, _HELD) if waits else findings,
        remote=sending.remote,
        received_at=received_at,
        package=package,
        signatures=None if waits else _checked_signatures(package, demand, stored, received_at),
        held=AWAITS_SIGNATURE if waits else "",
        routes=passing.routes,
        left=passing.left,
        hops=door.arrival_hops(package, sending),
        in_order=sending.in_order,
        fingerprint=content_fingerprint(package),
        rank=priority.rank if priority else 0,
        request=read_request(package, rule_set(header.promulgation_info.date), found) if asking else None,
        barred=_barred(found[header.from_.organ_id], [*passing.routes, *passing.left]),
    )


_HELD = Finding(
    "exchange.held",
    Severity.NOTE,
    "AttachmentEncoded",
    "Gói tin lớn: trục kiểm tra chữ ký số xong mới chuyển tới nơi nhận; theo dõi kết quả ở danh sách văn bản đã gửi.",
)


def _waits_for_the_worker(demand: Demand, stored: Stored, *, asking: bool) -> bool:
    """A sender does not wait while a large package is checked: the recipients do. What asks something of recipients
    (a recall) takes effect at once, so it is checked before that, whatever its size."""
    return demand is not Demand.NONE and stored.length > settings.SIGNATURE_INLINE_LIMIT and not asking


def _checked_signatures(
    package: DocumentPackage, demand: Demand, stored: Stored, received_at: datetime
) -> PackageReport | None:
    """The outcome of checking signatures where they are demanded of the sender; all others are checked later."""
    if demand is Demand.NONE:
        return None
    release_connection()  # checking takes a while
    from lienthong.exchange.signatures.door import check_at_door  # noqa: PLC0415 - pyHanko loads only where it is used

    with _reread(stored) as stream:
        return check_at_door(stream, package, demand=demand, received_at=received_at)


def _reread(stored: Stored) -> BinaryIO:
    if stored.address is not None:
        return open_view(segments(), stored.address)
    return io.BytesIO(stored.payload or b"")


def describe_failures(routes: list[Route]) -> str:
    """Which addressees failed and why, in one sentence."""
    return "; ".join(f"{route.code}: {route.reason}" for route in routes if not route.outcome.good) + "."


def _status_submission(
    package: StatusPackage, findings: tuple[Finding, ...], sending: Sending, stored: Stored
) -> StatusSubmission:
    """A report is routed by ``ResponseFor/OrganId``. That is the issuer, except for a code the issuer itself sends:
    then it is the recipient (specification 4.4)."""
    target = package.response_for.organ_id
    found = _resolve([package.from_.organ_id, target], sending)
    agency = _own_agency(package.from_.organ_id, found, sending, _reporting_agency)
    route = route_code(found[target], follow_successor=True)
    if not route.outcome.good or route.agency_id is None:
        raise Refusal(Reason.NO_RECIPIENT, describe_failures([route]))
    door.refuse_back(route, found, sending)
    rule = rule_set(parse_date(package.response_for.promulgation_date)).codes.get(package.status_code)
    by_issuer = rule is not None and rule.sender is Sender.ISSUER
    return StatusSubmission(
        package_id=new_id(),
        system_pk=sending.sender.pk,
        system_id=sending.sender.system_id,
        agency_id=agency,
        from_code=package.from_.organ_id,
        stored=stored,
        findings=findings,
        remote=sending.remote,
        received_at=clock.now(),
        package=package,
        route=route,
        hops=door.arrival_hops(package, sending),
        in_order=sending.in_order,
        issuer_id=agency if by_issuer else route.agency_id,
        recipient_id=route.agency_id if by_issuer else agency,
        by_issuer=by_issuer,
    )


__all__ = ["Receipt", "RecipientResult", "Sending", "accept_package", "committer", "segments"]
