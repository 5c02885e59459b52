"""Count tokens as text arrives: exact after every piece, whatever the cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rx_stream.core.tokens.split_codes import SAFE_BORDER
from rx_stream.core.tokens.tail_settler import SLICE, TailSettler
from rx_stream.core.tokens.token_pieces import TokenPieces

if TYPE_CHECKING:
    from rx_stream.core.tokens.token_counter import EncodingLike

__all__ = ["TokenCounter", "count_whole"]

# A tail is remembered by its whole text up to this length, and beyond it a border is looked for.
_SOFT = 24
# tiktoken panics on a run of more than 1,000,000 blanks.
_LONGEST_ENCODED = 500_000


class TokenCounter(TailSettler):
    """Counts the tokens of a text that arrives in pieces.

    After each piece ``total`` is ``len(encoding.encode_ordinary(text))`` of all text so far. It
    costs about as much as encoding each piece by itself, which would give a wrong count; memory is
    bounded whatever arrives. The vocabulary is loaded here, at construction.

    Args:
        encoding: The name of an encoding or model, or a ``tiktoken.Encoding``; None means
            ``o200k_base``. Anything else that counts, see :func:`count_tokens`, is asked again for
            the end of the text, at most 2,304 characters, with each piece; so is an encoding with
            a split pattern that is not tiktoken's own: the rules are proven for those.

    Attributes:
        name: The name of the encoding.
        total: Tokens of all text so far.
        exact: False once a bound has forced a cut that could not be proven: more than 16,384
            characters of one run that fits no rule. No text of a real language gets there.

    Raises:
        ValueError: There is no encoding of this name.
        TypeError: It is nothing that counts.
        LookupError: The vocabulary is not on this machine.
    """

    __slots__ = ("_scanned", "_settled", "_tail", "_tail_count", "_tails", "name", "total")

    def __new__(cls, encoding: EncodingLike = None) -> TokenCounter:
        """Return a counter for whatever counts."""
        from rx_stream.core.tokens.token_counter import counter_factory

        return cast("TokenCounter", counter_factory(encoding, name="TokenCounter")())

    @classmethod
    def of(cls, pieces: TokenPieces) -> TokenCounter:
        """Return a counter for an encoding that is prepared already."""
        counter = super().__new__(cls)
        counter._start(pieces)
        return counter

    def _start(self, pieces: TokenPieces) -> None:
        self._pieces = pieces
        self._tails = pieces.tails
        self._settled = 0
        self._tail = ""
        self._tail_count = 0
        self._scanned = 0  # No safe border ends before this index of the tail.
        self.name = pieces.name
        self.total = 0
        self.exact = True
        self._forget()

    @property
    def settled(self) -> int:
        """Tokens that no further text can change; it only grows."""
        return self._settled

    @property
    def pending(self) -> str:
        """The end of the text, whose tokens may still change."""
        return self._tail

    def count_whole(self, text: str) -> int:
        """Return how many tokens another text has."""
        return count_whole(self._pieces, text)

    def feed(self, text: str, /) -> int:
        """Take a piece of text and return by how much the count has changed.

        The change is negative where the piece completes a longer token: "differen" are three
        tokens, "different" is one.
        """
        if len(text) > SLICE:  # In slices, so that the memory of a counter is bounded.
            return self._feed_slices(text)
        if not text:
            return 0
        before = self.total
        tail = self._tail
        if text[0] == " " and tail and not tail[-1].isspace():
            # A space after something else is a border whatever follows: the tail is final.
            self._settled += self._tail_count
            self._frozen = None
            self._scanned = 0
            tail = text
        else:
            tail += text
        if len(tail) > _SOFT:
            tail = self._settle(tail)
        count = self._tails.get(tail) if self._frozen is None else None
        if count is None:
            count = self._count(tail)
        self._tail = tail
        self._tail_count = count
        self.total = total = self._settled + count
        return total - before

    def _feed_slices(self, text: str) -> int:
        before = self.total
        for start in range(0, len(text), SLICE):
            self.feed(text[start : start + SLICE])
        return self.total - before

    def _count(self, tail: str) -> int:
        if self._frozen is not None:
            return len(self._encode_tail(tail))
        if len(tail) <= _SOFT:
            return self._pieces.count_tail(tail)
        return self._pieces.count(tail)

    def _settle(self, tail: str) -> str:
        """Settle what lies before the last safe border; return the rest."""
        border = SAFE_BORDER.match(tail, self._scanned)
        if border is not None:
            cut = border.end()
            self._settled += self._count(tail[:cut])
            self._forget()
            tail = tail[cut:]
        if len(tail) > self._next_long:
            final, tail = self._settle_long(tail)
            self._settled += len(final)
        self._scanned = max(0, len(tail) - 1)
        return tail


def count_whole(pieces: TokenPieces, text: str) -> int:
    """Return how many tokens a text of any length has by itself."""
    if len(text) > _LONGEST_ENCODED:
        return TokenCounter.of(pieces).feed(text)
    return len(pieces.encode(text))
