"""Run beside an axis, in its environment: puts the cast of the torture test into its database.

``python -m tests.torture.cast national URLS`` and ``… city URLS ENDPOINT SECRET`` print how to open each system as
JSON; URLS is a JSON object of webhook addresses by agency code.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from lienthong.cli import runtime

CITY_CODE = "H99"
_RATE = 100_000  # calls a minute: the limit of a key is not what is tested here


def main(side: str, urls: str, *arguments: str) -> None:
    runtime.prepare()
    webhooks: dict[str, str] = json.loads(urls)
    made = national(webhooks) if side == "national" else city(webhooks, *arguments)
    sys.stdout.write(json.dumps(made))


def national(webhooks: dict[str, str]) -> dict[str, Any]:
    from lienthong.exchange.hubs.links import set_link
    from tests.factories import make_agency, make_system

    agencies = {code: make_agency(code, f"Bộ mẫu {code}", level="central") for code in ("G98", "G99")}
    committee = make_agency(CITY_CODE, "UBND Thành phố Mẫu (mẫu)")
    for number in range(1, 5):
        make_agency(f"{CITY_CODE}.0{number}", f"Sở mẫu số {number}", parent=committee)
    hub = make_system(committee, system_id="TRUC.H99", include_subordinates=True)
    set_link(system=hub.system, is_hub=True, adds_trace=False)
    return {code: _open(agency, webhooks) for code, agency in agencies.items()} | {"hub": {"secret": hub.secret}}


def city(webhooks: dict[str, str], endpoint: str, secret: str) -> dict[str, Any]:
    from lienthong.gateways.national.upstreams import Terms, add_upstream
    from tests.factories import make_agency

    committee = make_agency(CITY_CODE, "UBND Thành phố Mẫu (mẫu)")
    agencies = [
        make_agency(f"{CITY_CODE}.0{number}", f"Sở mẫu số {number}", parent=committee) for number in range(1, 5)
    ]
    add_upstream(
        system_id="TRUC.QG",
        name="Trục liên thông quốc gia (mẫu)",
        endpoint=endpoint,
        remote_system_id="TRUC.H99",
        secret=secret,
        terms=Terms(own_codes=[CITY_CODE], poll_min=0.1, poll_max=0.3, timeout=5, adds_trace=False),
    )
    return {agency_code: _open(agency, webhooks) for agency_code, agency in zip(_codes(), agencies, strict=True)}


def _codes() -> list[str]:
    return [f"{CITY_CODE}.0{number}" for number in range(1, 5)]


def _open(agency: Any, webhooks: dict[str, str]) -> dict[str, str]:
    """A system of its own, with a webhook where there is an address, and a key of the REST interface."""
    from lienthong.gateways.webhook.addresses import set_webhook
    from lienthong.registry.models import AgencyIdentifier
    from lienthong.registry.services.api_keys import create_api_key
    from tests.factories import make_system

    code = AgencyIdentifier.objects.get(agency=agency).code
    made = make_system(agency, system_id=f"HUB.{code}")
    if code in webhooks:
        set_webhook(system=made.system, url=webhooks[code])
    token = create_api_key(system=made.system, rate_per_minute=_RATE).token
    return {"code": code, "system_id": made.system.system_id, "secret": made.secret, "token": token}


if __name__ == "__main__":
    main(*sys.argv[1:])
