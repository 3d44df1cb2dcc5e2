"""One demonstration from start to end: database, city, server, story, checks, and the server kept on if asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from edxml102.errors import EdxmlError
from lienthong import __version__
from lienthong.cli import runtime
from lienthong.cli.companions import beside
from lienthong.cli.demo import city
from lienthong.cli.demo.checks import run_checks
from lienthong.cli.demo.desk import build_desk, send_letters
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.facts import Facts
from lienthong.cli.demo.folder import Access, DemoFolder
from lienthong.cli.demo.narrator import Narrator
from lienthong.cli.demo.national_side import NationalSide, national_side
from lienthong.cli.demo.server import WebServer, serving, undisturbed
from lienthong.cli.demo.stage import Stage
from lienthong.cli.demo.story import CHAPTERS, ChapterPlan
from lienthong.cli.demo.twin import backstage
from lienthong.gateways.national.answers import VxpError
from lienthong.registry.errors import RegistryError


@dataclass(slots=True)
class Outcome:
    """What a demonstration leaves behind."""

    facts: Facts = field(default_factory=Facts)
    counts: dict[str, int] = field(default_factory=dict)
    timings_ms: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    @property
    def checks(self) -> dict[str, bool]:
        return run_checks(self.facts)

    @property
    def is_good(self) -> bool:
        return all(self.checks.values()) and not self.errors

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.is_good,
            "version": __version__,
            "address": self.address,
            "checks": self.checks,
            "counts": self.counts,
            "timings_ms": self.timings_ms,
            "errors": self.errors,
        }

    def fail(self, step: str, code: str, message: str, next_step: str = "") -> None:
        self.errors.append({"step": step, "code": code, "message": message, "next_step": next_step})

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        begin = time.monotonic()
        try:
            yield
        finally:
            self.timings_ms[name] = round(1000 * (time.monotonic() - begin))


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asked for."""

    port: int | None = None
    once: bool = False
    reset: bool = False


def demonstrate(folder: DemoFolder, narrator: Narrator, wish: Wish) -> Outcome:
    """Play the story on a server of its own; without ``once`` go on serving until interrupted."""
    outcome = Outcome()
    try:
        with folder.held():
            if wish.reset:
                folder.clear()
            with _database(narrator):
                _perform(folder, narrator, outcome, wish)
    except (DemoError, RegistryError) as error:
        outcome.fail("setup", error.code, error.message, error.next_step)
        narrator.failure(error.code, error.message, error.next_step)
    return outcome


@contextmanager
def _database(narrator: Narrator) -> Iterator[None]:
    """The embedded database is started on first use, and always stopped."""
    try:
        yield
    finally:
        with undisturbed(), narrator.working("Đang dừng cơ sở dữ liệu", done="Đã dừng; dữ liệu vẫn giữ cho lần sau"):
            settings.EMBEDDED_POSTGRES.stop()


def _perform(folder: DemoFolder, narrator: Narrator, outcome: Outcome, wish: Wish) -> None:
    narrator.open()
    wanted = settings.PORT if wish.port is None else wish.port
    with national_side(folder, wanted) as national:
        _perform_beside(national, folder, narrator, outcome, wish)


def _perform_beside(
    national: NationalSide, folder: DemoFolder, narrator: Narrator, outcome: Outcome, wish: Wish
) -> None:
    with narrator.working("Đang khởi động cơ sở dữ liệu nhúng", done="Cơ sở dữ liệu"), outcome.timed("database"):
        runtime.prepare()
    with narrator.working("Đang dựng thành phố mẫu", done="Thành phố mẫu"), outcome.timed("city"):
        access = _city(folder)
    _connect(national, narrator, outcome)
    runtime.release_connections()  # from here on this process speaks HTTP only
    wanted = settings.PORT if wish.port is None else wish.port
    with ExitStack() as twins:
        behind = twins.enter_context(backstage(folder.path, access))
        roles = beside("worker", "link", "sequencer", log=folder.path / "link.log")
        with roles, serving(settings.HOST, wanted, folder.web_log) as server:
            _open(server, access, narrator, outcome)
            folder.write_access(access, server.endpoint)
            narrator.begin(server.address, wanted_port=wanted)
            _play(Stage(server.endpoint, access, behind), national, narrator, outcome)
            twins.close()
            narrator.end(outcome.checks, outcome.timings_ms)
            if not wish.once:
                _keep(server, national, folder, narrator)


