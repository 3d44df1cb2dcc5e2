"""Puts the people of the browser tests into a fresh database; prints their passwords, made for this run."""

from __future__ import annotations

import json
import sys

from lienthong.cli import runtime


def main() -> None:
    runtime.prepare()
    from tests.browser import people

    json.dump(people.make_people(), sys.stdout)


if __name__ == "__main__":
    main()
