"""Who is around the axis of part (f): run beside an axis, in its environment.

``above CODE …`` makes an axis that stands above, with two agencies of its own and the city's agencies of these codes,
and prints the systems of all as JSON. ``below SYSTEM WEBHOOK ENDPOINT SECRET`` gives a system of the city an address to
push to, and joins the city to the axis above.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date

from bench.wire import Account
from lienthong.cli import runtime

MINISTRIES, CITY = ("G98", "G99"), "H99"
_HUB = "TRUC.H99"
_LONG_AGO = date(2020, 1, 1)


def above(*codes: str) -> None:
    from lienthong.exchange.hubs.links import set_link  # noqa: PLC0415 - needs Django
    from lienthong.registry import services  # noqa: PLC0415

    accounts = []
    for code in MINISTRIES:
        ministry = services.create_agency(code=code, name=f"Bộ mẫu {code}", level="central", valid_from=_LONG_AGO)
        made = services.add_system(agencies=[ministry], valid_from=_LONG_AGO)
        accounts.append(Account(made.system.system_id, made.secret, code))
    city = services.create_agency(code=CITY, name="Thành phố mẫu", level="city", valid_from=_LONG_AGO)
    for code in codes:
        services.create_agency(code=code, name=f"Sở mẫu {code}", level="city", parent=city, valid_from=_LONG_AGO)
    hub = services.add_system(agencies=[city], system_id=_HUB, include_subordinates=True, valid_from=_LONG_AGO)
    set_link(system=hub.system, is_hub=True, adds_trace=False)
    accounts.append(Account(_HUB, hub.secret, CITY))
    json.dump([asdict(account) for account in accounts], sys.stdout)


def below(system_id: str, webhook: str, endpoint: str, secret: str) -> None:
    from lienthong.gateways.national.upstreams import Terms, add_upstream, route_agency  # noqa: PLC0415
    from lienthong.gateways.webhook.addresses import set_webhook  # noqa: PLC0415
    from lienthong.registry import services  # noqa: PLC0415
    from lienthong.registry.models import System  # noqa: PLC0415

    set_webhook(system=System.objects.get(system_id=system_id), url=webhook)
    upstream = add_upstream(
        system_id="TRUC.QG",
        name="Trục phía trên (mẫu)",
        endpoint=endpoint,
        remote_system_id=_HUB,
        secret=secret,
        terms=Terms(own_codes=[CITY], syncs_directory=False, adds_trace=False),
    )
    for code in MINISTRIES:
        ministry = services.create_agency(code=code, name=f"Bộ mẫu {code}", level="central", valid_from=_LONG_AGO)
        route_agency(upstream=upstream, agency=ministry)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
    runtime.prepare()
    {"above": above, "below": below}[sys.argv[1]](*sys.argv[2:])
