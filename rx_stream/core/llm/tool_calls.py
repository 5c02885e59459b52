"""Tool calls, put together from the pieces in which they are streamed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TypedDict

from rx_stream.core.llm.access import plain
from rx_stream.types import ToolCall

__all__ = ["ToolCallDelta", "ToolCallKeys", "ToolCalls", "arguments_text"]


class ToolCallDelta(TypedDict):
    """One piece of one call, as it stands in ``metadata["tool_calls"]``.

    ``index`` is the call's number within its choice; ``id`` and ``name`` are told once.
    """

    index: int
    id: str | None
    name: str | None
    arguments_delta: str


def arguments_text(arguments: object) -> str:
    """Return arguments as JSON text, also where a provider gives them as an object."""
    if arguments is None:
        return ""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(plain(arguments), ensure_ascii=False)


class _Open:
    """What has been told of a call so far."""

    __slots__ = ("id", "index", "name")

    def __init__(self, index: int) -> None:
        self.index = index
        self.id: str | None = None
        self.name: str | None = None


class ToolCallKeys:
    """Tells which call a piece belongs to, and what in it is new.

    A provider's own index is the key; without one the id, and without that the position in the
    list. An index that comes again with another id and a name is another call.
    """

    __slots__ = ("_by_id", "_by_key", "_count")

    def __init__(self) -> None:
        self._count = 0
        self._by_key: dict[object, _Open] = {}
        self._by_id: dict[str, _Open] = {}

    def delta(
        self, key: object, id: str | None, name: str | None, arguments: str, *, position: int = 0
    ) -> ToolCallDelta:
        """Return the piece of a call with its index, and with id and name where they are new."""
        if id == "null":
            id = None  # Mistral's SDK writes a missing id so.
        call = self._find(key, id or None, position)
        if name and id and call.name is not None and call.id not in (None, id):
            call = self._by_key[key] = self._open()
        fresh_id = id if id and call.id is None else None
        fresh_name = name if name and call.name is None else None
        if fresh_id:
            call.id = fresh_id
            self._by_id[fresh_id] = call
        if fresh_name:
            call.name = fresh_name
        return {
            "index": call.index,
            "id": fresh_id,
            "name": fresh_name,
            "arguments_delta": arguments,
        }

    def _find(self, key: object, id: str | None, position: int) -> _Open:
        if key is None:
            if id is not None and id in self._by_id:
                return self._by_id[id]
            key = ("position", position)
        call = self._by_key.get(key)
        if call is None:
            call = self._by_key[key] = self._open()
        return call

    def _open(self) -> _Open:
        call = _Open(self._count)
        self._count += 1
        return call

    def whole(self, id: str | None, name: str | None, arguments: object) -> ToolCallDelta:
        """Return a call that came in one piece."""
        index = self._count
        self._count += 1
        return {
            "index": index,
            "id": id or None,
            "name": name,
            "arguments_delta": arguments_text(arguments),
        }


class ToolCalls:
    """Puts the pieces of calls together, whatever order they come in."""

    __slots__ = ("_calls",)

    def __init__(self) -> None:
        self._calls: dict[tuple[object, object], tuple[dict[str, str | None], list[str]]] = {}

    def feed(self, choice: object, deltas: Iterable[Mapping[str, object]]) -> None:
        """Take the ``tool_calls`` of one chunk's metadata."""
        for delta in deltas:
            key = (choice, delta.get("index"))
            known, pieces = self._calls.setdefault(key, ({"id": None, "name": None}, []))
            for field in ("id", "name"):
                value = delta.get(field)
                if isinstance(value, str) and known[field] is None:
                    known[field] = value
            arguments = delta.get("arguments_delta")
            if isinstance(arguments, str):
                pieces.append(arguments)

    def result(self) -> list[ToolCall]:
        """Return the calls so far, in the order in which they began."""
        return [
            {"id": known["id"], "name": known["name"], "arguments": "".join(pieces)}
            for known, pieces in self._calls.values()
        ]
