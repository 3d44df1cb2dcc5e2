"""Run beside a server, in its environment: makes the cast in its database and prints the secrets as JSON."""

from __future__ import annotations

import json
import sys

from lienthong.cli import runtime

SYSTEMS = {"clerk": "H99.01", "receiver": "H99.02", "outsider": "H99.03", "locked": "H99.04"}


def main() -> None:
    runtime.prepare()
    from tests.factories import lock, make_agency, make_system

    secrets = {}
    for role, code in SYSTEMS.items():
        old_code = "000.00.01.H99" if role == "clerk" else ""
        agency = make_agency(code, f"Sở mẫu {code}", old_code=old_code)
        new = make_system(agency, system_id=f"HUB.{role.upper()}", include_subordinates=role == "clerk")
        secrets[role] = new.secret
        if role == "locked":
            lock(new.system)
    sys.stdout.write(json.dumps(secrets))


if __name__ == "__main__":
    main()
