"""Tool calls, put together from the pieces in which they are streamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict, cast

from rx_stream.types import ToolCall

__all__ = ["ToolCallDelta", "ToolCalls", "call_deltas"]


class ToolCallDelta(TypedDict):
    """One piece of one call, as it stands in ``metadata["tool_calls"]``.

    ``index`` is the call's number within its choice; ``id`` and ``name`` are told once.
    """

    index: int
    id: str | None
    name: str | None
    arguments_delta: str


def call_deltas(metadata: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the pieces of calls that a chunk brings; what is no piece of one is left out."""
    deltas = metadata.get("tool_calls")
    if not isinstance(deltas, (list, tuple)):
        return []
    return [
        cast("Mapping[str, object]", delta)
        for delta in cast("Sequence[object]", deltas)
        if isinstance(delta, Mapping)
    ]


class ToolCalls:
    """Puts the pieces of one answer's calls together, whatever order they come in."""

    __slots__ = ("_calls",)

    def __init__(self) -> None:
        self._calls: dict[object, tuple[dict[str, str | None], list[str]]] = {}

    def feed(self, deltas: Iterable[Mapping[str, object]]) -> None:
        """Take the pieces that one chunk brings."""
        for delta in deltas:
            index = delta.get("index")
            known, pieces = self._calls.setdefault(index, ({"id": None, "name": None}, []))
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
