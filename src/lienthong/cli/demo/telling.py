"""What is told of each chapter: facts in, things to print out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from edxml102.codes import StatusCode
from lienthong.cli.demo import across_telling, city, proof_telling
from lienthong.cli.demo.facts import Facts, Refused, Report, Standing
from lienthong.common.text import grouped

Parts = Iterator[RenderableType]

_LEVELS = {city.CENTRAL: "trung ương", city.CITY: "thành phố", city.DISTRICT: "quận, huyện", city.COMMUNE: "phường, xã"}
_LOOKS = {"06": ("✔", "green"), "02": ("✘", "red"), "05": ("▸", "blue"), "03": ("▸", "blue"), "01": ("▸", "blue")}


def _listing(facts: Facts) -> Parts:
    if (found := facts.listing) is None:
        return
    levels = Counter(city.BY_CODE[code].level for code in found.agencies if code in city.BY_CODE)
    told = " · ".join(f"{_LEVELS[level]} {levels[level]}" for level in _LEVELS)
    yield f"{len(found.agencies)} cơ quan mẫu bốn cấp, hiệu lực từ {city.VALID_FROM:%d/%m/%Y}: {told}."
    served = len(found.reached_without_own_system)
    yield f"{len(found.systems)} hệ thống kết nối; {served} xã chưa có phần mềm riêng do hệ thống của huyện nhận thay."


def _dispatch(facts: Facts) -> Parts:
    if (found := facts.dispatch) is None:
        return
    draft, receipt = found.draft, found.receipt
    yield f"Công văn {draft.code} “{draft.subject}”"
    yield f"Tệp PDF {grouped(len(draft.pdf))} byte trong gói edXML {grouped(len(found.package))} byte."
    yield Text.assemble("Biên nhận: ", (receipt.doc_id, "bold"), f", lúc {receipt.received_at}")
    yield Text.assemble("SHA-256:   ", (receipt.sha256, "dim"))


def _handling(facts: Facts) -> Parts:
    if (found := facts.handling) is None or facts.dispatch is None:
        return
    same = sum(arrival.sha256 == facts.dispatch.sha256 for arrival in found.arrivals)
    total = len(found.arrivals)
    yield f"{total} hệ thống cùng lúc lấy về; {same}/{total} bản khớp từng byte với gói đã gửi."
    yield f"{len(found.register_numbers)} nơi vào sổ và báo tới 06; {city.BY_CODE[found.refuser].name} từ chối."


def _follow_up(facts: Facts) -> Parts:
    if (found := facts.follow_up) is None:
        return
    numbers = facts.handling.register_numbers if facts.handling else {}
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    table.add_column("Mã", no_wrap=True)
    table.add_column("Nơi nhận")
    table.add_column("Trạng thái")
    table.add_column("Số đến", no_wrap=True, justify="right")
    table.add_column("Thời điểm", no_wrap=True)
    for standing in sorted(found.standings, key=_trouble_first):
        table.add_row(
            standing.agency,
            city.BY_CODE[standing.agency].name,
            _status(standing),
            numbers.get(standing.agency, "–"),
            _last_time(standing, found.reports),
        )
    yield Padding(table, (1, 0))
    for standing in found.standings:
        if standing.status == StatusCode.REFUSED.code:
            yield Text(f"{city.BY_CODE[standing.agency].name}: {standing.description}", style="red")


def _trouble_first(standing: Standing) -> tuple[bool, str]:
    return standing.status != StatusCode.REFUSED.code, standing.agency


def _status(standing: Standing) -> Text:
    icon, colour = _LOOKS.get(standing.status, ("·", "dim"))
    known = StatusCode.known(standing.status)
    words = f"{standing.status} {known.label}" if known else standing.description
    return Text(f"{icon} {words}", style=colour)


def _last_time(standing: Standing, reports: tuple[Report, ...]) -> str:
    times = [report.time for report in reports if (report.agency, report.code) == (standing.agency, standing.status)]
    return times[-1].partition(" ")[2] if times else "–"


def _late_reports(facts: Facts) -> Parts:
    if (found := facts.late_reports) is None:
        return
    name = city.BY_CODE[found.agency].name
    yield f"{name} báo muộn 04 (giờ sự kiện lùi 5 phút) và báo lại 01."
    yield f"Gói 04 vẫn tới bên gửi; trạng thái trước và sau: {found.before.status} → {found.after.status}."


def _repetition(facts: Facts) -> Parts:
    if (found := facts.repetition) is None:
        return
    yield f"Gửi lại nguyên gói, rồi gói dựng lại (khác byte, cùng nội dung): {found.new_deliveries} bản mới."
    yield f"Cả hai lần đều nhận biên nhận đầu tiên {found.first.doc_id}."


def _addition(facts: Facts) -> Parts:
    if (found := facts.addition) is None:
        return
    already = sum(addressee.already for addressee in found.receipt.addressees)
    yield f"{already} nơi cũ không nhận lại; {city.BY_CODE[found.agency].name} nhận qua hệ thống {found.system_id}."


def _conflict(facts: Facts) -> Parts:
    if facts.conflict is not None:
        yield _refused("Cùng mã định danh, khác nội dung", facts.conflict.refused)


def _urgency(facts: Facts) -> Parts:
    if (found := facts.urgency) is None:
        return
    order = [document.rpartition(",")[2] for document in found.listed]
    urgent = found.urgent.rpartition(",")[2]
    yield f"Gửi sau cùng: {urgent} ▲▲▲ Hỏa tốc. Thứ tự nơi nhận thấy:"
    yield " → ".join(f"{document} ▲▲▲" if document == urgent else document for document in order)


def _strangers(facts: Facts) -> Parts:
    if (found := facts.strangers) is None:
        return
    if found.unknown is not None:
        yield Text.assemble(
            ("▪ ", "dim"), f"Một nơi nhận sai mã ({found.unknown.code}): {found.unknown.reason}; nơi kia vẫn nhận."
        )
    yield _refused("Không nơi nhận nào đúng", found.nobody)
    yield _refused("Gửi thay cơ quan khác", found.foreign_sender)
    yield _refused("Sai khóa bí mật", found.wrong_secret)


def _refused(what: str, refused: Refused | None) -> Text:
    if refused is None:
        return Text(f"▪ {what}: trục đã nhận, lẽ ra phải từ chối.", style="red")
    sentence = refused.description.partition(". ")[0].rstrip(".")
    return Text.assemble(("▪ ", "dim"), f"{what}: {sentence}. ", (f"[{refused.code}]", "dim"))


def _upward(facts: Facts) -> Parts:
    if (found := facts.upward) is None:
        return
    system = city.system_of(city.MINISTRY)
    yield f"{city.MINISTRY.name} lấy qua {system.system_id}, vào sổ; Thành phố thấy: {found.standing.description}."


PARTS: dict[str, Callable[[Facts], Parts]] = {
    "listing": _listing,
    "dispatch": _dispatch,
    "handling": _handling,
    "follow_up": _follow_up,
    "late_reports": _late_reports,
    "repetition": _repetition,
    "addition": _addition,
    "conflict": _conflict,
    "urgency": _urgency,
    "strangers": _strangers,
    "upward": _upward,
    "across": across_telling.tell,
} | proof_telling.PARTS
