"""Byte formats: canonical events, tile paths, signed notes, checkpoints, proofs, receipts."""

from __future__ import annotations

import base64
import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.ledger import canonical, receipts
from lienthong.ledger.checkpoint import Checkpoint, Proof, open_checkpoint, parse_checkpoint
from lienthong.ledger.events import Event, Subject, parse
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.notes import NoteError, SignedNote, SigningKey, VerifyKey
from lienthong.ledger.tiles import TilePath, entry_bundle, extend, parse_path
from tests.ledger.conftest import DEPARTMENT, MORNING, acceptance

KEY = SigningKey("truc.mau.example/log", bytes(range(32)))
OTHER = SigningKey("truc.mau.example/log", bytes(32))

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
    max_leaves=12,
)


@given(_VALUES)
def test_canonical_bytes_are_read_back_and_do_not_depend_on_the_order_of_keys(value: object) -> None:
    raw = canonical.encode(value)
    assert canonical.decode(raw) == value
    shuffled = json.loads(raw, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert canonical.encode(shuffled) == raw


@pytest.mark.parametrize("value", [1.5, 2**53, {"tên": 1}, {1: 2}, b"x", {"a": [float("nan")]}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.encode(value)


@pytest.mark.parametrize("raw", [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":"\\u0041"}', b'{"a":1.0}', b"{", b"[" * 100_000])
def test_bytes_in_another_form_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.decode(raw)


def test_the_canonical_bytes_of_an_event_never_change() -> None:
    event = Event(
        kind=EventKind.CONTENT_HANDOVER.value,
        at=MORNING,
        actor=DEPARTMENT,
        subject=Subject("delivery", "d-1", "doc-1"),
        sha256=b"\x01" * 32,
        data={"to": "Quận Hoa Phượng (mẫu)", "attempts": 1},
        uid=UUID(int=7),
    )
    assert event.canonical().decode() == (
        '{"actor":{"agency":"H99.05","remote":"10.1.2.3","system":"HUB.H99.05.01","user":""},'
        '"at":"2025-07-01T01:00:00.000000Z","data":{"attempts":1,"to":"Quận Hoa Phượng (mẫu)"},'
        '"kind":"ContentHandover","sha256":"' + "01" * 32 + '",'
        '"subject":{"document":"doc-1","id":"d-1","type":"delivery"},'
        '"uid":"00000000-0000-0000-0000-000000000007","v":1}'
    )
    assert event.digest().hex() == "9cb2875f806217051d13bd33f31eb478c4b9fb06ee373654604c5cf902950e9f"
    assert parse(event.canonical()) == event


def test_an_event_in_another_form_is_no_event() -> None:
    raw = acceptance(1).canonical()
    for changed in (raw.replace(b'"v":1', b'"v":2'), raw.replace(b'"v":1', b'"v":1,"w":1'), b"{}", b"[]", b'{"v":1}'):
        with pytest.raises(ValueError, match="not"):
            parse(changed)


def test_event_kinds_carry_labels_and_only_the_standards_own_names() -> None:
    assert EventKind.known("ContentHandover") is EventKind.CONTENT_HANDOVER
    assert EventKind.known("SomethingLater") is None
    assert all(kind.label for kind in EventKind)
    assert {kind.etsi_name for kind in EventKind if kind.area.name != "EXCHANGE"} == {None}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (TilePath(0, 0), "tile/0/000"),
        (TilePath(0, 1234067), "tile/0/x001/x234/067"),
        (TilePath(1, 999, 17), "tile/1/999.p/17"),
        (TilePath(None, 1000, 255), "tile/entries/x001/000.p/255"),
    ],
)
def test_tile_paths(path: TilePath, text: str) -> None:
    assert str(path) == text
    assert parse_path(text.removeprefix("tile/")) == path


@pytest.mark.parametrize(
    "text",
    ["", "0", "00/000", "0/1", "0/0000", "0/x000/001", "0/000.p/0", "0/000.p/256", "0/000.p/01", "64/000", "0/001/002",
     "0/x1/000", "-1/000", "0/000/", "entries/000.p/", "0/" + "x001/" * 40 + "000"],
)  # fmt: skip
def test_other_paths_name_no_tile(text: str) -> None:
    assert parse_path(text) is None


def test_the_tiles_of_70000_entries_are_those_of_the_specification() -> None:
    tiles = extend(lambda level, number: b"", 0, [bytes(32)] * 70_000)
    assert sorted((level, len(row) // 32) for (level, _), row in tiles.items() if len(row) < 8192) == [
        (0, 112), (1, 17), (2, 1),
    ]  # fmt: skip
    assert sum(1 for (level, _), row in tiles.items() if level == 0 and len(row) == 8192) == 273
    assert sum(1 for (level, _), row in tiles.items() if level == 1 and len(row) == 8192) == 1


def test_entry_bundles_prefix_each_entry_with_its_length() -> None:
    assert entry_bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"


def test_a_checkpoint_is_opened_by_the_key_that_signed_it_only() -> None:
    head = Checkpoint("truc.mau.example/log", 5, bytes(32))
    note = head.sign(KEY)
    assert note.splitlines()[:3] == ["truc.mau.example/log", "5", base64.b64encode(bytes(32)).decode()]
    assert note.splitlines()[4].startswith("— truc.mau.example/log ")
    assert open_checkpoint(note, [OTHER.public, KEY.public]) == (head, KEY.public)
    with pytest.raises(NoteError):
        open_checkpoint(note, [OTHER.public])
    foreign = SigningKey("nguoi-khac.example", bytes(range(32)))
    with pytest.raises(NoteError):
        open_checkpoint(head.sign(foreign), [foreign.public])


def test_no_byte_of_a_checkpoint_can_change() -> None:
    note = Checkpoint("truc.mau.example/log", 5, bytes(32)).sign(KEY).encode()
    for at in range(len(note)):
        for bit in range(8):
            changed = note[:at] + bytes([note[at] ^ 1 << bit]) + note[at + 1 :]
            with pytest.raises((NoteError, UnicodeDecodeError)):
                open_checkpoint(changed.decode(), [KEY.public])


@pytest.mark.parametrize("size", ["05", "-1", "5 ", "five", "٥"])
def test_a_size_in_another_form_is_no_checkpoint(size: str) -> None:
    note = KEY.sign_note(f"truc.mau.example/log\n{size}\n{base64.b64encode(bytes(32)).decode()}\n")
    with pytest.raises(NoteError):
        parse_checkpoint(note)


def test_a_signature_of_an_unknown_key_is_ignored_and_a_wrong_one_of_a_known_key_is_not() -> None:
    note = KEY.sign_note("văn bản\n")
    both = note + OTHER.sign_note("văn bản\n").rpartition("\n\n")[2]
    assert SignedNote.parse(both).verify([KEY.public]) == KEY.public
    wrong = note + OTHER.sign_note("khác\n").rpartition("\n\n")[2]
    with pytest.raises(NoteError, match="wrong"):
        SignedNote.parse(wrong).verify([KEY.public, OTHER.public])


def test_public_keys_have_one_text_form() -> None:
    text = str(KEY.public)
    assert VerifyKey.parse(text + "\n") == KEY.public
    for at in range(len(text)):
        with pytest.raises(ValueError, match=r"."):
            VerifyKey.parse(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :])


def test_a_proof_is_read_back_from_its_one_text_form() -> None:
    proof = Proof(7, (bytes(32), b"\x01" * 32), Checkpoint("truc.mau.example/log", 9, bytes(32)).sign(KEY))
    assert Proof.parse(str(proof)) == proof
    for changed in (str(proof).replace("index 7", "index 07"), str(proof).replace("@v1", "@v2"), "", "index 1\n\n"):
        with pytest.raises(ValueError, match=r"."):
            Proof.parse(changed)


def test_a_receipt_is_a_json_web_signature() -> None:
    receipt = receipts.sign_receipt({"doc_id": "d-1", "recipients": [{"code": "H99.30"}]}, KEY)
    header, payload, signature = receipt.split(".")
    decoded = json.loads(base64.urlsafe_b64decode(header + "=="))
    assert decoded == {"alg": "EdDSA", "kid": KEY.public.id.hex(), "typ": "lienthong-receipt"}
    assert json.loads(base64.urlsafe_b64decode(payload + "==="))["doc_id"] == "d-1"
    assert len(base64.urlsafe_b64decode(signature + "==")) == 64
    assert receipts.open_receipt(receipt, [KEY.public])[0]["doc_id"] == "d-1"
    kept = receipts.kept(receipt, KEY)
    again = receipts.rebuild({"recipients": [{"code": "H99.30"}], "doc_id": "d-1"}, kept["key"], kept["signature"])
    assert again == receipt


def test_no_byte_of_a_receipt_can_change() -> None:
    receipt = receipts.sign_receipt({"doc_id": "d-1"}, KEY).encode()
    for at in range(len(receipt)):
        for bit in range(7):
            changed = receipt[:at] + bytes([receipt[at] ^ 1 << bit]) + receipt[at + 1 :]
            with pytest.raises(receipts.ReceiptError):
                receipts.open_receipt(changed.decode(), [KEY.public])
    with pytest.raises(receipts.ReceiptError, match="no known key"):
        receipts.open_receipt(receipt.decode(), [OTHER.public])
