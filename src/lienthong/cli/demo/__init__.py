"""``lienthong demo``: a made-up city on an instance of its own, and a story played over real HTTP."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Annotated

import typer

from lienthong.cli.demo.folder import DemoFolder

app = typer.Typer()


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Diễn xong thì dừng, không phục vụ tiếp.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Chỉ in một đối tượng JSON ra stdout (kèm --once).")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Xóa dữ liệu trình diễn cũ, làm lại từ đầu.")] = False,
    port: Annotated[
        int | None,
        typer.Option(help="Cổng muốn dùng; bận thì tự chọn cổng khác. Mặc định theo LIENTHONG_PORT.", min=0, max=65535),
    ] = None,
) -> None:
    """Trình diễn trên một thành phố mẫu bốn cấp, rồi tiếp tục phục vụ. Mã thoát 1 nếu có kiểm tra không đạt."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    folder = DemoFolder.of_environment()
    folder.enter()
    os.environ["LIENTHONG_HUB_CODES"] = "H99"  # the made-up city's name among axes, never a real one's
    try:
        good = _run(folder, port=port, once=once or as_json, reset=reset, as_json=as_json)
    except KeyboardInterrupt:
        sys.stderr.write("Đã dừng theo yêu cầu, trước khi diễn xong.\n")
        raise typer.Exit(130) from None
    raise typer.Exit(0 if good else 1)


def _run(folder: DemoFolder, *, port: int | None, once: bool, reset: bool, as_json: bool) -> bool:
    from lienthong.cli.demo.narrator import Narrator, Whisperer  # noqa: PLC0415 - the other commands need none of it
    from lienthong.cli.demo.run import Wish, demonstrate  # noqa: PLC0415

    narrator = Whisperer() if as_json else Narrator()
    outcome = demonstrate(folder, narrator, Wish(port=port, once=once, reset=reset))
    if as_json:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
    return outcome.is_good
