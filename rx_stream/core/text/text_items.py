"""Cut a stream of items: strings, chunks, and what is not text and passes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeAlias, cast

from rx_stream.core.protocols import Core, SettlingCore
from rx_stream.core.text.spans import Spans
from rx_stream.types import (
    NO_METADATA,
    StreamChunk,
    TextT,
    choice_of,
    only_reports,
    split_meaning,
)

__all__ = ["TextItems"]

_Lane: TypeAlias = tuple[Core[str, str], Spans]
"""What cuts the text of a choice, and where that came from."""


class TextItems(Generic[TextT]):
    """A core for items around a core for text.

    Text comes out as what it came in as. A chunk that says more than its text is a boundary: text
    held before it leaves before it. A report of usage is none, but stays behind the text that is
    held before it. Anything that is not text passes at once.

    Every choice (``metadata["choice"]``) is a text of its own. What a chunk says is a boundary in
    its own choice; the terminal chunk is one in all of them, in their order.

    Args:
        core: Cuts the text.
        make: Makes the cores of further choices. Without it, text held for one choice leaves when
            another one comes: it is cut there, but never mixed.
        trim: Whether to take the white space off both ends of each piece, and to drop pieces that
            have nothing else.
    """

    __slots__ = ("_choice", "_core", "_known", "_lanes", "_make", "_spans", "_trim")

    def __init__(
        self,
        core: Core[str, str],
        *,
        make: Callable[[], Core[str, str]] | None = None,
        trim: bool = False,
    ) -> None:
        self._core = core
        self._make = make
        self._trim = trim
        # Of the choice whose turn it is, as the core is; None while text comes in strings.
        self._spans: Spans | None = None
        self._choice: int = 0
        self._known: Mapping[str, object] = NO_METADATA  # Belongs to that choice.
        self._lanes: dict[int, _Lane] = {}  # Of every choice, that one included.

    def feed(self, item: TextT, /) -> Sequence[TextT]:
        """Take one item and return the pieces that are now complete."""
        out: list[object] = []
        if isinstance(item, StreamChunk):
            self._feed_chunk(item, out)
        elif isinstance(item, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            if self._spans is not None:
                out += self.flush()
                self._spans = None
                self._lanes = {}
            self._put(self._core.feed(item), out, None)
        else:
            out.append(item)  # Anything may travel in a stream, e.g. its progress.
        return cast("Sequence[TextT]", out)

    def settle(self) -> Sequence[TextT]:
        """Return what waits only for look-ahead."""
        out: list[object] = []
        for core, spans in self._in_order():
            self._put(cast("SettlingCore[str, str]", core).settle(), out, spans)
        return cast("Sequence[TextT]", out)

    def flush(self) -> Sequence[TextT]:
        """Return the text that is held."""
        out: list[object] = []
        for core, spans in self._in_order():
            self._put(core.flush(), out, spans)
        return cast("Sequence[TextT]", out)

    def _in_order(self) -> list[tuple[Core[str, str], Spans | None]]:
        lanes = self._lanes
        if len(lanes) < 2:
            return [(self._core, self._spans)]
        return [lanes[choice] for choice in sorted(lanes)]

    def _feed_chunk(self, chunk: StreamChunk, out: list[object]) -> None:
        spans = self._spans
        if spans is None or chunk.metadata is not self._known:
            spans = self._turn(chunk, out)
            if spans is None:
                return
        text = chunk.content
        metadata, behind = split_meaning(chunk)
        if text:
            spans.add((len(text), chunk.token_count, metadata))
            pieces = self._core.feed(text)
            if pieces:
                self._put(pieces, out, spans)
        if behind is not None:
            if chunk.is_complete:
                out += self.flush()
            else:
                self._put(self._core.flush(), out, spans)
            out.append(behind)
        elif only_reports(chunk):
            spans.add_report(chunk.metadata)
            self._put_report(out, spans)

    def _turn(self, chunk: StreamChunk, out: list[object]) -> Spans | None:
        """Turn to the choice of a chunk and return its spans; None where it is not wanted."""
        self._known = chunk.metadata
        choice = choice_of(chunk.metadata)
        spans = self._spans
        if spans is None:
            out += self.flush()
            spans = Spans()
            self._lanes = {choice: (self._core, spans)}  # The core goes on with the first to come.
        elif choice == self._choice:
            return spans
        elif self._make is None:
            self._put(self._core.flush(), out, spans)
        elif choice in self._lanes:
            self._core, spans = self._lanes[choice]
        else:
            self._core, spans = self._make(), Spans()
            self._lanes[choice] = (self._core, spans)
        self._choice, self._spans = choice, spans
        return spans

    def _put(self, pieces: Sequence[str], out: list[object], spans: Spans | None) -> None:
        for piece in pieces:
            shown = piece.strip() if self._trim else piece
            made = shown if spans is None else spans.piece(piece, shown)
            if shown:
                out.append(made)
            if spans is not None and spans.has_reports:
                self._put_report(out, spans)

    @staticmethod
    def _put_report(out: list[object], spans: Spans) -> None:
        report = spans.take_report()
        if report is not None:
            out.append(report)
