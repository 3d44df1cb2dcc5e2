"""The twin's operator: reads commands, one JSON list a line, runs them as ``lienthong`` would, answers one line each.

``python -m lienthong.cli.demo.operator_process``; it saves starting Python and Django for every command.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys


def main() -> None:
    from lienthong.cli.main import build  # noqa: PLC0415 - as heavy as a command line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
    app = build()
    for line in sys.stdin:  # ends when the parent goes, however it goes
        out = io.StringIO()
        code: object = 0
        with contextlib.redirect_stdout(out):
            try:
                app(json.loads(line))
            except SystemExit as ended:
                code = ended.code
        told = {"exit_code": code if isinstance(code, int) else int(code is not None), "output": out.getvalue()}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
