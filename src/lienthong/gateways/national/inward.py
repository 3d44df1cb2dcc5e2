"""What comes from an upstream: listed, fetched as a stream, taken in at our own door, then confirmed (AX-4).

Our door is idempotent, so a crash between taking in and confirming only makes us fetch once more. The upstream learns
``done`` when a package is durable here, and ``fail`` when our door refused the same bytes twice for good; in between it
hears nothing and the package stays in its list. A sender we do not know is refused only once our directory is newer
than the package.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.db.models import F

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.failpoints import hit
from lienthong.common.folding import fold
from lienthong.common.sql import release_connection
from lienthong.exchange.hubs.hops import from_pairs
from lienthong.exchange.intake import accept_package
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.submissions import Receipt, Sending
from lienthong.gateways.national.answers import Fetched, Received, VxpError
from lienthong.gateways.national.client import VxpClient
from lienthong.gateways.national.files import package_file
from lienthong.gateways.national.models import OnUnknownSender, Refused, Upstream
from lienthong.gateways.national.pace import Round
from lienthong.registry import directory
from lienthong.registry.errors import RegistryError
from lienthong.registry.resolution import SystemAccess

_log = logging.getLogger(__name__)
_REASON_LIMIT = 300  # characters; the reason travels in a header
_ROUNDS = 10  # for so many what speaks of an unknown document is put off
_TROUBLES = 3  # one after the other: then it is the upstream and not a package
_FRESH = timedelta(minutes=10)  # so often at most the whole directory is fetched for senders we do not know


@dataclass(slots=True)
class Tally:
    """What one round did. ``left``: could not be fetched, stored or confirmed now and stays in the upstream's list;
    ``postponed``: stays there until the directory may be fetched again; ``put_off``: stays there because it speaks of a
    document that has not come yet."""

    taken: int = 0
    repeated: int = 0
    refused: int = 0
    left: int = 0
    postponed: int = 0
    put_off: int = 0

    @property
    def stays(self) -> int:
        """Packages that stay in the upstream's list."""
        return self.left + self.postponed + self.put_off

    @property
    def went(self) -> Round:
        if self.taken + self.repeated + self.refused:
            return Round.BUSY
        return Round.FAILED if self.left + self.put_off else Round.IDLE


