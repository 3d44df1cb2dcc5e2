"""Run beside a server, in its environment: makes one side of the national journey in its database.

``python -m tests.journeys.national_cast national`` and ``… city ENDPOINT SECRET`` print the systems' secrets as JSON.
"""

from __future__ import annotations

import json
import sys

from lienthong.cli import runtime


def main(side: str, *arguments: str) -> None:
    runtime.prepare()
    secrets = {"national": national, "city": city}[side](*arguments)
    sys.stdout.write(json.dumps(secrets))


def national() -> dict[str, str]:
    from lienthong.cli.demo import national_axis
    from lienthong.cli.demo.setup import build
    from lienthong.exchange.hubs.links import set_link
    from lienthong.registry.selectors import system_by_id

    access = build(national_axis.AGENCIES, national_axis.SYSTEMS, {})
    for hub in national_axis.HUBS:
        set_link(system=system_by_id(hub), is_hub=True, adds_trace=False)
    return {system: one.secret for system, one in access.items()}


def city(endpoint: str, secret: str) -> dict[str, str]:
    from lienthong.cli.demo import city as made_up
    from lienthong.cli.demo import national_axis
    from lienthong.cli.demo.setup import build
    from lienthong.gateways.national.upstreams import Terms, add_upstream

    agencies = [agency for agency in made_up.AGENCIES if agency is not made_up.MINISTRY]
    systems = [system for system in made_up.SYSTEMS if system.agency != made_up.MINISTRY.code]
    access = build(agencies, systems, {})
    add_upstream(
        system_id="TRUC.QG",
        name="Trục liên thông quốc gia (mẫu)",
        endpoint=endpoint,
        remote_system_id=national_axis.CITY_HUB,
        secret=secret,
        terms=Terms(own_codes=["H99"], poll_min=0.1, poll_max=0.3, timeout=3, adds_trace=False),
    )
    return {system: one.secret for system, one in access.items()}


if __name__ == "__main__":
    main(*sys.argv[1:])
