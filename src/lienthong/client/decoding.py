"""JSON to the dataclasses of ``models``. Fields that are not known are left out, so that an older client goes on."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")

_PARSERS: dict[Any, Any] = {datetime: datetime.fromisoformat, date: date.fromisoformat, UUID: UUID}


def decode(shape: type[T], value: Any) -> T:
    """Read a JSON value as ``shape``.

    :raises ValueError: it is not of that shape
    """
    try:
        decoded: T = _decode(shape, value)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {getattr(shape, '__name__', shape)}: {error}") from error
    return decoded


def _decode(shape: Any, value: Any) -> Any:
    if is_dataclass(shape):
        return _group(shape, value, {})
    origin, inner = get_origin(shape), get_args(shape)
    if origin in (Union, types.UnionType):
        return None if value is None else _decode(inner[0], value)
    if origin is list:
        return [_decode(inner[0], item) for item in value]
    if is_dataclass(origin):  # a generic one, with its items' type
        return _group(origin, value, dict(zip(_parameters(origin), inner, strict=True)))
    parse = _PARSERS.get(shape)
    return parse(value) if parse else value


def _group(shape: Any, value: dict[str, Any], bound: dict[Any, Any]) -> Any:
    hints = _hints(shape)
    read = {}
    for item in fields(shape):
        if item.name in value:
            read[item.name] = _decode(_bind(hints[item.name], bound), value[item.name])
    return shape(**read)


def _bind(hint: Any, bound: dict[Any, Any]) -> Any:
    return hint[tuple(bound.values())] if bound and _parameters(hint) else hint


def _parameters(hint: Any) -> tuple[Any, ...]:
    return tuple(getattr(hint, "__parameters__", ()))


@cache
def _hints(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape)
