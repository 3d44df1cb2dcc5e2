"""Whose request it is: network addresses, also behind proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings


def address_behind(meta: Mapping[str, Any]) -> str:
    """The caller's address: behind proxies that the operator trusts, the last one before them."""
    address = str(meta.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    while hops and is_within(address, settings.TRUSTED_PROXIES):
        address = hops.pop()
    return address


def is_within(address: str, networks: list[str] | tuple[str, ...]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies in none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in networks)
