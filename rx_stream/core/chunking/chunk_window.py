"""The part of a text from which the next chunk is cut, with its tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from rx_stream.core.chunking.chunk_clusters import cluster_around
from rx_stream.core.tokens.text_tokens import Tokens

__all__ = ["ChunkWindow"]


class ChunkWindow:
    """Text that is not chunked yet. Places count characters from the start of the whole text.

    Args:
        tokens: Tells the tokens of the text.

    Attributes:
        start: Where the next chunk begins, with what it repeats of the one before.
        fresh: Where its new text begins.
        first: The token, counted from the start of the whole text, that begins at ``start``.
        bordered: Whether no token spans ``start``.
        size: Characters of the whole text so far.
        ended: Whether the text has ended.
    """

    __slots__ = (
        "_base",
        "_ends",
        "_parts",
        "_settled",
        "_text",
        "_token_base",
        "_tokens",
        "bordered",
        "ended",
        "first",
        "fresh",
        "size",
        "start",
    )

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._text = ""  # The text from ``_base`` on, without the parts that came since.
        self._base = 0
        self._parts: list[str] = []
        self._ends: list[int] = []  # Where the tokens from ``_token_base`` on end.
        self._token_base = 0
        self._settled = 0  # Where the last settled token ends.
        self.start = self.fresh = self.first = self.size = 0
        self.bordered = True
        self.ended = False

    def feed(self, text: str) -> None:
        """Take more text."""
        self.hold(text)
        self.ended = False
        self._settle(self._tokens.feed(text))

    def hold(self, text: str) -> None:
        """Take text whose tokens nobody will ask for."""
        self._parts.append(text)
        self.size += len(text)

    def end(self) -> None:
        """Note that the text has ended."""
        self._settle(self._tokens.flush())
        self.ended = True

    def _settle(self, lengths: Sequence[int]) -> None:
        if lengths:
            self._ends += [*accumulate(lengths, initial=self._settled)][1:]
            self._settled = self._ends[-1]

    @property
    def text(self) -> str:
        """The text that is held; it begins at :attr:`base`."""
        if self._parts:
            self._text += "".join(self._parts)
            self._parts.clear()
        return self._text

    @property
    def base(self) -> int:
        """Where :attr:`text` begins."""
        return self._base

    def slice(self, start: int, end: int) -> str:
        """Return a part of the text."""
        return self.text[start - self._base : end - self._base]

    @property
    def available(self) -> int:
        """How many settled tokens there are from ``first`` on."""
        return len(self._ends) + self._token_base - self.first

    def end_of(self, token: int) -> int:
        """Return where a token ends; where it begins, for the one after it."""
        index = token - self._token_base
        return self._ends[index] if index >= 0 else self._base

    def tokens_before(self, at: int) -> int:
        """Return how many tokens end at a place or before it."""
        return self._token_base + bisect_right(self._ends, at)

    def end_before(self, at: int) -> int:
        """Return the last end of a token that is before a place, or 0."""
        index = bisect_left(self._ends, at) - 1
        return self._ends[index] if index >= 0 else 0

    def strides(self, count: int) -> Iterator[int]:
        """Yield where every ``count``-th token from ``first`` on ends, while that is a border.

        The last one that there is so far is left out: more may belong to its character.
        """
        text, base, tokens = self.text, self._base, self._tokens
        for at in self._ends[self.first - self._token_base + count - 1 : -1 : count]:
            around = text[at - base - 1 : at - base + 1]
            if not (around.isascii() and tokens.is_border(around)):
                break
            yield at

    def is_border(self, at: int) -> bool:
        """Tell whether no token of any text around it spans a place."""
        if at == 0 or (at == self.size and self.ended):
            return self._tokens.whole
        around = self.slice(at - 1, at + 1)
        return len(around) == 2 and self._tokens.is_border(around)

    def count(self, start: int, end: int, *, from_border: bool) -> int:
        """Return how many tokens a part of the text has by itself.

        Between two borders that are one whatever is around, the tokens are those of the whole
        text; so only what lies before the first and after the last of them is encoded.

        Args:
            start: Where it begins.
            end: Where it ends.
            from_border: Whether it begins at a border.
        """
        first, last = start, end
        apart = 0
        tokens = self._tokens
        if not self.is_border(end):
            text = self.slice(start, end)
            inner = tokens.last_border(text)
            if inner is None:
                return tokens.count(text)
            last = start + inner
            apart = tokens.count(text[inner:])
        if not from_border:
            text = self.slice(start, last)
            inner = tokens.first_border(text)
            first = start + len(text) if inner is None else start + inner
            apart += tokens.count(text[:inner])
        return apart + self.tokens_before(last) - self.tokens_before(first)

    def cluster_at(self, at: int, low: int) -> tuple[int, int]:
        """Return the start and end of the grapheme cluster that a place is inside, or the place.

        Args:
            at: The place.
            low: A place before it that is not inside one.
        """
        base = self._base
        if at == base:
            return at, at
        start, end = cluster_around(self.text, at - base, low - base)
        return start + base, end + base

    def begin(self, start: int, fresh: int) -> None:
        """Begin the next chunk at ``start``, its new text at ``fresh``."""
        self.start, self.fresh = start, fresh
        self.first = self.tokens_before(start)
        self.bordered = self.is_border(start)

    def shorten_overlap(self) -> None:
        """Give up the first token of what is repeated: nothing new would fit."""
        start = max(self.start + 1, self.end_of(self.first))
        _, start = self.cluster_at(min(self.fresh, start), self.start)
        self.begin(min(self.fresh, start), self.fresh)

    def forget(self) -> None:
        """Drop what lies before the start of the next chunk, and one character."""
        keep = max(self._base, self.start - 1)
        self._text = self.text[keep - self._base :]
        self._base = keep
        passed = max(0, self.first - self._token_base - 1)
        del self._ends[:passed]
        self._token_base += passed
