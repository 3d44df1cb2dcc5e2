"""Hands packages to other axes: each package once per axis, with the addressees that are on that side.

A resend is safe, as the other side answers it with the first receipt; so a crash after the call costs nothing but time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeGuard

from edxml102.model import PackageKind
from lienthong.common.sql import release_connection
from lienthong.exchange.connectors import Delivered, NotDelivered, Outgoing
from lienthong.exchange.hubs.handing import Handed, hand_on
from lienthong.exchange.hubs.hops import to_text
from lienthong.exchange.hubs.models import Link
from lienthong.exchange.refusals import Refusal
from lienthong.gateways.national.answers import Sending, VxpError
from lienthong.gateways.national.failures import not_delivered
from lienthong.gateways.national.files import package_file
from lienthong.gateways.national.models import Upstream
from lienthong.gateways.national.relays import Fate, note_relay
from lienthong.gateways.national.upstreams import Account, account_of
from lienthong.registry.errors import RegistryError

_CHUNK = 256 * 1024
_IN_MEMORY = 1024 * 1024
_LONGEST_RECEIPT = 256 * 1024
_JWS = re.compile(r"[0-9A-Za-z_-]+\.[0-9A-Za-z_-]*\.[0-9A-Za-z_-]+")


class NationalConnector:
    """The connector of systems of kind *upstream*."""

    def deliver(self, outgoing: Outgoing, *, timeout: float) -> Delivered | NotDelivered:
        upstream = Upstream.objects.select_related("system").filter(pk=outgoing.system_pk).first()
        if upstream is None:
            detail = f"Hệ thống {outgoing.system_id} chưa có địa chỉ kết nối; thêm bằng lienthong upstreams add."
            return NotDelivered(permanent=False, cause="national.not_set_up", detail=detail, retry_after=900)
        try:
            handed, account = self._handed(outgoing), account_of(upstream)
            release_connection()  # the package goes over the network
            sent, digest = _send(account, outgoing, handed, min(timeout, account.timeout))
        except VxpError as error:
            return not_delivered(error)
        except RegistryError as error:
            return NotDelivered(permanent=False, cause=error.code, detail=error.message, retry_after=900)
        except Refusal as refusal:  # our own stored bytes are damaged
            return NotDelivered(permanent=True, cause=refusal.reason.code, detail=refusal.reason.sentence, ours=True)
        note_relay(upstream=upstream, package_id=outgoing.package_id, remote_id=sent.doc_id, fates=_fates(sent))
        return Delivered(remote_id=sent.doc_id, proof=_proof(sent, digest, outgoing))

    @staticmethod
    def _handed(outgoing: Outgoing) -> Handed:
        adds_trace = Link.objects.filter(pk=outgoing.system_pk, adds_trace=True).exists()
        return hand_on(outgoing.package, adds_trace=adds_trace)


def _send(account: Account, outgoing: Outgoing, handed: Handed, timeout: float) -> tuple[Sending, bytes]:
    """The answer and the SHA-256 of what was sent. A status report has no list of addressees: it goes to its
    ``ResponseFor`` (vxp-protocol.md 6.4)."""
    to = outgoing.to_codes if outgoing.kind is PackageKind.DOCUMENT else ()
    with _written(handed) as (package, digest), account.client(timeout=timeout) as client:
        sent = client.send_edoc(
            package, sender=outgoing.from_code, kind=outgoing.kind, to=to, trace=to_text(handed.beside)
        )
    if not sent.doc_id:  # a receipt for nothing; sending once more is safe
        raise VxpError("", "the receipt has no DocId")
    return sent, digest


@contextmanager
def _written(handed: Handed) -> Iterator[tuple[bytes | Path, bytes]]:
    """A small package in memory, a large one in a file, since it is read twice; and its SHA-256."""
    if handed.size <= _IN_MEMORY:
        package = b"".join(handed.chunks(_CHUNK))
        yield package, hashlib.sha256(package).digest()
        return
    digest = hashlib.sha256()
    with package_file() as file:
        for chunk in handed.chunks(_CHUNK):
            file.write(chunk)
            digest.update(chunk)
        file.flush()
        yield Path(file.name), digest.digest()


def _proof(sent: Sending, digest: bytes, outgoing: Outgoing) -> dict[str, str]:
    """What the event keeps: the hash of the bytes that went where a trace header was added, and the other axis' own
    signed receipt, when it gives one as ours does."""
    receipt = sent.fields.get("receipt")
    altered = {"sent_sha256": digest.hex()} if digest != outgoing.package.sha256 else {}
    return altered | ({"their_receipt": receipt} if _is_jws(receipt) else {})


def _is_jws(receipt: object) -> TypeGuard[str]:
    return isinstance(receipt, str) and len(receipt) <= _LONGEST_RECEIPT and bool(_JWS.fullmatch(receipt))


def _fates(sent: Sending) -> list[Fate]:
    """Our own axis says at once which addressees it has no way to."""
    return [_fate(row) for row in sent.recipients if row.get("sent") is False and row.get("already") is not True]


def _fate(row: Mapping[str, Any]) -> Fate:
    return Fate(str(row.get("code", "")), reached=False, reason=str(row.get("reason", ""))[:500])
