"""Checks an evidence bundle with nothing but the bundle and the keys one trusts: no Django, no database, no network.

Answers claims, each proven, not proven, or contradicted, in Vietnamese.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from cryptography import x509

from lienthong.common import clock
from lienthong.ledger import asic, stamps
from lienthong.ledger.asic import Container, ContainerError
from lienthong.ledger.checkpoint import Checkpoint, Proof, open_checkpoint
from lienthong.ledger.describe import sentence
from lienthong.ledger.events import Event, parse
from lienthong.ledger.merkle import leaf_hash, root_from_inclusion
from lienthong.ledger.notes import NoteError, SignedNote, VerifyKey, to_base64
from lienthong.ledger.receipts import ReceiptError, open_receipt, stored_receipt
from lienthong.ledger.stamps import StampError

BUNDLE_TITLE = "lienthong evidence bundle v1"


class State(Enum):
    """What the bundle says of a claim."""

    PROVEN = ("proven", "Đã chứng minh")
    NOT_PROVEN = ("not_proven", "Chưa chứng minh")
    CONTRADICTED = ("contradicted", "SAI")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a bundle may prove. ``where`` names the part of the bundle; ``essential`` ones decide the verdict."""

    code: str
    state: State
    text: str
    where: str = ""
    essential: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """All claims of a bundle, in the order in which they were checked."""

    claims: tuple[Claim, ...]

    @property
    def state(self) -> State:
        """Contradicted when anything is; proven when all that is essential is."""
        states = [claim.state for claim in self.claims if claim.essential or claim.state is State.CONTRADICTED]
        for state in (State.CONTRADICTED, State.NOT_PROVEN):
            if state in states:
                return state
        return State.PROVEN

    @property
    def conclusion(self) -> str:
        return {
            State.PROVEN: "Gói bằng chứng đúng: các sự kiện trên nằm trong nhật ký do trục ký.",
            State.NOT_PROVEN: "Gói nhất quán nhưng chưa đủ căn cứ kết luận; xem các mục chưa chứng minh.",
            State.CONTRADICTED: "Gói bằng chứng KHÔNG dùng được: đã bị sửa hoặc hỏng ở các mục SAI.",
        }[self.state]


_LIMITS = (
    (
        "limit.reading",
        "Gói không chứng minh đã có người đọc văn bản, chỉ chứng minh hệ thống nào đã gửi và lấy gói tin.",
    ),
    (
        "limit.content",
        "Gói không chứng minh nội dung văn bản là đúng; chữ ký số trong văn bản phải được kiểm tra riêng.",
    ),
    ("limit.completeness", "Gói không chứng minh ngoài các sự kiện trên không còn sự kiện nào khác."),
    (
        "limit.one_log",
        "Gói không tự chứng minh trục cho mọi người xem cùng một nhật ký; hãy so với điểm kiểm mà bên khác giữ.",
    ),
)


def verify_bundle(
    path: Path, *, trusted: Sequence[VerifyKey] = (), authorities: Sequence[x509.Certificate] = ()
) -> Verdict:
    """Check a bundle.

    :param trusted: keys of the axis got from elsewhere; without any, the bundle's own are used and nothing that they
        sign counts as proven to be the axis's
    :param authorities: certificates of trusted time-stamping authorities
    """
    check = _Check(trusted=tuple(trusted), authorities=tuple(authorities))
    try:
        with Container(path) as container:
            check.run(container)
    except ContainerError as error:
        check.add("container", State.CONTRADICTED, f"Gói không đọc được: {error}.", error.where or path.name)
    return Verdict(tuple(check.claims))


