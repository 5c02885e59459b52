"""Count the text that a provider does not count itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rx_stream.core.tokens.token_counter import CountsTokens
from rx_stream.types import StreamChunk

__all__ = ["TokenCounts"]


class _Tally:
    """The exact count of one text, and how much of it chunks have been given."""

    __slots__ = ("counter", "given")

    def __init__(self, counter: CountsTokens) -> None:
        self.counter = counter
        self.given = 0


class TokenCounts:
    """Gives chunks of text the tokens by which the exact count so far grows with each.

    The vocabulary is loaded with the first text that needs it. Where there is none, tokens stay
    unknown: that is no reason to lose an answer.
    """

    __slots__ = ("_make", "_name", "_tallies")

    def __init__(self) -> None:
        self._make: Callable[[], CountsTokens] | None = None
        self._name: str | None = None
        # By identity: all text of one choice and channel shares one mapping.
        self._tallies: dict[int, tuple[_Tally, Mapping[str, object]]] = {}

    @property
    def source(self) -> str | None:
        """Name of the encoding that counts; None where nothing can."""
        if self._name is None:
            from rx_stream.core.tokens.token_counter import counter_factory

            try:
                self._make = counter_factory(None, name="from_llm")
                self._name = self._make().name
            except LookupError:
                self._name = ""
        return self._name or None

    def fill(self, chunks: Sequence[StreamChunk]) -> None:
        """Set the count of every chunk that has text and no count."""
        make = self._make
        if make is None:
            return
        for chunk in chunks:
            text = chunk.content
            if not text or chunk.token_count is not None:
                continue
            metadata = chunk.metadata
            known = self._tallies.get(id(metadata))
            if known is None:
                known = self._tallies[id(metadata)] = (_Tally(make()), metadata)
            tally = known[0]
            counter = tally.counter
            counter.feed(text)
            grown = counter.total - tally.given
            # A piece that completes a longer token makes the count smaller: what was given stays.
            if grown > 0:
                tally.given += grown
                chunk.token_count = grown
            else:
                chunk.token_count = 0
