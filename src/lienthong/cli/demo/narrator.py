"""The story on the terminal, in Vietnamese. Reads well at 80 columns, without colours and in a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from lienthong import __version__
from lienthong.cli.demo import city, telling
from lienthong.cli.demo.checks import CHECKS
from lienthong.cli.demo.facts import Facts
from lienthong.cli.demo.folder import DemoFolder
from lienthong.cli.demo.journal import Moment
from lienthong.cli.demo.server import WebServer
from lienthong.common import clock

_WIDEST = 120


class Narrator:
    """Tells the story as it happens."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.console.width = min(self.console.width, _WIDEST)
        self._numbers = count(1)

    @contextmanager
    def working(self, text: str, *, done: str = "") -> Iterator[None]:
        """A spinner while something takes time; ``done`` is told with the time it took."""
        begin = time.monotonic()
        with self.console.status(f"{text}…"):
            yield
        if done:
            seconds = f"{time.monotonic() - begin:.1f}".replace(".", ",")
            self._print(Text.assemble(("✔ ", "green"), done, (f" ({seconds} giây)", "dim")))

    def open(self) -> None:
        self.console.print(
            Rule(Text.assemble((f"Liên thông {__version__}", "bold"), " · trình diễn trên thành phố mẫu"))
        )
        self._print(Text("Mọi cơ quan, người và văn bản dưới đây đều là bịa đặt (mẫu).", style="dim"))

    def begin(self, address: str, *, wanted_port: int) -> None:
        if wanted_port and not address.endswith(f":{wanted_port}"):
            self._print(Text(f"Cổng {wanted_port} đang bận nên dùng {address}.", style="yellow"))

    def chapter(self, title: str) -> None:
        self.heading(f"{next(self._numbers)}. {title}")

    def heading(self, text: str) -> None:
        self.console.print()
        self.console.print(Text(text, style="bold"))

    def tell(self, chapter: str, facts: Facts) -> None:
        """What a chapter found."""
        for part in telling.PARTS[chapter](facts):
            self._print(part)

    def failure(self, code: str, message: str, next_step: str) -> None:
        self._print(Text.assemble(("✘ ", "red"), message, (f" {next_step}", ""), (f" [{code}]", "dim")))

    def timeline(self, moments: Sequence[Moment]) -> None:
        self.heading("Dòng thời gian (giờ Việt Nam)")
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(no_wrap=True, style="dim")
        table.add_column()
        table.add_column()
        for moment in moments:
            at = clock.in_vietnam(moment.at)
            table.add_row(f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}", moment.who, moment.what)
        self._print(table)

    def end(self, results: Mapping[str, bool], timings: Mapping[str, int]) -> None:
        """The checks, one line each."""
        held = sum(results.values())
        seconds = f"{timings.get('story', 0) / 1000:.1f}".replace(".", ",")
        self.heading(f"Kiểm tra: {held}/{len(results)} đạt, câu chuyện diễn ra trong {seconds} giây")
        for check in CHECKS:
            self._print(_check_line(check.sentence, check.name, holds=results[check.name]))

    def keep_serving(self, server: WebServer, folder: DemoFolder, national: str = "") -> None:
        """Where the axis is, and what to try."""
        rows = Table.grid(padding=(0, 2, 0, 0))
        rows.add_column(no_wrap=True, style="dim")
        rows.add_column(overflow="fold")
        for title, text in _serving_rows(server, folder, national):
            rows.add_row(title, text)
        self.console.print()
        self.console.print(
            Panel(rows, title="[bold]Trục mẫu đang phục vụ[/bold]", subtitle="Ctrl+C để dừng", border_style="green")
        )

    def _print(self, part: RenderableType) -> None:
        self.console.print(Padding.indent(part, 2))


class Whisperer(Narrator):
    """For programs: one line a step, on standard error."""

    def __init__(self) -> None:
        super().__init__(Console(file=sys.stderr, highlight=False))

    def open(self) -> None:
        pass

    def heading(self, text: str) -> None:
        self.console.print(text)

    def tell(self, chapter: str, facts: Facts) -> None:
        pass

    def timeline(self, moments: Sequence[Moment]) -> None:
        pass

    def end(self, results: Mapping[str, bool], timings: Mapping[str, int]) -> None:
        for check in CHECKS:
            if not results[check.name]:
                self._print(_check_line(check.sentence, check.name, holds=False))


def _check_line(sentence: str, name: str, *, holds: bool) -> Text:
    if holds:
        return Text.assemble(("✔ ", "green"), sentence)
    return Text.assemble(("✘ ", "red"), (f"Không đạt: {sentence}", "red"), (f" [{name}]", "dim"))


def _serving_rows(server: WebServer, folder: DemoFolder, national: str) -> Iterator[tuple[str, RenderableType]]:
    program = _short(Path(sys.argv[0])) if Path(sys.argv[0]).name == "lienthong" else "lienthong"
    systems = [system.system_id for system in city.SYSTEMS]
    yield "Trang làm việc", Text(f"{server.address}/", style="bold")
    yield "Đăng nhập", _people(folder)
    yield "Địa chỉ SDK", Text(server.endpoint, style="bold")
    if national:
        yield "Trục quốc gia", Text(f"{national} (mẫu; khóa ở {_short(folder.path)}/national/systems.json)")
    yield "Dữ liệu", f"{_short(folder.path)} (nhật ký máy chủ: {folder.web_log.name})"
    yield "Hệ thống", f"{len(systems)}: {', '.join(systems)}"
    yield (
        "Khóa bí mật",
        f"{_short(folder.systems_file)}, chỉ bạn đọc được; dùng để nối phần mềm của bạn như một cơ quan mẫu",
    )
    yield "Thử tiếp", "ở cửa sổ khác:"
    yield "", Text(f"export LIENTHONG_DATA_DIR={_short(folder.path)}")
    for command in ("agencies search 'hoa phượng'", "systems list", "segments verify"):
        yield "", Text(f"{program} {command}")
    yield "Từ đầu", Text(f"LIENTHONG_DATA_DIR={_short(folder.path.parent)} {program} demo --reset")


def _people(folder: DemoFolder) -> RenderableType:
    """Who can sign in, as what, with which password of this demonstration."""
    from lienthong.cli.demo.people import PERSONAS, read_passwords  # noqa: PLC0415 - needs Django

    passwords = read_passwords(folder.people_file)
    rows = Table.grid(padding=(0, 2, 0, 0))
    for persona in PERSONAS:
        place = city.BY_CODE[persona.agency].name if persona.agency else "Trục"
        rows.add_row(
            Text(persona.username, style="bold"), passwords.get(persona.username, "?"), f"{persona.role.label}, {place}"
        )
    return rows


def _short(path: Path) -> str:
    """As a person would type it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
