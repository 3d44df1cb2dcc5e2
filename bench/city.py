"""A made-up city in a fresh database: a sending agency and its receivers, each with a system of its own.

``python -m bench.city PAIRS RECEIVERS`` prints the accounts as JSON; run it with the server's environment.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date

from bench.wire import Account
from lienthong.cli import runtime

_LONG_AGO = date(2020, 1, 1)


def main(senders: int, receivers: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
    runtime.prepare()
    made = {
        "senders": [asdict(_account(f"H99.1{index:04d}")) for index in range(senders)],
        "receivers": [asdict(_account(f"H99.2{index:04d}")) for index in range(receivers)],
    }
    json.dump(made, sys.stdout)


def _account(code: str) -> Account:
    from lienthong.registry import services  # noqa: PLC0415 - needs Django
    from lienthong.registry.models import Level  # noqa: PLC0415

    agency = services.create_agency(code=code, name=f"Cơ quan mẫu {code}", level=Level.CITY, valid_from=_LONG_AGO)
    made = services.add_system(agencies=[agency], valid_from=_LONG_AGO)
    return Account(made.system.system_id, made.secret, code)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
