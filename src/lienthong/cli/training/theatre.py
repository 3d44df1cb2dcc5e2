"""Starts and stops the parts of the training ground around each performance. Needs Django."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings

from lienthong.cli import runtime
from lienthong.cli.companions import beside
from lienthong.cli.demo.folder import DemoFolder
from lienthong.cli.demo.national_side import NationalSide
from lienthong.cli.demo.server import WebServer, undisturbed
from lienthong.cli.training.build import PUSHED, build_city, new_api_key
from lienthong.cli.training.cast import MINISTRY, Cast, make_cast, make_ministry
from lienthong.cli.training.clean import CleanCopy
from lienthong.cli.training.drama import Drama, opened
from lienthong.cli.training.incidents import Stage
from lienthong.cli.training.mailbox import Mailbox
from lienthong.common.embedded_postgres import EmbeddedPostgres
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.webhook.addresses import set_webhook
from lienthong.registry.models import System
from lienthong.training.ground import StartingOver, read_progress, take_wish, write_progress

_ROLES = ("worker", "sequencer", "live", "link")


class Theatre:
    """``listener`` stays open all the time: whoever comes while the server is started anew waits instead of failing."""

    def __init__(self, folder: DemoFolder, national: NationalSide, listener: socket.socket, *, seed: int) -> None:
        self._folder, self._national, self._listener, self._seed = folder, national, listener, seed
        self._city = CleanCopy(folder.path, settings.EMBEDDED_POSTGRES.url)
        beyond = folder.path / "national"
        self._beyond = CleanCopy(beyond, EmbeddedPostgres(beyond / "postgres").url)
        self._restart: StartingOver | None = None

    def build(self) -> None:
        """The city, what is missing of it; and a copy of it when it is new."""
        access = build_city(self._folder.read_access())
        self._folder.write_access(access)
        take_wish()  # of a run that was killed
        self._national.wait()
        if not self._city.exists or not self._beyond.exists:
            self._keep_clean()

    def _keep_clean(self) -> None:
        self._national.pause()
        runtime.release_connections()
        for copy in (self._city, self._beyond):
            copy.keep()
        self._national.resume()

    def perform(self, ends: Callable[[], bool], *, told: Callable[[str], None]) -> bool:
        """Open, play, close. Answers whether somebody asked to start over."""
        parts = ExitStack()
        try:
            drama, address = self._open(parts)
            told(f"Môi trường tập huấn: {address}/tap-huan/ — dữ liệu ở {self._folder.path}. Ctrl+C để dừng.")
            try:
                again = drama.play(ends)
            finally:
                with undisturbed():
                    drama.close()
                    runtime.release_connections()
            if again:
                self._restart = StartingOver(asked_at=read_progress().asked_at, is_done=False)
            return again
        finally:
            with self._step("Dừng máy chủ"):
                parts.close()

    def _open(self, parts: ExitStack) -> tuple[Drama, str]:
        mailbox = parts.enter_context(Mailbox().listening())
        self._national.connect_city()
        set_webhook(system=System.objects.get(system_id=PUSHED), url=mailbox.url)
        key = new_api_key()
        runtime.release_connections()
        with self._step("Khởi động lại máy chủ"):
            parts.enter_context(beside(*_ROLES, log=self._folder.path / "roles.log"))
            server = parts.enter_context(self._server())
            cast = make_cast(server.address, self._folder.read_access(), mailbox, key, seed=self._seed)
            parts.callback(cast.close)
            server.wait_until(lambda: _answers(cast))
        secret = self._national.ministry_secret(MINISTRY)
        cast.ministry = make_ministry(self._national.endpoint, secret, seed=self._seed)
        drama = Drama(Stage(cast, self._national, server.address, key), seed=self._seed)
        with self._step("Đặt văn bản đầu tiên lên bàn"):
            opened(cast, drama)
        self._finish()
        return drama, server.address

    def start_over(self) -> None:
        """Bring both instances back to how they were; ``perform`` then opens again."""
        restart = self._restart or StartingOver(is_done=False)
        with restart.step("Dừng trục quốc gia mẫu"):
            self._national.pause()
        runtime.release_connections()
        with restart.step("Lấy lại cơ sở dữ liệu mẫu"):
            self._city.bring_back_database()
            self._beyond.bring_back_database()
        with restart.step("Lấy lại tệp mẫu"):
            self._city.bring_back_files()
            self._beyond.bring_back_files()
        with restart.step("Khởi động trục quốc gia mẫu"):
            self._national.resume()

    @contextmanager
    def _step(self, label: str) -> Iterator[None]:
        if self._restart is None:
            yield
            return
        with self._restart.step(label):
            yield

    def _finish(self) -> None:
        restart, self._restart = self._restart or StartingOver(), None
        restart.is_done = True
        write_progress(restart)

    @contextmanager
    def _server(self) -> Iterator[WebServer]:
        server = WebServer(settings.HOST, self._listener.dup(), self._folder.web_log)
        try:
            yield server
        finally:
            with undisturbed():
                server.stop()


def _answers(cast: Cast) -> bool:
    try:
        next(iter(cast.offices.values())).lead.client.count_receive_edoc()
    except VxpError:
        return False
    return True
