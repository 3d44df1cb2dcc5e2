"""``lienthong``: the command line. Each area is a module of its own, loaded only when it is used."""

from __future__ import annotations

import importlib
import os
import sys

import typer

from lienthong import __version__
from lienthong.cli.vietnamese import Group
from lienthong.common.env import SettingError

# A module with a help text is a group of commands; one without adds its commands to the top.
AREAS = {
    "edxml": "xem, kiểm tra, tách và dựng gói tin edXML",
    "agencies": "danh bạ cơ quan",
    "systems": "hệ thống kết nối và khóa",
    "people": "người dùng và vai trò",
    "registry": "sắp xếp đơn vị hành chính",
    "upstreams": "trục phía trên và trục cấp dưới",
    "exchange": "văn bản quá hạn trả lời, bộ quy tắc pháp lý",
    "segments": "kho gói tin",
    "signatures": "chữ ký số",
    "deliveries": "lượt chuyển gặp sự cố",
    "statistics": "số liệu thống kê",
    "alerts": "cảnh báo cho người vận hành và cán bộ bảo vệ bí mật",
    "holds": "gói tin đang bị giữ",
    "keys": "khóa chủ",
    "ledger": "nhật ký bằng chứng",
    "evidence": "gói bằng chứng của một văn bản",
    "verify": "",
    "sequencer": "",
    "partner": "",
    "serve": "",
    "worker": "",
    "link": "",
    "live": "",
    "demo": "",
}


def build() -> typer.Typer:
    """Put the areas together."""
    app = typer.Typer(
        cls=Group,
        add_completion=False,
        help=f"Liên thông {__version__}: trục liên thông văn bản điện tử 4 cấp.",
        no_args_is_help=True,
    )
    for name, text in AREAS.items():
        area = importlib.import_module(f"lienthong.cli.{name}").app
        app.add_typer(area, name=name, help=text) if text else app.add_typer(area)
    return app


def main() -> None:
    """Entry point. Wrong settings end the program with exit code 2 and a numbered message."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
    try:
        build()()
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
