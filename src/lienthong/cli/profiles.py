"""``lienthong run --profile``: ready-made instances for training, each with data of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer

from lienthong.cli.demo import national_axis
from lienthong.cli.demo.folder import DemoFolder
from lienthong.common import env

_PORT, _BESIDE = 8019, 10  # far enough from the city's own ports


@dataclass(frozen=True, slots=True)
class National:
    """This instance plays the national axis towards the made-up city."""

    folder: DemoFolder

    def set_up(self, port: int | None, address: Callable[[int | None], str]) -> int:
        """Fill the directory, keep how to open each system; answers the port to serve on."""
        from lienthong.cli.demo.setup import build  # noqa: PLC0415 - needs Django
        from lienthong.exchange.hubs.links import set_link  # noqa: PLC0415
        from lienthong.registry.selectors import system_by_id  # noqa: PLC0415

        port = env.read("LIENTHONG_PORT", int, _PORT) + _BESIDE if port is None else port
        access = build(national_axis.AGENCIES, national_axis.SYSTEMS, self.folder.read_access())
        for hub in national_axis.HUBS:
            set_link(system=system_by_id(hub), is_hub=True, adds_trace=True)
        self.folder.write_access(access, f"{address(port)}/vxp")
        typer.echo(f"Đóng vai trục quốc gia (mẫu). Mã và khóa của từng hệ thống: {self.folder.systems_file}")
        return port


def enter(name: str | None) -> National | None:
    """Point the settings, which are read later, to the profile's own data."""
    if name is None:
        return None
    if name != "national":
        raise typer.BadParameter(f"không có hồ sơ {name!r}; hiện có: national.")
    folder = DemoFolder(env.read("LIENTHONG_DATA_DIR", Path, Path("var")) / "national")
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.enter()
    os.environ["LIENTHONG_HUB_CODES"] = national_axis.HUB_CODE  # never the name of the city beside it
    os.environ.pop("LIENTHONG_LIVE_PORT", None)  # nor its port
    return National(folder)
