"""The second instance of the demonstration, which plays the national axis, and the city's link to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from lienthong.cli.demo import national_axis
from lienthong.cli.demo.across_story import MINISTRY
from lienthong.cli.demo.city import SampleAgency
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.folder import Access, DemoFolder
from lienthong.cli.demo.server import WebServer, open_port, undisturbed
from lienthong.cli.demo.stage import Stage
from lienthong.common.embedded_postgres import EmbeddedPostgres
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.client import VxpClient

UPSTREAM = "TRUC.QG"
_HOST, _BESIDE = "127.0.0.1", 10  # so many ports above the city's
_SMALL = {"LIENTHONG_WEB_PROCESSES": "1", "LIENTHONG_WEB_THREADS": "8"}
_NOT_ITS_OWN = (
    "LIENTHONG_DATABASE_URL",
    "LIENTHONG_MASTER_KEY_FILE",
    "LIENTHONG_LEDGER_KEY_FILE",
    "LIENTHONG_PUBLIC_URL",
    "LIENTHONG_TRAINING",
    "LIENTHONG_TRAINING_OPEN",
)
_MINISTRY_SYSTEM = f"HUB.{MINISTRY.code}"


class NationalSide:
    """The national instance: it gets ready while the city is being built."""

    def __init__(self, folder: DemoFolder, port: int) -> None:
        self.is_connected = False
        self._folder = DemoFolder(folder.path / "national")
        self._log = folder.path / "national.log"
        self._port = port + _BESIDE if port else 0
        self._server = self._start()

    def _start(self) -> WebServer:
        return WebServer(
            _HOST,
            open_port(_HOST, self._port),
            self._log,
            module="lienthong.cli.demo.national_process",
            environment={**_SMALL, **dict.fromkeys(_NOT_ITS_OWN)},
        )

    @property
    def endpoint(self) -> str:
        return self._server.endpoint

    def wait(self) -> None:
        """Until it answers a signed call.

        :raises DemoError: ``demo.server_ended``, ``demo.server_silent``
        """
        self._server.wait_until(self._answers)

    def _answers(self) -> bool:
        access = self._folder.read_access().get(_MINISTRY_SYSTEM)
        if access is None:
            return False
        try:
            with VxpClient(self.endpoint, _MINISTRY_SYSTEM, access.secret, timeout=5) as client:
                client.count_receive_edoc()
        except VxpError:
            return False
        return True

    def connect_city(self) -> None:
        """Make the city a client of it, or tell the city its new address and secret. Needs Django.

        :raises RegistryError: ``national.upstream.*``
        """
        from lienthong.gateways.national import upstreams  # noqa: PLC0415 - needs Django
        from lienthong.gateways.national.models import Upstream  # noqa: PLC0415

        terms = upstreams.Terms(own_codes=["H99"], poll_min=0.2, poll_max=1, timeout=20)
        secret = self._access(national_axis.CITY_HUB).secret
        known = Upstream.objects.select_related("system").filter(system__system_id=UPSTREAM).first()
        if known is not None:
            changes = upstreams.Changes(endpoint=self.endpoint, secret=secret, terms=terms)
            upstreams.change_upstream(upstream=known, changes=changes)
        else:
            upstreams.add_upstream(
                system_id=UPSTREAM,
                name="Trục liên thông quốc gia (mẫu)",
                endpoint=self.endpoint,
                remote_system_id=national_axis.CITY_HUB,
                secret=secret,
                terms=terms,
            )
        self.is_connected = True

    def invite_ministry(self, stage: Stage) -> None:
        """Let the ministry take part in the story."""
        stage.invite(MINISTRY, _MINISTRY_SYSTEM, self.endpoint, self._access(_MINISTRY_SYSTEM).secret)

    def pause(self) -> None:
        """Answer no more; its database stays."""
        self._server.stop()

    def resume(self) -> None:
        """Answer again, perhaps at another address, which the city is told.

        :raises DemoError: ``demo.server_ended``, ``demo.server_silent``
        """
        self._server = self._start()
        self.wait()
        self.connect_city()

    def ministry_secret(self, ministry: SampleAgency) -> str:
        """How a ministry's system opens the national axis.

        :raises DemoError: ``demo.national_access``
        """
        return self._access(f"HUB.{ministry.code}").secret

    def stop(self) -> None:
        self._server.stop()
        EmbeddedPostgres(self._folder.path / "postgres", binaries=settings.POSTGRES_BINARIES).stop()

    def _access(self, system_id: str) -> Access:
        found = self._folder.read_access().get(system_id)
        if found is None:
            raise DemoError(
                "demo.national_access", f"Thiếu khóa của {system_id} trong {self._folder.systems_file}.",
                "Chạy lại với --reset.",
            )  # fmt: skip
        return found


@contextmanager
def national_side(folder: DemoFolder, port: int) -> Iterator[NationalSide]:
    """It is always stopped at the end, its database too."""
    side = NationalSide(folder, port)
    try:
        yield side
    finally:
        with undisturbed():
            side.stop()
