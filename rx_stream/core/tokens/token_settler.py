"""Encode a text as it arrives: emit the tokens of its start as soon as they are final."""

from __future__ import annotations

from rx_stream.core.tokens.split_codes import SAFE_BORDER
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

__all__ = ["TokenSettler"]

_SLICE = 16_384


class TokenSettler:
    """Emits the tokens of the whole text; all of them together are its encoding.

    At most about 16,384 characters of text are held, and in any real language a few words.

    Args:
        pieces: The encoding.

    Attributes:
        exact: False once the bound has forced a cut that could not be proven.
    """

    __slots__ = ("_frozen", "_held", "_next_long", "_pieces", "_size", "exact")

    def __init__(self, pieces: TokenPieces) -> None:
        self._pieces = pieces
        self.exact = True
        self._begin("")

    def _begin(self, tail: str) -> None:
        self._held = [tail]  # Text whose tokens are not final, in the pieces it came in.
        self._size = len(tail)
        self._next_long = LONG
        self._frozen: Frozen | None = None

    def feed(self, text: str) -> list[int]:
        """Take a piece of text and return the tokens that are final now."""
        out: list[int] = []
        for start in range(0, len(text), _SLICE):
            self._feed(text[start : start + _SLICE], out)
        return out

    def flush(self) -> list[int]:
        """Return the tokens of the text that is held."""
        tokens = self._encode("".join(self._held))
        self._begin("")
        return tokens

    def _feed(self, text: str, out: list[int]) -> None:
        seam = self._held[-1][-1:] + text
        border = SAFE_BORDER.match(seam)
        if border is None:
            self._held.append(text)
            self._size += len(text)
        else:
            done = border.end() - len(seam) + len(text)
            self._held.append(text[:done])
            out += self._encode("".join(self._held))
            self._begin(text[done:])
        if self._size > self._next_long:
            self._settle_long(without_surrogates("".join(self._held)), out)

    def _encode(self, text: str) -> list[int]:
        """Return the tokens of a text that ends where they are final."""
        if self._frozen is not None:
            tokens = continue_frozen(self._pieces, self._frozen, text)
            if tokens is not None:
                return tokens
            self.exact = False
        return self._pieces.encode(text)

    def _settle_long(self, tail: str, out: list[int]) -> None:
        whole, half = without_half(tail)
        settled = self._settle_run(whole)
        if settled is not None:
            out += settled.final
            self._begin(settled.rest + half)
            self._frozen = settled.frozen
        elif len(tail) > _SLICE:
            self.exact = False
            half = len(tail) // 2
            out += self._encode(tail[:half])
            self._begin(tail[half:])
        else:
            self._held = [tail]
        # Taking apart costs the whole tail: the next time must be in proportion to it.
        grown = 2 * self._size if self._frozen is not None else self._size + self._size // 4
        self._next_long = max(3 * CONTEXT if self._frozen is not None else LONG, grown)

    def _settle_run(self, tail: str) -> Settled | None:
        pieces, frozen = self._pieces, self._frozen
        if frozen is not None:
            tokens = continue_frozen(pieces, frozen, tail)
            if tokens is None:
                self.exact = False
                self._frozen = None
                return None
            return settle_frozen(pieces, tail, tokens, frozen.head)
        return settle_start(pieces, tail)
