"""Encode a text as it arrives: emit the tokens of its start as soon as they are final."""

from __future__ import annotations

from rx_stream.core.tokens.split_codes import SAFE_BORDER
from rx_stream.core.tokens.tail_settler import SLICE, TailSettler
from rx_stream.core.tokens.token_pieces import TokenPieces

__all__ = ["TokenSettler"]


class TokenSettler(TailSettler):
    """Emits the tokens of the whole text; all of them together are its encoding.

    At most about 16,384 characters of text are held, and in any real language a few words.

    Args:
        pieces: The encoding.

    Attributes:
        exact: False once the bound has forced a cut that could not be proven.
    """

    __slots__ = ("_held", "_size")

    def __init__(self, pieces: TokenPieces) -> None:
        self._pieces = pieces
        self.exact = True
        self._begin("")
        self._forget()

    def _begin(self, tail: str) -> None:
        self._held = [tail]  # Text whose tokens are not final, in the pieces it came in.
        self._size = len(tail)

    def feed(self, text: str) -> list[int]:
        """Take a piece of text and return the tokens that are final now."""
        out: list[int] = []
        for start in range(0, len(text), SLICE):
            self._feed(text[start : start + SLICE], out)
        return out

    def flush(self) -> list[int]:
        """Return the tokens of the text that is held."""
        tokens = self._encode_tail("".join(self._held))
        self._begin("")
        self._forget()
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
            out += self._encode_tail("".join(self._held))
            self._begin(text[done:])
            self._forget()
        if self._size > self._next_long:
            final, tail = self._settle_long("".join(self._held))
            out += final
            self._begin(tail)