class _PostponedError(Exception):
    """The directory is too fresh to be fetched again for this sender, and older than the package."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    sha256: bytes
    outcome: Receipt | Refusal


class Inward:
    """The inward side of one upstream.

    :param sync: brings the directory in step; called when a sender is unknown, at most every ten minutes
    """

    def __init__(self, upstream: Upstream, client: VxpClient, sync: Callable[[], object]) -> None:
        self._upstream = upstream
        self._client = client
        self._sync = sync
        self._unconfirmed: set[str] = set()
        self._seen: dict[str, datetime] = {}  # since when packages of unknown senders stand in the list
        self._asked_at = clock.now()
        self._put_off: Counter[str] = Counter()  # package: rounds
        self._more_to_come = False

    def round(self) -> Tally:
        """Take all that waits. Documents come before the status reports that speak of them, so the list of reports is
        asked for first: whatever one of those speaks of has already come or is in the list of documents. And what
        speaks of a document that is not here is put off while there may be more to come.

        :raises VxpError: the upstream does not answer its list properly, which is never taken as an empty one
        """
        tally = Tally()
        reports = self._client.get_received_edoc_list(PackageKind.STATUS)
        self._asked_at = clock.now()
        documents = self._client.get_received_edoc_list(PackageKind.DOCUMENT)
        self._more_to_come = any(row.doc_id not in self._put_off for row in documents)
        self._take_all(documents, PackageKind.DOCUMENT, tally)
        self._take_all(reports, PackageKind.STATUS, tally)
        return tally

    def _take_all(self, rows: Sequence[Received], kind: PackageKind, tally: Tally) -> None:
        troubles = 0
        for row in rows:
            left = tally.left
            self._take(row, kind, tally)
            troubles = troubles + 1 if tally.left > left else 0
            if troubles == _TROUBLES:
                break

    def _take(self, row: Received, kind: PackageKind, tally: Tally) -> None:
        """One package. Whatever goes wrong with it does not keep those behind it waiting."""
        if self._waits_for_directory(row):
            tally.postponed += 1
            return
        try:
            if row.doc_id not in self._unconfirmed:
                self._admit(row, kind, tally)
            if row.doc_id in self._unconfirmed:
                self._client.update_status(row.doc_id, "done")
                self._unconfirmed.discard(row.doc_id)
        except _PostponedError:
            tally.postponed += 1
        except (VxpError, Refusal) as error:
            if isinstance(error, Refusal) and error.reason is Reason.TOO_EARLY:
                self._put_off[row.doc_id] += 1
                tally.put_off += 1
                return
            _log.warning("%s: package %s stays in the list: %s", self._upstream, row.doc_id, error)
            tally.left += 1

    def _admit(self, row: Received, kind: PackageKind, tally: Tally) -> None:
        """:raises Refusal: temporary ones only"""
        first = self._try(row, kind)
        outcome = first.outcome if isinstance(first.outcome, Receipt) else self._second_opinion(row, kind, first)
        if isinstance(outcome, Receipt):
            hit("link.after_accept")
            self._unconfirmed.add(row.doc_id)
            self._put_off.pop(row.doc_id, None)
            tally.repeated += outcome.repeated
            tally.taken += not outcome.repeated
        elif outcome.reason.temporary:
            raise outcome
        else:
            self._refuse(row, kind, outcome, first.sha256)
            tally.refused += 1

    def _second_opinion(self, row: Received, kind: PackageKind, first: _Attempt) -> Receipt | Refusal:
        """A refused package is fetched once more, as a garbled answer must not cost it: only the same bytes twice are
        the upstream's own. An unknown sender may be known after the directory was brought in step."""
        refusal = first.outcome
        if not isinstance(refusal, Refusal) or refusal.reason.temporary:
            return refusal
        if refusal.reason is Reason.SENDER_UNKNOWN and self._upstream.on_unknown_sender == OnUnknownSender.SYNC:
            self._look_up_sender(row)
        second = self._try(row, kind)
        if isinstance(second.outcome, Refusal) and second.sha256 != first.sha256:
            raise VxpError("", "the package differs each time it is fetched")
        return second.outcome

    def _look_up_sender(self, row: Received) -> None:
        """Make the directory newer than the package.

        :raises _PostponedError: that is not possible yet
        :raises VxpError: it could not be fetched, or is being fetched just now
        """
        seen = self._seen.setdefault(row.doc_id, self._asked_at)
        synced = self._synced_at()
        if synced is not None and synced < seen and clock.now() - synced < _FRESH:
            raise _PostponedError
        if synced is None or synced < seen:
            try:
                self._sync()
            except RegistryError as error:
                raise VxpError("", error.message, temporary=True) from error
        del self._seen[row.doc_id]

    def _waits_for_directory(self, row: Received) -> bool:
        """Seen before, and nothing has changed since: it need not be fetched again."""
        seen, synced = self._seen.get(row.doc_id), self._synced_at() if self._seen else None
        return seen is not None and synced is not None and synced < seen and clock.now() - synced < _FRESH

    def _synced_at(self) -> datetime | None:
        return Upstream.objects.values_list("synced_at", flat=True).get(pk=self._upstream.pk)

    def _try(self, row: Received, kind: PackageKind) -> _Attempt:
        with package_file() as file:
            fetched = self._fetch(row, file)
            sending = Sending(
                sender=self._access(),
                remote=self._upstream.endpoint,
                kind=kind,
                hops=from_pairs(fetched.trace),
                in_order=self._more_to_come and self._put_off[row.doc_id] < _ROUNDS,
            )
            try:
                return _Attempt(fetched.sha256, accept_package(file, sending=sending, length=fetched.size))
            except Refusal as refusal:
                return _Attempt(fetched.sha256, refusal)

    def _fetch(self, row: Received, file: IO[bytes]) -> Fetched:
        release_connection()  # the package comes over the network
        fetched = self._client.get_edoc_to(row.doc_id, file)
        if not fetched.size:
            raise VxpError("", "the answer holds no package")
        file.seek(0)
        return fetched

    def _access(self) -> SystemAccess:
        access = directory.find_system(self._upstream.system.system_id)
        if access is None:
            raise RuntimeError(f"{self._upstream} has no system")
        return access

    def _refuse(self, row: Received, kind: PackageKind, refusal: Refusal, sha256: bytes) -> None:
        """Kept here first: what the upstream does after ``fail`` is not established (vxp-protocol.md, section 14)."""
        now = clock.now()
        told = refusal.findings[0].message if refusal.findings else refusal.detail
        refused, is_new = Refused.objects.get_or_create(
            upstream=self._upstream,
            remote_id=row.doc_id,
            defaults={
                "kind": kind.value, "from_code": row.from_code, "code": refusal.reason.code, "detail": told,
                "sha256": sha256, "first_at": now, "last_at": now,
            },
        )  # fmt: skip
        if not is_new:
            Refused.objects.filter(pk=refused.pk).update(last_at=now, times=F("times") + 1, detail=told)
        _log.warning("%s: package %s refused: %s", self._upstream, row.doc_id, refusal)
        release_connection()
        self._client.update_status(row.doc_id, "fail", description=_ascii(refusal))


def _ascii(refusal: Refusal) -> str:
    """Parameter values other than ASCII may not verify on the other side (vxp-protocol.md 2.5, trap 5)."""

    return f"{refusal.reason.code}: {fold(refusal.reason.sentence)}"[:_REASON_LIMIT]
