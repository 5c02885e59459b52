"""Tool calls, put together from the pieces in which they are streamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from rx_stream.types import ToolCall

__all__ = ["ToolCallDelta", "ToolCalls"]


class ToolCallDelta(TypedDict):
    """One piece of one call, as it stands in ``metadata["tool_calls"]``.

    ``index`` is the call's number within its choice; ``id`` and ``name`` are told once.
    """

    index: int
    id: str | None
    name: str | None
    arguments_delta: str


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
