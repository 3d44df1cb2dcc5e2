"""Run beside an axis, in its environment: what its operator's own checks say, in one process, as a JSON list."""

from __future__ import annotations

import json
import sys

from typer.testing import CliRunner

from lienthong.cli import ledger, segments

COMMANDS = (
    (ledger.app, ("audit", "--json")),
    (segments.app, ("verify", "--repair", "--json")),  # reclaims what the kills left behind
    (segments.app, ("verify", "--json")),
)


def main() -> None:
    runner = CliRunner()
    results = [runner.invoke(app, list(arguments), catch_exceptions=False) for app, arguments in COMMANDS]
    sys.stdout.write(json.dumps([result.stdout for result in results]))


if __name__ == "__main__":
    main()
