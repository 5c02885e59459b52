"""Which call a piece of a tool call belongs to, and what in it is new."""

from __future__ import annotations

from rx_stream.core.llm.access import arguments_text
from rx_stream.core.tool_calls import ToolCallDelta

__all__ = ["ToolCallKeys"]


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
        self,
        key: int | str | None,
        id: str | None,
        name: str | None,
        arguments: str,
        *,
        position: int = 0,
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

    def _find(self, key: int | str | None, id: str | None, position: int) -> _Open:
        if key is None and id is not None and id in self._by_id:
            return self._by_id[id]
        place = ("position", position) if key is None else key
        call = self._by_key.get(place)
        if call is None:
            call = self._by_key[place] = self._open()
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
