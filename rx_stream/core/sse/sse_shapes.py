"""Whole blocks in, events out, for the shapes that servers really write."""

from __future__ import annotations

import re
from itertools import repeat

from rx_stream.core.sse.sse_framing import BlockReader
from rx_stream.types import ServerSentEvent

__all__ = ["ShapeReader"]

# Whole events of an id or a name, and one data line.
_PAIRS = {
    "i": re.compile(r"^id: ([^\n\0]+)\ndata: (.*)\n\n", re.MULTILINE),
    "e": re.compile(r"^event: (.+)\ndata: (.*)\n\n", re.MULTILINE),
}

# Whole events of one id, one name and one data line, in the orders that servers write.
_FIELDS = re.compile(
    r"^(?:id: ([^\n\0]+)\n)?(?:event: (.+)\n)?(?:id: ([^\n\0]+)\n)?data: (.*)\n\n", re.MULTILINE
)


class ShapeReader(BlockReader):
    """Decodes blocks of a usual shape with a few calls for all of them, not some for every line.

    A shape is taken only where the count of line ends proves that nothing else is inside.

    Args:
        limit: Bytes that the lines of one block may have.
        last_event_id: The last event id to start with.
    """

    __slots__ = ("last_event_id",)

    def __init__(self, limit: int, last_event_id: str) -> None:
        super().__init__(limit)
        self.last_event_id = last_event_id

    def _data_only(self, text: str) -> list[ServerSentEvent] | None:
        """Return the events if all lines are data lines, else None."""
        many = text[6:-2].split("\n\ndata: ")
        more = text.count("\n") - 2 * len(many)
        if more:
            # What the lines of one event are joined with is what they are cut at.
            if text.count("\ndata: ") - len(many) + 1 != more:
                return None
            if len(many) == 1:
                data = many[0].replace("\ndata: ", "\n")
                return [ServerSentEvent(data, None, self.last_event_id)]
            many = [data.replace("\ndata: ", "\n") for data in many]
        return list(map(ServerSentEvent, many, repeat(None), repeat(self.last_event_id)))

    def _one(self, head: str, data: str) -> list[ServerSentEvent] | None:
        """Return the event if ``head`` has a name or an id or both, and nothing else, or None."""
        first, line_end, second = head.partition("\n")
        if first[:7] == "event: ":
            name = first[7:] or None
            if not line_end:
                return [ServerSentEvent(data, name, self.last_event_id)]
            if second[:4] == "id: " and "\n" not in second and "\0" not in second:
                self.last_event_id = second[4:]
                return [ServerSentEvent(data, name, self.last_event_id)]
        elif first[:4] == "id: " and "\0" not in first:
            if not line_end:
                self.last_event_id = first[4:]
                return [ServerSentEvent(data, None, self.last_event_id)]
            if second[:7] == "event: " and "\n" not in second:
                self.last_event_id = first[4:]
                return [ServerSentEvent(data, second[7:] or None, self.last_event_id)]
        return None

    def _many(self, text: str) -> list[ServerSentEvent] | None:
        """Return the events if they have ids, names and one data line only, else None."""
        kind = text[0]
        if kind in _PAIRS:
            pairs: list[tuple[str, str]] = _PAIRS[kind].findall(text)
            if pairs and text.count("\n") == 3 * len(pairs):
                return self._from_pairs(kind, pairs)
        fields: list[tuple[str, str, str, str]] = _FIELDS.findall(text)
        left = text.count("\n") - 2 * len(fields)
        last = self.last_event_id
        events: list[ServerSentEvent] = []
        for before, name, after, data in fields:
            if name:
                left -= 1
            if before:
                last = before
                left -= 1
            if after:
                last = after
                left -= 1
            events.append(ServerSentEvent(data, name or None, last))
        if left or not events:
            return None
        self.last_event_id = last
        return events

    def _from_pairs(self, kind: str, pairs: list[tuple[str, str]]) -> list[ServerSentEvent]:
        heads, data = zip(*pairs, strict=True)
        if kind == "e":
            return list(map(ServerSentEvent, data, heads, repeat(self.last_event_id)))
        self.last_event_id = heads[-1]
        return list(map(ServerSentEvent, data, repeat(None), heads))
