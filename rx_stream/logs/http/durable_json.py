"""Messages of Durable Streams in JSON mode: kept as ``value,value,``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NoReturn, cast

__all__ = ["array_of", "pack", "values_of"]

_DEEPEST = 100
"""Levels of arrays and objects inside each other that a message may have."""


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _dumps(value: object) -> str:
    # A number such as 1e999 is read as infinity, which no reader of JSON takes.
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _check_depth(values: list[object]) -> None:
    """Refuse what a reader with a deeper stack could not read any more."""
    level, depth = values, 0
    while level := [inner for outer in level for inner in _inside(outer)]:
        depth += 1
        if depth > _DEEPEST:
            raise ValueError(f"it is nested deeper than {_DEEPEST} levels")


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()


def pack(body: bytes) -> bytes:
    """Return the values of a body as they are kept; an array is as many values.

    Raises:
        ValueError: It is not JSON, or nested too deeply.
    """
    try:
        parsed: object = json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError("Invalid JSON") from error
    values = cast("list[object]", parsed) if isinstance(parsed, list) else [parsed]
    _check_depth(values)
    return "".join(f"{_dumps(value)}," for value in values).encode("utf-8", "surrogatepass")


def values_of(data: bytes) -> list[object]:
    """Return the values of a message.

    Raises:
        ValueError: It is not whole.
    """
    text = data.decode("utf-8", "surrogatepass").removesuffix(",")
    return cast("list[object]", json.loads(f"[{text}]"))


def array_of(messages: Iterable[tuple[str, bytes]]) -> bytes:
    """Return messages, each with the offset behind it, as one array."""
    parts: list[bytes] = []
    for offset, data in messages:
        if b'"headers"' in data:
            packed = ",".join(_dumps(_with_offset(value, offset)) for value in values_of(data))
            parts.append(packed.encode("utf-8", "surrogatepass"))
        elif data:
            parts.append(data.removesuffix(b","))
    return b"[" + b",".join(parts) + b"]"


def _with_offset(value: object, offset: str) -> object:
    """Tell the offset inside messages of the State Protocol, which have a place for it."""
    if not isinstance(value, dict):
        return value
    message = cast("dict[str, object]", value)
    headers = message.get("headers")
    if not isinstance(headers, dict):
        return message
    known = cast("dict[str, object]", headers)
    if not isinstance(known.get("operation"), str) and not isinstance(known.get("control"), str):
        return message
    return {**message, "headers": {**known, "offset": offset}}
