"""The last chapters for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import RenderableType
from rich.text import Text

from lienthong.cli.demo import city
from lienthong.cli.demo.facts import Facts, Refused
from lienthong.common.text import grouped

Parts = Iterator[RenderableType]


def _recall(facts: Facts) -> Parts:
    if (found := facts.recall) is None:
        return
    for standing in found.answered:
        agreed = standing.agency == found.agrees
        mark = ("✔ ", "green") if agreed else ("✘ ", "red")
        yield Text.assemble(mark, f"{city.BY_CODE[standing.agency].name}: {standing.description}")
    if found.fetched_again is not None:
        yield f"Nơi đồng ý lấy lại lần nữa: {_words(found.fetched_again)}."


def _reform(facts: Facts) -> Parts:
    if (found := facts.reform) is None:
        return
    yield f"“{found.name}”: {found.changes} thay đổi, làm trên bản sao của thành phố mẫu."
    if found.redirected is not None:
        yield Text.assemble(("→ ", "blue"), f"Gửi mã cũ {found.old_code}: {found.redirected.reason}.")
    if found.closed is not None:
        yield Text.assemble(("✘ ", "red"), f"Gửi quận đã kết thúc {_why(found.closed, found.closed_code)}.")
    yield (
        f"Phường mới {found.new_code} báo muộn cho văn bản trước sắp xếp: "
        f"{found.before.status} → {found.after.status}, bên gửi vẫn thấy."
    )


def _evidence(facts: Facts) -> Parts:
    if (found := facts.evidence) is None:
        return
    yield f"Gói bằng chứng {grouped(found.size)} byte: {found.events} sự kiện, {found.packages} gói tin gốc."
    yield f"Chương trình kiểm tra không cần mạng và cơ sở dữ liệu: {len(found.proven)} điều được chứng minh."
    yield Text.assemble(("✔ ", "green"), found.conclusion)


def _tampering(facts: Facts) -> Parts:
    if (found := facts.tampering) is None:
        return
    yield "Sửa 1 byte trong bản sao gói bằng chứng:"
    for wrong in found.bundle_wrong[:1]:
        yield Text.assemble(
            ("✘ ", "red"), wrong.removeprefix("✘").partition(" (")[0].strip(), " Chỗ bị sửa: ", found.part
        )
    yield "Lùi ngày một sự kiện và xóa một lượt chuyển trong bản sao cơ sở dữ liệu; lệnh audit chỉ ra:"
    yield Text.assemble(("✘ ", "red"), f"sự kiện bị sửa: {found.found_event_row}")
    yield Text.assemble(("✘ ", "red"), f"dòng bị xóa: {found.found_delivery_row}")


def _words(refused: Refused) -> str:
    return refused.description.partition(" docId ")[0].rstrip(". ")


def _why(refused: Refused, code: str) -> str:
    """What is said of one addressee of those that were refused."""
    found = refused.description.partition(f"{code}: ")[2].partition(". ")[0]
    return f"{code}: {found}" if found else _words(refused)


PARTS: dict[str, Callable[[Facts], Parts]] = {
    "recall": _recall,
    "reform": _reform,
    "evidence": _evidence,
    "tampering": _tampering,
}
