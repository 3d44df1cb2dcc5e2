"""One byte form for one value, so that a hash made today can be made again in twenty years from a database row.

The JSON of RFC 8785 for the values that events use: objects with ASCII keys in sorted order, no white space, UTF-8,
integers that every JSON reader keeps exactly, no floats.
"""

from __future__ import annotations

import json
from typing import Any

_EXACT = 2**53 - 1  # beyond it, readers that take numbers for doubles would round


def encode(value: Any) -> bytes:
    """The canonical bytes of a JSON value.

    :raises ValueError: a float, an integer beyond 2**53 - 1, a key that is not ASCII, or a value JSON does not know
    """
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def decode(raw: bytes) -> Any:
    """Read canonical bytes back.

    :raises ValueError: these bytes are not the canonical form of what they say
    """
    try:
        value = json.loads(raw)
        same = encode(value) == raw
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not same:
        raise ValueError("not in canonical form")
    return value


def _check(value: Any) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if abs(value) > _EXACT:
            raise ValueError(f"{value} is not exact in every reader")
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise ValueError(f"key {key!r} is not ASCII text")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    else:
        raise ValueError(f"{kind.__name__} has no canonical form")