def _connect(national: NationalSide, narrator: Narrator, outcome: Outcome) -> None:
    """Without the national side its chapter fails and the others go on."""
    try:
        with narrator.working("Đang nối với trục quốc gia mẫu", done="Trục quốc gia mẫu"), outcome.timed("national"):
            national.wait()
            national.connect_city()
    except (DemoError, RegistryError) as error:
        outcome.fail("national", error.code, error.message, error.next_step)
        narrator.failure(error.code, error.message, error.next_step)


def _city(folder: DemoFolder) -> dict[str, Access]:
    from lienthong.cli.demo import people  # noqa: PLC0415 - needs Django
    from lienthong.cli.demo.setup import build_city  # noqa: PLC0415

    access = build_city(folder.read_access())
    build_desk()
    folder.write_access(access)
    people.write_passwords(folder.people_file, people.build_people(people.read_passwords(folder.people_file)))
    return access


def _open(server: WebServer, access: Mapping[str, Access], narrator: Narrator, outcome: Outcome) -> None:
    """Wait until the server answers a signed call, which shows that it is ours."""
    outcome.address = server.address
    stage = Stage(server.endpoint, access)

    def answers() -> bool:
        try:
            stage.actor(city.COMMITTEE).client.count_receive_edoc()
        except VxpError:
            return False
        return True

    with narrator.working("Đang khởi động máy chủ web", done=f"Máy chủ web {server.address}"), outcome.timed("server"):
        server.wait_until(answers)
    stage.close()


def _play(stage: Stage, national: NationalSide, narrator: Narrator, outcome: Outcome) -> None:
    if national.is_connected:
        national.invite_ministry(stage)
    try:
        stage.clear_lists()
        with outcome.timed("story"):
            for plan in CHAPTERS:
                _play_chapter(plan, stage, narrator, outcome)
        _fill_desk(stage, outcome)
    finally:
        stage.close()
    outcome.counts = _counts(stage, outcome.facts)
    narrator.timeline(stage.journal.moments)


def _fill_desk(stage: Stage, outcome: Outcome) -> None:
    """What waits for who signs in afterwards; the story itself is told without it."""
    try:
        send_letters(stage)
    except VxpError as error:
        code, message, next_step = _explained(error)
        outcome.fail("desk", code, message, next_step)


def _play_chapter(plan: ChapterPlan, stage: Stage, narrator: Narrator, outcome: Outcome) -> None:
    """A chapter that fails leaves its facts empty, says why, and the story goes on."""
    try:
        with narrator.working(plan.title), outcome.timed(plan.name):
            found = plan.play(stage, outcome.facts)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the other chapters still tell something
        code, message, next_step = _explained(error)
        outcome.fail(plan.name, code, message, next_step)
        narrator.chapter(plan.title)
        narrator.failure(code, message, next_step)
        return
    setattr(outcome.facts, plan.name, found)
    narrator.chapter(plan.title)
    narrator.tell(plan.name, outcome.facts)


def _explained(error: Exception) -> tuple[str, str, str]:
    if isinstance(error, DemoError):
        return error.code, error.message, error.next_step
    if isinstance(error, VxpError):
        words = error.description
        return (
            "demo.call_failed",
            f"Trục trả lời ngoài dự kiến (mã {error.code or 'không có'}): {words}",
            "Xem web.log.",
        )
    if isinstance(error, EdxmlError):
        words = "; ".join(finding.message for finding in error.findings)
        return "demo.package_unwritable", f"{error} {words}", "Báo lỗi này cho nhóm phát triển."
    return "demo.chapter_failed", f"{type(error).__name__}: {error}", "Xem web.log; chạy lại với --reset."


def _counts(stage: Stage, facts: Facts) -> dict[str, int]:
    listed = facts.listing
    city_counts = {"agencies": len(listed.agencies), "systems": len(listed.systems)} if listed else {}
    recipients = {"recipients": len(facts.dispatch.recipients)} if facts.dispatch else {}
    return {**city_counts, **recipients, **stage.journal.counts}


def _keep(server: WebServer, national: NationalSide, folder: DemoFolder, narrator: Narrator) -> None:
    narrator.keep_serving(server, folder, national.endpoint)
    try:
        server.wait()
    except KeyboardInterrupt:
        return
    raise DemoError("demo.server_ended", "Máy chủ web đã dừng ngoài ý muốn.", f"Xem {folder.web_log}")
