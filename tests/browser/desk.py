"""Puts a desk, registers and documents beside the people of the browser tests: Phường Mẫu B works at the desk, Sở Tài
chính (mẫu) sends. ``python -m tests.browser.desk [COUNT]`` prints the numbers of the documents."""

from __future__ import annotations

import io
import json
import sys

from lienthong.cli import runtime

LONG = (
    "Về việc báo cáo tiến độ giải ngân vốn đầu tư công quý IV, đề xuất điều chỉnh kế hoạch vốn giữa các dự án và "
    "kiến nghị tháo gỡ khó khăn, vướng mắc trong giải phóng mặt bằng (mẫu)"
)
SUBJECTS = (
    "Về việc phòng, chống bão số 12 (mẫu)",
    LONG,
    "Mời họp giao ban công tác văn thư tháng 11 (mẫu)",
    "Hướng dẫn tiêm chủng mở rộng năm 2026 (mẫu)",
)


def main() -> None:
    runtime.prepare()
    from lienthong.exchange import intake
    from lienthong.exchange.dispatching.worker import Worker
    from lienthong.exchange.submissions import Sending
    from lienthong.records.desk import DeskConnector
    from lienthong.records.models import Book, Direction
    from lienthong.records.worker import work_once
    from lienthong.registry import directory
    from lienthong.registry.models import System, SystemKind
    from lienthong.registry.selectors import agency_by_code
    from tests import packages
    from tests.factories import make_system
    from tests.records.pdfs import text_pdf

    commune, department = agency_by_code("H99.2"), agency_by_code("H99.1")
    Book.objects.get_or_create(agency=commune, direction=Direction.INCOMING, name="Sổ văn bản đến")
    if not System.objects.filter(system_id="BAN.MAU").exists():
        make_system(commune, system_id="BAN.MAU", kind=SystemKind.DESK)
        make_system(department, system_id="SO.MAU")
    access = directory.find_system("SO.MAU")
    if access is None:
        raise SystemExit("no system")
    count, numbers = int(sys.argv[1]) if len(sys.argv) > 1 else 4, []
    for n in range(count):
        subject = SUBJECTS[n % len(SUBJECTS)]
        number = str(1000 + _sent())
        raw = packages.document(
            "H99.1", "H99.2", number=number, subject=subject, priority="3" if n == 0 else "1" if n == 1 else "0",
            content=text_pdf(f"{subject}. Căn cứ Nghị định số 30/2020/NĐ-CP về công tác văn thư."),
        )  # fmt: skip
        intake.accept_package(io.BytesIO(raw), sending=Sending(sender=access, remote=""), length=len(raw))
        numbers.append(number)
    Worker({"desk": DeskConnector()}).drain()
    work_once()
    intake.committer().stop()
    json.dump(numbers, sys.stdout)


def _sent() -> int:
    from lienthong.exchange.models import Document

    return Document.objects.count()


if __name__ == "__main__":
    main()