@dataclass
class _Check:
    """One run over one bundle."""

    trusted: tuple[VerifyKey, ...]
    authorities: tuple[x509.Certificate, ...]
    claims: list[Claim] = field(default_factory=list)
    keys: tuple[VerifyKey, ...] = ()

    def add(self, code: str, state: State, text: str, where: str = "", *, essential: bool = True) -> None:
        self.claims.append(Claim(code, state, text, where, essential))

    def wrong(self, code: str, text: str, where: str) -> None:
        self.add(code, State.CONTRADICTED, text, where)

    def run(self, container: Container) -> None:
        self._check_files(container)
        self._check_keys(container)
        self._check_manifest_signature(container)
        head = self._check_checkpoint(container)
        if head is not None:
            self._check_checkpoint_stamp(container)
            self._check_events(container, head)
        for code, text in _LIMITS:
            self.add(code, State.NOT_PROVEN, text, essential=False)

    # --- The container ------------------------------------------------------------------------------------------

    def _check_files(self, container: Container) -> None:
        before = len(self.claims)
        try:
            named = asic.manifest_digests(container.read(asic.MANIFEST))
        except (ValueError, UnicodeDecodeError):
            self.wrong("manifest", "Bản kê đã bị sửa.", asic.MANIFEST)
            return
        present = {name for name in container.members if not name.startswith("META-INF/") and name != "mimetype"}
        for name in sorted(named.keys() | present):
            self._check_file(container, name, named.get(name))
        if container.read("mimetype") != asic.MIMETYPE.encode():
            self.wrong("container", "Gói không khai đúng kiểu ASiC-E.", "mimetype")
        difference = container.first_difference() if len(self.claims) == before else None
        if difference is not None:
            offset, part = difference
            self.wrong("container", f"Gói khác bản trục đã xuất, từ byte thứ {offset}.", part)
        if len(self.claims) == before:
            self.add("container", State.PROVEN, f"Đủ {len(present)} tệp theo bản kê, không byte nào thay đổi.")

    def _check_file(self, container: Container, name: str, digest: bytes | None) -> None:
        member = container.members.get(name)
        if digest is None:
            self.wrong("file", "Tệp không có trong bản kê.", name)
        elif member is None:
            self.wrong("file", "Tệp có trong bản kê nhưng đã mất.", name)
        else:
            try:
                same = member.sha256() == digest
            except ContainerError:
                same = False
            if not same:
                self.wrong("file", "Tệp đã bị sửa: mã băm khác bản kê.", name)

    def _check_keys(self, container: Container) -> None:
        if self.trusted:
            self.keys = self.trusted
            self.add("key", State.PROVEN, f"Dùng {len(self.keys)} khóa do người kiểm tra cung cấp.")
            return
        try:
            lines = container.read("keys.txt").decode().splitlines()
            self.keys = tuple(VerifyKey.parse(line) for line in lines)
        except ValueError:
            self.wrong("key", "Tệp khóa trong gói không đọc được.", "keys.txt")
            return
        text = "Chưa rõ khóa trong gói có phải của trục: lấy khóa từ /log/keys hoặc đơn vị vận hành rồi thêm --key."
        self.add("key", State.NOT_PROVEN, text, "keys.txt")

    def _check_manifest_signature(self, container: Container) -> None:
        try:
            note = SignedNote.parse(container.read(asic.SIGNATURE).decode())
            key = note.verify(self.keys)
        except (NoteError, UnicodeDecodeError) as error:
            self.wrong("signature", f"Chữ ký của bản kê không hợp lệ ({error}).", asic.SIGNATURE)
            return
        signed = [name for name in (asic.MANIFEST, asic.TIMESTAMP) if name in container.members]
        lines = [f"{name} {to_base64(container.members[name].sha256())}\n" for name in signed]
        if note.text != f"{BUNDLE_TITLE}\n{''.join(lines)}":
            changed = [name for name, line in zip(signed, lines, strict=True) if line not in note.text]
            self.wrong("signature", "Phần được ký đã bị sửa.", ", ".join(changed) or asic.SIGNATURE)
            return
        self.add("signature", State.PROVEN, f"Bản kê do khóa {key.name} ({key.id.hex()}) ký.")
        if asic.TIMESTAMP in container.members:
            response = stamps.response_of(container.read(asic.TIMESTAMP))
            self._check_stamp(container, response, container.read(asic.MANIFEST), "export_stamp", asic.TIMESTAMP)

    # --- The log ------------------------------------------------------------------------------------------------

    def _check_checkpoint(self, container: Container) -> Checkpoint | None:
        try:
            head, key = open_checkpoint(container.read("checkpoint").decode(), self.keys)
        except (NoteError, UnicodeDecodeError) as error:
            self.wrong("checkpoint", f"Điểm kiểm của nhật ký không hợp lệ ({error}).", "checkpoint")
            return None
        text = f"Điểm kiểm cỡ {head.size} của nhật ký {head.origin} do khóa {key.id.hex()} ký."
        self.add("checkpoint", State.PROVEN, text)
        return head

    def _check_checkpoint_stamp(self, container: Container) -> None:
        if "checkpoint.tsr" not in container.members:
            text = "Không có dấu thời gian: thời điểm chỉ theo đồng hồ của trục."
            self.add("stamp", State.NOT_PROVEN, text, "checkpoint.tsr", essential=False)
            return
        response, note = container.read("checkpoint.tsr"), container.read("checkpoint")
        self._check_stamp(container, response, note, "stamp", "checkpoint.tsr")

    def _check_stamp(self, container: Container, response: bytes, message: bytes, code: str, where: str) -> None:
        try:
            authorities = self.authorities or _own_authorities(container)
            stamp = stamps.check_response(response, message, authorities=authorities)
        except (StampError, ValueError) as error:
            if self.authorities or "tsa.pem" in container.members:
                self.wrong(code, f"Dấu thời gian không hợp lệ ({error}).", where)
            else:
                self.add(code, State.NOT_PROVEN, "Thiếu chứng thư để kiểm tra dấu thời gian (--tsa).", where,
                         essential=False)  # fmt: skip
            return
        what = "Gói được xuất" if code == "export_stamp" else "Mọi sự kiện dưới đây đã nằm trong nhật ký"
        at = f"{clock.in_vietnam(stamp.at):%H:%M:%S ngày %d/%m/%Y}"
        text = f"{what} trước {at} theo {stamp.authority or 'cơ quan cấp dấu thời gian'}."
        if self.authorities:
            self.add(code, State.PROVEN, text, where, essential=False)
        else:
            text += " Chứng thư lấy từ chính gói: thêm --tsa với chứng thư gốc lấy từ nơi khác để chứng minh."
            self.add(code, State.NOT_PROVEN, text, where, essential=False)

    # --- The events ---------------------------------------------------------------------------------------------

    def _check_events(self, container: Container, head: Checkpoint) -> None:
        names = [name for name in container.members if name.startswith("events/")]
        for name in names:
            event = self._check_event(container, head, name)
            if event is not None:
                self._check_receipt(container, event, name)
                self._check_package(container, event)
        if not names:
            self.wrong("event", "Gói không có sự kiện nào.", "events/")

    def _check_event(self, container: Container, head: Checkpoint, name: str) -> Event | None:
        number = Path(name).stem
        proof_name = f"proofs/{number}.tlog-proof"
        raw = container.read(name)
        try:
            event = parse(raw)
        except ValueError:
            self.wrong("event", "Sự kiện không ở dạng chuẩn nên không băm lại được.", name)
            return None
        try:
            proof = Proof.parse(container.read(proof_name).decode())
        except ValueError:
            self.wrong("inclusion", "Chứng minh vị trí không đọc được.", proof_name)
            return event
        leaf = leaf_hash(hashlib.sha256(raw).digest())
        root = root_from_inclusion(leaf, proof.index, head.size, proof.hashes)
        if root != head.root or proof.note.encode() != container.read("checkpoint"):
            self.wrong("inclusion", f"Sự kiện không khớp nhật ký ở vị trí {proof.index}: {sentence(event)}", name)
            return event
        self.add("inclusion", State.PROVEN, f"Vị trí {proof.index} của nhật ký: {sentence(event)}", name)
        return event

    def _check_receipt(self, container: Container, event: Event, name: str) -> None:
        where = f"receipts/{Path(name).stem}.jws"
        if where not in container.members:
            return
        try:
            receipt = container.read(where).decode()
            same = receipt == stored_receipt(event.data)
            _, key = open_receipt(receipt, self.keys)
        except (ReceiptError, KeyError, TypeError, ValueError) as error:
            self.wrong("receipt", f"Biên nhận không hợp lệ ({error}).", where)
            return
        if same:
            self.add("receipt", State.PROVEN, f"Biên nhận do khóa {key.id.hex()} ký và đúng như sự kiện ghi.", where)
        else:
            self.wrong("receipt", "Biên nhận khác biên nhận mà sự kiện ghi.", where)

    def _check_package(self, container: Container, event: Event) -> None:
        if not event.sha256:
            return
        name = f"packages/{event.sha256.hex()}.edxml"
        member = container.members.get(name)
        if member is None:
            text = f"Gói tin không kèm theo; bản nào có SHA-256 {event.sha256.hex()} là bản được nói tới."
            claim = Claim("package", State.NOT_PROVEN, text, name, essential=False)
        elif member.sha256() == event.sha256:
            claim = Claim("package", State.PROVEN, f"Gói tin {member.size} byte đúng là gói tin được nói tới.", name)
        else:
            claim = Claim("package", State.CONTRADICTED, "Gói tin khác gói tin được nói tới.", name)
        if claim not in self.claims:
            self.claims.append(claim)


def _own_authorities(container: Container) -> list[x509.Certificate]:
    raw = container.read("tsa.pem") if "tsa.pem" in container.members else b""
    return x509.load_pem_x509_certificates(raw) if raw else []
