"""The last chapters: a recall and its answers, a reform on the twin, evidence, and what tampering leads to."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import httpx

from edxml102.codes import StatusCode
from lienthong.cli import runtime
from lienthong.cli.demo import city, facts, pdf
from lienthong.cli.demo.actors import Actor, refusal_of
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.facts import Facts
from lienthong.cli.demo.packages import Draft, pack
from lienthong.cli.demo.stage import Stage
from lienthong.cli.demo.twin import Backstage
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.client import VxpClient

_WHY = "Đã triển khai tới các tổ dân phố, không thu hồi được (mẫu)"
_VERIFY_SECONDS = 60
_FOLDER = Path(__file__).parent
_NEW_WARD = city.SampleAgency("H99.41", "000.00.41.H99", "UBND phường Hoa Phượng (mẫu)", "UBP41", city.COMMUNE, "H99")
_OLD_WARD, _CLOSED_DISTRICT = city.BY_CODE["H99.30.12"], city.DISTRICTS[1]
_PROVEN, _WRONG = "✔", "✘"


def recall(stage: Stage, _: Facts) -> facts.Recall:
    sender, (agrees, refuses) = stage.actor(city.HEALTH), map(stage.actor, city.RECEIVING_DISTRICTS)
    sent = _letter(sender, "Về lịch tiêm chủng quý này (mẫu)", agrees.agency.code, refuses.agency.code)
    doc_id = sender.send(pack(sent)).doc_id
    for actor in (agrees, refuses):
        document = actor.receive_one(call="getEdoc")[1]
        actor.report(document, StatusCode.ARRIVED)
        actor.report(document, StatusCode.ACCEPTED)
    sender.collect_reports()
    order = replace(
        sent, number=sender.next_number(), subject="Thu hồi công văn về lịch tiêm chủng (mẫu)",
        recalls=sent.document_id, reason="Ban hành nhầm phụ lục (mẫu)",
    )  # fmt: skip
    sender.send(pack(order))
    sender.note(f"thu hồi công văn {sent.code} ở hai nơi")
    asked = sender.standings(doc_id)
    for actor, answer, why in ((agrees, StatusCode.AGREED, ""), (refuses, StatusCode.DECLINED, _WHY)):
        document = actor.receive_one(call="getEdoc")[1]
        actor.report(document, answer, why)
        actor.note(f"trả lời thu hồi: {answer.code} {answer.label.lower()}")
    return facts.Recall(
        agrees=agrees.agency.code,
        refuses=refuses.agency.code,
        why=_WHY,
        asked=asked,
        reports=sender.collect_reports(),
        answered=sender.standings(doc_id),
        fetched_again=_read_again(agrees, sender, doc_id),
    )


def _read_again(actor: Actor, sender: Actor, doc_id: str) -> facts.Refused | None:
    delivery = next(
        row.receiver_doc_id
        for row in sender.client.get_sent_edoc_list(doc_id=doc_id)
        if row.sender_doc_id == doc_id and row.to_code == actor.agency.code
    )
    try:
        actor.client.get_edoc(delivery)
    except VxpError as error:
        return refusal_of(error)
    return None


def reform(stage: Stage, _: Facts) -> facts.Reform:
    """The shipped plan, on the twin: a reform is for ever, and the city must be there for the next demonstration."""
    behind = _backstage(stage)
    there = Stage(behind.server.endpoint, behind.access)
    try:
        behind.server.wait_until(lambda: _answers(there))
        found = _reform(there, behind)
    finally:
        there.close()
    stage.journal.take_over(there.journal.moments)
    return found


def _reform(there: Stage, behind: Backstage) -> facts.Reform:
    there.clear_lists()
    sender, old = there.actor(city.HEALTH), there.actor(_OLD_WARD)
    before = sender.send(pack(_letter(sender, "Về việc trước ngày sắp xếp (mẫu)", _OLD_WARD.code))).doc_id
    _, document = old.receive_one(call="getEdoc")
    old.report(document, StatusCode.ARRIVED)
    standing = sender.standings(before)[0]

    _date_back(behind)
    behind.twin.must("agencies", "import", str(_FOLDER / "neighbour-2025.csv"), "--json")
    done = behind.twin.must(
        "registry", "reform", str(_FOLDER / "reform-2025.yaml"), "--apply", "--yes", "--json"
    ).json()
    there.journal.note("Người vận hành", f"thực hiện phương án: {len(done['changes'])} thay đổi")

    receipt = sender.send(pack(_letter(sender, "Gửi theo mã cũ sau ngày sắp xếp (mẫu)", _OLD_WARD.code)))
    sender.note(f"gửi tới mã cũ {_OLD_WARD.code}")
    new = _as_new_ward(there, behind)
    try:
        arrival, _ = new.receive_one(call="getEdoc")
        new.note("nhận văn bản gửi mã cũ; báo 06 cho văn bản trước sắp xếp")
        for status in (StatusCode.ACCEPTED, StatusCode.IN_HANDLING, StatusCode.FINISHED):
            new.report(document, status)
    finally:
        new.close()
    closed = _letter(sender, "Gửi tới quận đã kết thúc (mẫu)", _CLOSED_DISTRICT.code)
    return facts.Reform(
        name=str(done["plan"]["name"]),
        changes=len(done["changes"]),
        old_code=_OLD_WARD.code,
        new_code=_NEW_WARD.code,
        redirected=next(iter(receipt.addressees), None),
        arrival=arrival,
        closed_code=_CLOSED_DISTRICT.code,
        closed=sender.try_to_send(pack(closed)),
        before=standing,
        after=sender.standings(before)[0],
    )


_TABLES = ("registry_agencyidentifier", "registry_agencyname", "registry_agencyplacement", "registry_systemservice")


def _date_back(behind: Backstage) -> None:
    """What the national directory brought is known from the day it came; the plan's day is in the past, and the
    neighbouring city was there before it."""
    for table in _TABLES:
        behind.twin.change(
            f"UPDATE {table} SET valid_from = %s WHERE agency_id IN"  # noqa: S608 - names of ours
            " (SELECT agency_id FROM registry_agencyidentifier WHERE code LIKE %s)",
            city.VALID_FROM,
            "H98%",
        )


def _as_new_ward(there: Stage, behind: Backstage) -> Actor:
    """The system that served one of the merged wards goes on for the new one, under the new code."""
    system = there.actor(city.URGENT_COMMUNE).system_id
    client = VxpClient(there.endpoint, system, behind.access[system].secret, timeout=20)
    return Actor(_NEW_WARD, system, client, there.journal)


def _answers(stage: Stage) -> bool:
    try:
        stage.actor(city.COMMITTEE).client.count_receive_edoc()
    except VxpError:
        return False
    return True


# --- Evidence ---------------------------------------------------------------------------------------------------------


def evidence(stage: Stage, known: Facts) -> facts.Evidence:
    behind = _backstage(stage)
    if known.dispatch is None:
        raise DemoError("demo.chapter_missing", "Chưa gửi được công văn nên chưa có bằng chứng.", "Xem lỗi trên.")
    from lienthong.exchange.evidence import export_bundle  # noqa: PLC0415 - needs Django
    from lienthong.ledger.events import Actor as By  # noqa: PLC0415

    path = _bundle(behind)
    try:
        out = export_bundle(doc_id=known.dispatch.receipt.doc_id, out=path, actor=By(user="người trình diễn (mẫu)"))
    finally:
        runtime.release_connections()
    # By another way than the bundle: whoever checks it fetches the keys from where the axis publishes them.
    keys = httpx.get(f"{stage.endpoint.removesuffix('/vxp')}/log/keys", timeout=20).text
    _keys(behind).write_text(keys, encoding="utf-8")
    stage.journal.note("Người vận hành", f"xuất gói bằng chứng: {out.events} sự kiện")
    code, lines = _verify(path, _keys(behind))
    return facts.Evidence(
        events=out.events,
        packages=out.packages,
        size=path.stat().st_size,
        exit_code=code,
        proven=tuple(line for line in lines if line.startswith(_PROVEN)),
        conclusion=lines[-1] if lines else "",
    )


def _bundle(behind: Backstage) -> Path:
    return behind.folder / "bang-chung.asice"


def _keys(behind: Backstage) -> Path:
    return behind.folder / "khoa.txt"


def _verify(bundle: Path, keys: Path) -> tuple[int, list[str]]:
    """The real verifier in a process of its own: it gets the two files and no settings, so it cannot ask the axis."""
    done = subprocess.run(
        [sys.executable, "-m", "lienthong", "verify", str(bundle), "--key", str(keys)],
        env={"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=_VERIFY_SECONDS, check=False,
    )  # fmt: skip
    return done.returncode, [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def tampering(stage: Stage, _: Facts) -> facts.Tampering:
    """On a copy of the bundle and on the twin, so that the demonstration's own data stay good."""
    behind = _backstage(stage)
    copy = behind.folder / "bang-chung-bi-sua.asice"
    part = _flip_one_byte(_bundle(behind), copy)
    code, lines = _verify(copy, _keys(behind))
    copy.unlink()
    stage.journal.note("Kẻ lạ", "sửa 1 byte trong bản sao gói bằng chứng")
    twin = behind.twin
    twin.must("sequencer", "--once")
    sound = twin.run("ledger", "audit", "--json").json()["sound"] is True
    event = twin.one("SELECT id FROM ledger_event WHERE kind = 'SubmissionAcceptance' ORDER BY id DESC LIMIT 1")
    delivery = twin.one("SELECT id FROM exchange_delivery WHERE kind = 'edoc' ORDER BY id DESC LIMIT 1")
    twin.change("UPDATE ledger_event SET at = at - interval '1 day' WHERE id = %s", event)
    twin.change("DELETE FROM exchange_delivery WHERE id = %s", delivery)
    stage.journal.note("Kẻ lạ", "lùi ngày một sự kiện, xóa một lượt chuyển")
    report = twin.run("ledger", "audit", "--json").json()
    broken, missing = _first(report["breaks"]), _first(report["differences"])
    return facts.Tampering(
        part=part,
        bundle_exit_code=code,
        bundle_wrong=tuple(line for line in lines if line.startswith(_WRONG)),
        sound_before=sound,
        event_row=f"ledger_event id={event}",
        found_event_row=broken.get("row", ""),
        found_event=broken.get("damage", ""),
        delivery_row=f"exchange_delivery id={delivery}",
        found_delivery_row=missing.get("row", ""),
        found_delivery=missing.get("mismatch", ""),
    )


def _first(rows: list[dict[str, str]]) -> dict[str, str]:
    return rows[0] if rows else {}


def _flip_one_byte(bundle: Path, copy: Path) -> str:
    """Change the middle of the package that the bundle holds; answers the part's name."""
    with zipfile.ZipFile(bundle) as container:
        part = next(info for info in container.infolist() if info.filename.startswith("packages/"))
    raw = bytearray(bundle.read_bytes())
    raw[part.header_offset + 30 + len(part.filename.encode()) + part.compress_size // 2] ^= 1
    copy.write_bytes(raw)
    return part.filename


# --- Helpers ----------------------------------------------------------------------------------------------------------


def _backstage(stage: Stage) -> Backstage:
    if stage.backstage is None:
        raise DemoError("demo.no_twin", "Bước này cần bản sao của thành phố mẫu.", "Xem lỗi trên.")
    return stage.backstage


def _letter(sender: Actor, subject: str, *to: str) -> Draft:
    return Draft(
        sender=sender.agency, to=list(to), number=sender.next_number(), subject=subject,
        pdf=pdf.one_page(["VAN BAN MAU"]),
    )  # fmt: skip
