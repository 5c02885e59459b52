"""Show text at a steady pace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from rx_stream.core.pacing.playout import Playout
from rx_stream.core.pacing.unit_queue import UnitQueue
from rx_stream.core.protocols import EPSILON, SHUT, Core
from rx_stream.types import StreamChunk, choice_of, only_reports, split_meaning

__all__ = ["Smoother"]

_Item = TypeVar("_Item")

_FULL = 1024
"""Units that may wait here before a pausable source waits."""

_STRINGS = "strings"
_SMALL = 32
"""Units of a first chunk that is shown at once; a longer one is no delta but a whole text."""


class Smoother(Generic[_Item]):
    """Gives out the text of items in units, at most once a frame.

    One playout shows all choices in the order in which they come. A piece has text of one choice
    only: where another choice speaks, the unit that was not yet whole is shown as it is.

    Args:
        splitter: Cuts text into units.
        playout: Decides how many of them are due.
        frame: Seconds between two emissions.
        patience: Seconds after which text that is not yet a whole unit counts as one; None for
            the lag that the playout is at.
    """

    __slots__ = (
        "_frame",
        "_held",
        "_held_since",
        "_next",
        "_patience",
        "_playout",
        "_queue",
        "_shown",
        "_splitter",
        "_voice",
        "pausable",
    )

    def __init__(
        self,
        splitter: Core[str, str],
        playout: Playout,
        frame: float,
        patience: float | None,
    ) -> None:
        self._splitter = splitter
        self._playout = playout
        self._frame = frame
        self._patience = patience
        self._queue: UnitQueue[_Item] = UnitQueue()
        self._held = 0  # Characters in the splitter.
        self._held_since = 0.0
        self._voice: int | str | None = None  # The choice of the last text.
        self._shown = False
        self._next = 0.0  # Nothing is shown before this.
        self.pausable = False

    @property
    def backlog(self) -> int:
        """What a gate counts: nothing, until so much waits that a pausable source must wait.

        Few units are no reason to wait: how fast text comes is what decides how fast it is shown.
        """
        return SHUT if self._playout.backlog >= _FULL else 0

    def start(self, now: float) -> Sequence[_Item]:
        """Begin."""
        self._next = now
        return ()

    def feed(self, item: _Item, now: float, /) -> Sequence[_Item]:
        """Take an item and return what is due."""
        if isinstance(item, StreamChunk):
            self._feed_chunk(item, now)
        elif isinstance(item, str):
            self._speaks(_STRINGS, now)
            self._feed_text(item, now)
        else:
            return (*self.tick(now), item)
        return self.tick(now)

    def _feed_chunk(self, chunk: StreamChunk, now: float) -> None:
        metadata, behind = split_meaning(chunk)
        if chunk.content:
            self._speaks(choice_of(metadata), now)
            self._queue.describe(chunk, metadata)
            self._feed_text(chunk.content, now)
        elif behind is None and only_reports(chunk):
            behind = chunk  # It keeps its place.
        if behind is not None:
            self._close_unit(now)
            self._queue.add_border(behind)

    def _speaks(self, voice: int | str, now: float) -> None:
        """Part strings from chunks, and one choice from another, where a stream has both."""
        if self._voice != voice:
            self._close_unit(now)
            self._queue.switch(chunks=voice != _STRINGS)
            self._voice = voice

    def _feed_text(self, text: str, now: float) -> None:
        if not text:
            return
        self._playout.arrive(now)
        held = self._held
        if not held:
            self._held_since = now
        units = self._splitter.feed(text)
        self._held += len(text)
        if units:
            self._add_since(units, held, now)
        if self._patience is None and not self._shown and text[-1].isascii() and text[-1] != "\r":
            # The first text goes at once. That a mark follows its last letter is unlikely.
            self._close_unit(now)

    def _add(self, units: Sequence[str]) -> None:
        self._held -= sum(map(len, units))
        self._queue.add(units)
        self._playout.add(len(units), self._held_since)

    def _add_since(self, units: Sequence[str], held: int, now: float) -> None:
        """Take units, the first of which began in text held from before."""
        late = 0
        while held > 0 and late < len(units):
            held -= len(units[late])
            late += 1
        if late:
            self._add(units[:late])
        self._held_since = now
        if late < len(units):
            self._add(units[late:])

    def _close_unit(self, now: float) -> None:
        """Take what the splitter holds for a unit."""
        if self._held:
            self._add(self._splitter.flush())
            self._held_since = now

    def tick(self, now: float, /) -> Sequence[_Item]:
        """Return what is due, at most once a frame."""
        playout = self._playout
        if self._held and now >= self._overdue() - EPSILON:
            self._close_unit(now)
        if not playout.backlog:
            return self._queue.take(0)
        if now < self._next - EPSILON:
            return ()
        at_once = not self._shown and playout.backlog <= _SMALL
        # A source that is held back has more to show: its pace is not known, and not ours to set.
        least = playout.backlog // 4 if self.pausable and self.backlog else 0
        units = playout.take_all() if at_once else playout.step(now, least)
        self._next = now + self._frame
        if not units:
            return ()
        self._shown = True
        return self._queue.take(units)

    def _overdue(self) -> float:
        patience = self._patience
        return self._held_since + (self._playout.patience if patience is None else patience)

    def flush(self, now: float, /) -> Sequence[_Item]:
        """Note the end: the rest is shown within the time for draining."""
        self._close_unit(now)
        self._playout.end(now)
        return self.tick(now)

    def wake_at(self) -> float | None:
        """Return when the next frame is, or when an unfinished unit has waited long enough."""
        if self._playout.backlog:
            return self._next
        return self._overdue() if self._held else None
