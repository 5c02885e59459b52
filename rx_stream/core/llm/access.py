"""Reading what came, whether it is a parsed dict or an object of some SDK."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Protocol, cast, runtime_checkable

__all__ = ["arguments_text", "get", "integer", "items", "place", "plain", "text", "word"]


@runtime_checkable
class _Dumps(Protocol):
    def model_dump(self, *, exclude_none: bool) -> dict[str, object]: ...


def get(source: object, name: str) -> object:
    """Return a field of a mapping or an object; None where it is not there."""
    if type(source) is dict:  # Asking for a Mapping costs five times as much.
        return source.get(name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if source is None:
        return None
    if isinstance(source, Mapping):
        return cast("Mapping[str, object]", source).get(name)
    return getattr(source, name, None)


def text(source: object, name: str) -> str:
    """Return a field that is text; an empty string where it is anything else."""
    value = get(source, name)
    return value if isinstance(value, str) else ""


def integer(source: object, name: str) -> int | None:
    """Return a field that is a whole number; None where it is anything else."""
    value = get(source, name)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # Cohere's SDK has its counts as floats.
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def place(source: object, name: str) -> int | str | None:
    """Return a field that tells one thing of several from the others, which is also a dict's key.

    None where it is anything but a whole number or text: lists and objects have no hash.
    """
    value = get(source, name)
    return value if isinstance(value, str) else integer(source, name)


def items(source: object, name: str) -> Sequence[object]:
    """Return a field that is a list; an empty one where it is anything else."""
    value = get(source, name)
    if isinstance(value, (list, tuple)):
        return value  # pyright: ignore[reportUnknownVariableType]
    return ()


def word(value: object) -> str | None:
    """Return a word as the provider wrote it, also where an SDK made an enumeration of it."""
    if value is None or type(value) is str:
        return value or None
    if isinstance(value, Enum):
        value = cast("object", value.value)
    return value if isinstance(value, str) and value else None


def plain(value: object) -> object:
    """Return dicts, lists and scalars for an object of some SDK, without the empty fields."""
    if value is None or isinstance(value, (str, int, float)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        return {name: plain(field) for name, field in mapping.items()}
    if isinstance(value, (list, tuple)):
        return [plain(field) for field in cast("Iterable[object]", value)]
    if isinstance(value, Enum):
        return cast("object", value.value)
    if isinstance(value, _Dumps):
        return plain(value.model_dump(exclude_none=True))
    fields = cast("dict[str, object]", getattr(value, "__dict__", {}))
    return {name: plain(field) for name, field in fields.items() if not name.startswith("_")}


def arguments_text(arguments: object) -> str:
    """Return arguments as JSON text, also where a provider gives them as an object."""
    if arguments is None:
        return ""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(plain(arguments), ensure_ascii=False)
