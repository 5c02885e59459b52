"""Let text through up to a stop sequence, wherever the text is cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, cast

from rx_stream.core.text.spans import Spans
from rx_stream.core.text.text_items import TextItems
from rx_stream.types import StreamChunk, TextT

__all__ = ["StopItems", "StopSequences"]

_NONE: Mapping[str, object] = {}
"""Metadata of no chunk."""


class StopSequences:
    """Holds back what may be the beginning of a stop sequence.

    The sequence that is complete first ends the text; of two that end at one place, the longer.

    Args:
        sequences: The stop sequences, none of them empty.
        include: Whether the stop sequence itself is let through.
    """

    __slots__ = ("_first", "_firsts", "_held", "_include", "_longest", "_sequences", "stopped")

    def __init__(self, sequences: Sequence[str], *, include: bool) -> None:
        self._sequences = tuple(sequences)
        self._include = include
        self._longest = max(map(len, sequences)) - 1
        first = re.compile("[" + "".join(re.escape(s[0]) for s in sequences) + "]")
        self._first = first.search
        self._firsts = first.finditer
        self._held = ""
        self.stopped = False

    def feed(self, text: str, /) -> Sequence[str]:
        """Take more text and return what surely comes before any stop sequence."""
        if self.stopped or not text:
            return ()
        if not self._held and self._first(text) is None:
            return (text,)
        text = self._held + text  # At most one sequence long, so this stays linear.
        self._held = ""
        end = self._stop(text)
        if end is not None:
            self.stopped = True
            return (text[:end],) if end else ()
        keep = self._beginning(text)
        if keep:
            self._held = text[-keep:]
            text = text[:-keep]
        return (text,) if text else ()

    def _stop(self, text: str) -> int | None:
        """Return where the text ends, if a stop sequence is complete in it."""
        best: tuple[int, int] | None = None  # (end, start) of the first to be complete.
        for sequence in self._sequences:
            start = text.find(sequence)
            if start >= 0:
                found = (start + len(sequence), start)
                best = found if best is None else min(best, found)
        if best is None:
            return None
        return best[0] if self._include else best[1]

    def _beginning(self, text: str) -> int:
        """Return the length of the longest end of the text that may begin a stop sequence."""
        tail = text[-self._longest :] if self._longest else ""
        for found in self._firsts(tail):
            rest = tail[found.start() :]
            if any(sequence.startswith(rest) for sequence in self._sequences):
                return len(rest)
        return 0

    def flush(self) -> Sequence[str]:
        """Return what was held back: no stop sequence can follow it now."""
        held, self._held = self._held, ""
        return (held,) if held else ()


class StopItems(TextItems[TextT]):
    """Strings or chunks up to a stop sequence, and then the end of the stream.

    Every choice ends at its own stop sequence: what follows of it is left out. The stream ends
    when all choices that have come so far have ended.
    """

    __slots__ = ("_stops",)

    def __init__(self, sequences: Sequence[str], *, include: bool) -> None:
        # Not closed over as an attribute: that would be a cycle.
        self._stops = stops = list[StopSequences]()

        def make() -> StopSequences:
            stop = StopSequences(sequences, include=include)
            stops.append(stop)
            return stop

        super().__init__(make(), make=make)

    @property
    def outcome(self) -> Literal[True] | None:
        """True once a stop sequence has come."""
        for stop in self._stops:
            if not stop.stopped:
                return None
        return True

    def _turn(self, chunk: StreamChunk, out: list[object]) -> Spans | None:
        spans = super()._turn(chunk, out)
        if len(self._stops) < 2:
            return spans
        self._known = _NONE  # From now on every chunk comes here.
        over = cast("StopSequences", self._core).stopped
        return spans if chunk.is_complete or not over else None
