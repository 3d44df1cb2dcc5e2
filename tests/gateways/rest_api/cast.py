"""Run beside a server, in its environment: makes the cast in its database and prints their keys as JSON.

The clerk of Sở Y tế (mẫu) sends; Quận Hoa Phượng (mẫu) receives; Sở Nội vụ (mẫu) looks on; one system is locked.
"""

from __future__ import annotations

import json
import sys

from lienthong.cli import runtime

OFFICES = {
    "clerk": ("H99.01", "Sở Y tế (mẫu)"),
    "district": ("H99.30", "UBND quận Hoa Phượng (mẫu)"),
    "outsider": ("H99.04", "Sở Nội vụ (mẫu)"),
    "locked": ("H99.05", "Sở Xây dựng (mẫu)"),
}
BUSY = 1_000_000 // 10
"""Requests a minute of the cast's keys: more than any test makes."""


def main() -> None:
    runtime.prepare()
    from lienthong.registry.services import create_api_key
    from tests.factories import lock, make_agency, make_system

    keys = {}
    for role, (code, name) in OFFICES.items():
        system = make_system(make_agency(code, name), system_id=f"HUB.{code}").system
        keys[role] = create_api_key(system=system, rate_per_minute=BUSY).token
        if role == "clerk":
            keys["reader"] = create_api_key(system=system, scopes=["directory:read"], rate_per_minute=BUSY).token
            keys["slow"] = create_api_key(system=system, rate_per_minute=1).token
            keys["elsewhere"] = create_api_key(system=system, networks=["10.9.8.0/24"]).token
        if role == "locked":
            lock(system)
    make_agency("H99.77", "Xã Giấy Trắng (mẫu)")
    sys.stdout.write(json.dumps(keys))


if __name__ == "__main__":
    main()
