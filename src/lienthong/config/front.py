"""Which requests are for programs. They are answered without the pages' middleware, and always as programs read."""

from __future__ import annotations

import re

_GATEWAYS = re.compile(r"/(?:vxp|api|log|webhook|healthz|readyz|metrics)(?:/|$)")


def is_gateway(path: str) -> bool:
    """Whether a path belongs to a gateway (or to what watches the system)."""
    return _GATEWAYS.match(path) is not None
