"""The desk of the made-up city: a commune without software of its own, its books, and something on its table."""

from __future__ import annotations

from edxml102.codes import Priority
from edxml102.model import PackageKind
from lienthong.cli.demo import city, pdf
from lienthong.cli.demo.packages import Draft, pack
from lienthong.cli.demo.stage import Stage

SYSTEM_ID = "BAN.H99"
COMMUNE = city.BY_CODE["H99.33.12"]

_LETTERS = (
    ("Về việc phòng, chống bão số 12 (mẫu)", Priority.EXPRESS),
    ("Về việc rà soát hộ nghèo, hộ cận nghèo năm 2026 (mẫu)", Priority.URGENT),
    ("Mời tập huấn công tác văn thư, lưu trữ (mẫu)", Priority.ORDINARY),
    ("Hướng dẫn khám sức khỏe định kỳ cho người cao tuổi (mẫu)", Priority.ORDINARY),
)


def build_desk() -> None:
    """Let the desk serve the commune, with a book for each way. Done again, it changes nothing."""
    from lienthong.records.models import Book, Direction  # noqa: PLC0415 - needs Django
    from lienthong.registry import services  # noqa: PLC0415
    from lienthong.registry.models import System, SystemKind  # noqa: PLC0415
    from lienthong.registry.selectors import agency_by_code  # noqa: PLC0415

    commune = agency_by_code(COMMUNE.code)
    if not System.objects.filter(system_id=SYSTEM_ID).exists():
        services.add_system(
            agencies=[commune],
            system_id=SYSTEM_ID,
            name="Bàn làm việc trên web (mẫu)",
            kind=SystemKind.DESK,
            valid_from=city.VALID_FROM,
        )
    for direction, name in ((Direction.INCOMING, "Sổ văn bản đến"), (Direction.OUTGOING, "Sổ văn bản đi")):
        Book.objects.get_or_create(agency=commune, direction=direction, name=name)


def send_letters(stage: Stage) -> int:
    """Send the commune something to receive; answers how many letters."""
    sender = stage.actor(city.HEALTH)
    for subject, priority in _LETTERS:
        draft = Draft(
            sender=city.HEALTH,
            to=[COMMUNE.code],
            number=sender.next_number(),
            subject=subject,
            pdf=pdf.one_page(["SO Y TE (MAU)", "", "Cong van mau gui xa lam viec tren web"]),
            priority=priority,
        )
        sender.client.send_edoc(pack(draft), sender=city.HEALTH.code, kind=PackageKind.DOCUMENT)
    return len(_LETTERS)
