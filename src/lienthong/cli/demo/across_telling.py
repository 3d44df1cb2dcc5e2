"""What is told of the chapter with the national axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType

from edxml102.codes import StatusCode
from lienthong.cli.demo.across import Passage
from lienthong.cli.demo.national_axis import BY_CODE

if TYPE_CHECKING:
    from lienthong.cli.demo.facts import Facts


def tell(facts: Facts) -> Iterator[RenderableType]:
    """One line a passage."""
    if (found := facts.across) is None:
        return
    codes = ", ".join(found.taken_over)
    yield f"Thành phố đồng bộ danh bạ trục quốc gia: biết thêm {len(found.taken_over)} cơ quan ({codes})."
    yield f"Xuống: {_told(found.ministry, found.down)}"
    yield f"Lên: {_told('H99.01', found.up)}"
    yield f"Thu hồi văn bản vừa gửi lên: Bộ đồng ý; bên gửi thấy “{found.recalled}”."


def _told(sender: str, passage: Passage) -> str:
    names = ", ".join(BY_CODE[code].name for code in passage.to)
    same = "không sai một byte ngoài vết xử lý thêm vào" if all(passage.intact.values()) else "bị đổi trên đường đi"
    return f"{BY_CODE[sender].name} → {names}; {same}; {_statuses(passage)}."


def _statuses(passage: Passage) -> str:
    labels = {code: known.label for code in passage.answers.values() if (known := StatusCode.known(code))}
    return "trạng thái quay về: " + ", ".join(f"{code} {labels.get(code, '')}".strip() for code in labels)
