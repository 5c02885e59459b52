"""Find what is final of the end of a text that has no safe border."""

from __future__ import annotations

from rx_stream.core.tokens.token_pieces import TokenPieces, without_half, without_surrogates
from rx_stream.core.tokens.token_runs import (
    CONTEXT,
    LONG,
    Frozen,
    Settled,
    continue_frozen,
    settle_frozen,
    settle_start,
)

__all__ = ["SLICE", "TailSettler"]

SLICE = 16_384
"""Characters of one tail that are held: beyond it a cut is forced."""


class TailSettler:
    """What counts tokens and what emits them have in common: a tail that may grow long.

    Attributes:
        exact: False once a bound has forced a cut that could not be proven.
    """

    __slots__ = ("_frozen", "_next_long", "_pieces", "exact")

    _pieces: TokenPieces
    _frozen: Frozen | None
    """What the tail goes on from, where it starts inside a part of the split pattern."""
    _next_long: int
    """The length at which the tail is next taken apart."""
    exact: bool

    def _forget(self) -> None:
        """Begin a tail that goes on from nothing."""
        self._frozen = None
        self._next_long = LONG

    def _encode_tail(self, tail: str) -> list[int]:
        """Return the tokens of a tail, as if the text ended with it."""
        if self._frozen is not None:
            tokens = continue_frozen(self._pieces, self._frozen, tail)
            if tokens is not None:
                return tokens
            self.exact = False
        return self._pieces.encode(tail)

    def _settle_long(self, tail: str) -> tuple[list[int], str]:
        """Return the tokens of a long tail that are final, and the rest of it."""
        tail = without_surrogates(tail)
        whole, half = without_half(tail)
        settled = self._settle_run(whole)
        final: list[int] = []
        if settled is not None:
            final, tail, self._frozen = settled.final, settled.rest + half, settled.frozen
        elif len(tail) > SLICE:
            self.exact = False
            middle = len(tail) // 2
            final, tail, self._frozen = self._encode_tail(tail[:middle]), tail[middle:], None
        # Taking apart costs the whole tail: the next time must be in proportion to it.
        size = len(tail)
        if self._frozen is None:
            self._next_long = max(LONG, size + size // 4)
        else:
            self._next_long = max(3 * CONTEXT, 2 * size)
        return final, tail

    def _settle_run(self, tail: str) -> Settled | None:
        pieces, frozen = self._pieces, self._frozen
        if frozen is None:
            return settle_start(pieces, tail)
        tokens = continue_frozen(pieces, frozen, tail)
        if tokens is None:
            self.exact = False
            self._frozen = None
            return None
        return settle_frozen(pieces, tail, tokens, frozen.head)
