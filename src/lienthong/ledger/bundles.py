"""Evidence bundles: some events, with all that shows without us that they stand in the log.

``README.txt`` for people; ``events/`` canonical bytes; ``proofs/`` C2SP tlog-proofs of them against ``checkpoint``;
``checkpoint.tsr`` the time-stamp of that; ``receipts/``; ``packages/`` the bytes the events speak of; ``keys.txt`` and
``tsa.pem`` for convenience: whoever checks takes the keys from somewhere else.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from lienthong.ledger import asic, keys, selectors, sequencer, stamps, timestamps
from lienthong.ledger.asic import Member
from lienthong.ledger.describe import sentence
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.models import LedgerEvent
from lienthong.ledger.notes import to_base64
from lienthong.ledger.receipts import stored_receipt
from lienthong.ledger.selectors import Head
from lienthong.ledger.verifier import BUNDLE_TITLE

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PackageBytes:
    """A stored package to put into a bundle."""

    sha256: bytes
    size: int
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class _Entry:
    event: LedgerEvent
    position: int


def write_bundle(out: BinaryIO, *, events: Sequence[LedgerEvent], packages: Sequence[PackageBytes] = ()) -> None:
    """Write the bundle of these events.

    :raises LedgerError: ``ledger.evidence.*``
    """
    entries = _entries(events)
    head = _head(entries)
    members = [
        *_event_members(entries, head),
        *_head_members(head),
        *(Member(f"packages/{one.sha256.hex()}.edxml", one.size, one.chunks) for one in packages),
    ]
    members.insert(0, Member.of("README.txt", _readme(entries, head, members)))
    asic.write_container(out, [*members, *_signed_manifest(members)])


def _entries(events: Sequence[LedgerEvent]) -> list[_Entry]:
    positions = selectors.positions_of(list(events))
    if not events:
        raise LedgerError(
            "ledger.evidence.none",
            "Không có sự kiện nào mang mã này.",
            "Dùng docId trong biên nhận của trục hoặc trong danh sách văn bản đến.",
        )
    if len(positions) < len(events):
        raise LedgerError(
            "ledger.evidence.waiting",
            f"Còn {len(events) - len(positions)} sự kiện chưa vào nhật ký.",
            "Chờ vài giây rồi xuất lại; nếu vẫn còn, kiểm tra vai trò lienthong sequencer.",
        )
    return [_Entry(event, positions[event.pk]) for event in events]


def _head(entries: list[_Entry]) -> Head:
    head = selectors.head_covering(max(entry.position for entry in entries) + 1)
    if head is None:
        raise LedgerError(
            "ledger.evidence.no_checkpoint",
            "Nhật ký không có điểm kiểm nào bao trùm các sự kiện này.",
            "Chạy lienthong ledger audit để biết điểm kiểm nào đã mất.",
        )
    return head


def _event_members(entries: list[_Entry], head: Head) -> list[Member]:
    members = []
    for number, entry in enumerate(entries, 1):
        event = entry.event.value()
        members.append(Member.of(f"events/{number:04d}.json", event.canonical()))
        members.append(Member.of(f"proofs/{number:04d}.tlog-proof", _proof(entry, head)))
        if receipt := receipt_of(entry.event):
            members.append(Member.of(f"receipts/{number:04d}.jws", receipt))
    return members


def _proof(entry: _Entry, head: Head) -> str:
    try:
        return str(selectors.prove(entry.position, head))
    except KeyError as error:
        raise LedgerError(
            "ledger.evidence.tile_missing",
            f"Cây băm của nhật ký thiếu ô {error.args[0]}.",
            "Chạy lienthong ledger audit, rồi lienthong ledger rebuild-tiles.",
        ) from error


def receipt_of(event: LedgerEvent) -> str:
    """The signed receipt that an acceptance keeps; ``""`` for other events."""
    return stored_receipt(event.data)


def _head_members(head: Head) -> list[Member]:
    members = [
        Member.of("checkpoint", head.note),
        Member.of("keys.txt", "".join(f"{key}\n" for key in keys.public_keys())),
    ]
    stamp = selectors.stamp_of(head.size)
    if stamp is not None:
        members.append(Member.of("checkpoint.tsr", stamp))
    if settings.TSA_CA_FILE:
        members.append(Member.of("tsa.pem", Path(settings.TSA_CA_FILE).read_bytes()))
    return members


def _signed_manifest(members: Sequence[Member]) -> list[Member]:
    """The manifest, stamped where an authority answers now, and signed by the axis in any case."""
    token = _stamp(asic.manifest(members, reference=asic.TIMESTAMP))
    parts = {asic.MANIFEST: asic.manifest(members, reference=asic.TIMESTAMP if token else asic.SIGNATURE)}
    parts |= {asic.TIMESTAMP: token} if token else {}
    lines = [f"{name} {to_base64(hashlib.sha256(raw).digest())}\n" for name, raw in parts.items()]
    note = keys.signing_key().sign_note(f"{BUNDLE_TITLE}\n{''.join(lines)}")
    return [*(Member.of(name, raw) for name, raw in parts.items()), Member.of(asic.SIGNATURE, note)]


def _stamp(manifest: bytes) -> bytes:
    """A time-stamp of the manifest; a bundle is still good without, when the authority is away."""
    if not timestamps.is_configured():
        return b""
    try:
        return stamps.token_of(timestamps.ask(manifest)[0])
    except LedgerError as error:
        _log.warning("evidence bundle without a time-stamp of its own: %s", error)
        return b""


_README = """BẰNG CHỨNG TRAO ĐỔI VĂN BẢN
Trục liên thông văn bản điện tử, nhật ký {origin}

Gói này (ASiC-E, ETSI EN 319 162) chứa {count} sự kiện, theo thứ tự trong nhật ký:

{events}
Điểm kiểm nhật ký: cỡ {size}, lập lúc {made}.
Gói tin kèm theo: {packages}.

Kiểm tra trên bất kỳ máy nào, không cần mạng và không cần cơ sở dữ liệu:

    lienthong verify GÓI.asice --key KHÓA.txt

KHÓA.txt là khóa công khai của trục, lấy từ địa chỉ /log/keys của trục hoặc từ đơn vị vận hành
qua một đường khác, không lấy từ chính gói này. Không có --key thì chỉ biết gói nhất quán với
chính nó, chưa biết ai đã ký.

Từng phần cũng kiểm tra được bằng công cụ khác: proofs/ theo C2SP tlog-proof và RFC 6962,
checkpoint theo C2SP tlog-checkpoint, checkpoint.tsr bằng "openssl ts -verify",
receipts/ bằng mọi thư viện JOSE (EdDSA).
"""


def _readme(entries: list[_Entry], head: Head, members: Sequence[Member]) -> str:
    packages = [member.name for member in members if member.name.startswith("packages/")]
    return _README.format(
        origin=settings.LOG_ORIGIN,
        count=len(entries),
        events="".join(f"{number:4d}. {sentence(entry.event.value())}\n" for number, entry in enumerate(entries, 1)),
        size=head.size,
        made=f"{head.created_at:%Y-%m-%d %H:%M:%S} UTC",
        packages=", ".join(packages) or "không",
    )


def bring_log_up_to_date() -> None:
    """Sequence and stamp what waits, so that an act of this moment can be proven; no more than an attempt.

    :raises LedgerError: ``ledger.log.*``
    """
    sequencer.sequence_all()
    try:
        timestamps.stamp_newest()
    except LedgerError as error:
        _log.warning("evidence without a fresh time-stamp: %s", error)
