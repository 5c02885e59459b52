"""Where the tokens of a text end, as it arrives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from rx_stream.core.tokens.counted_splitter import BLOCK
from rx_stream.core.tokens.exact_counter import count_whole
from rx_stream.core.tokens.split_codes import FIRST_SAFE_BORDER, SAFE_BORDER
from rx_stream.core.tokens.token_counter import EncodingLike
from rx_stream.core.tokens.token_pieces import TokenPieces, pieces_of
from rx_stream.core.tokens.token_recounter import counting_function
from rx_stream.core.tokens.token_settler import TokenSettler
from rx_stream.core.tokens.vocabulary import encoding_of

__all__ = ["CountedTokens", "TextTokens", "Tokens", "tokens_factory"]

# Up to here looking parts up is faster than encoding.
_SHORT = 48


@lru_cache(maxsize=4096)
def _is_safe(pair: str) -> bool:
    return SAFE_BORDER.match(pair) is not None


class Tokens(Protocol):
    """Tells the lengths of the tokens of a text, and counts.

    Attributes:
        name: What counts.
        whole: Whether the lengths are those of the tokens of the whole text.
    """

    name: str
    whole: bool

    def feed(self, text: str, /) -> Sequence[int]:
        """Take a piece of text and return the lengths, in characters, of its settled tokens."""
        ...

    def flush(self) -> Sequence[int]:
        """Return the lengths of the tokens that were not settled."""
        ...

    def count(self, text: str, /) -> int:
        """Return how many tokens a text has by itself."""
        ...

    def is_border(self, pair: str, /) -> bool:
        """Tell whether tokens never span the place between two characters, whatever is around."""
        ...

    def first_border(self, text: str, /) -> int | None:
        """Return the first such place inside a text, if there is one."""
        ...

    def last_border(self, text: str, /) -> int | None:
        """Return the last such place inside a text, if there is one."""
        ...


class TextTokens:
    """The tokens of the whole text, by a vocabulary.

    A token that ends inside a character has all of it; one that only continues it has length 0.

    Args:
        pieces: The encoding.
    """

    __slots__ = ("_pieces", "_settler", "name", "whole")

    def __init__(self, pieces: TokenPieces) -> None:
        self._pieces = pieces
        self._settler = TokenSettler(pieces)
        self.name = pieces.name
        self.whole = True

    def count(self, text: str, /) -> int:
        """Return how many tokens a text has by itself."""
        if len(text) <= _SHORT:
            return self._pieces.count(text)
        return count_whole(self._pieces, text)

    def feed(self, text: str, /) -> Sequence[int]:
        """Take a piece of text and return the lengths of its settled tokens."""
        return [*map(self._pieces.character_starts.__getitem__, self._settler.feed(text))]

    def flush(self) -> Sequence[int]:
        """Return the lengths of the tokens that were not settled."""
        return [*map(self._pieces.character_starts.__getitem__, self._settler.flush())]

    def is_border(self, pair: str, /) -> bool:
        """Tell whether tokens never span the place between two characters, whatever is around."""
        return _is_safe(pair)

    def first_border(self, text: str, /) -> int | None:
        """Return the first such place inside a text, if there is one."""
        border = FIRST_SAFE_BORDER.search(text)
        return None if border is None else border.end()

    def last_border(self, text: str, /) -> int | None:
        """Return the last such place inside a text, if there is one."""
        border = SAFE_BORDER.match(text)
        return None if border is None else border.end()


class CountedTokens:
    """Stands in for the tokens of something that only counts: words, by their own counts.

    Args:
        count: Returns the number of tokens of a text.
        name: What counts.
    """

    __slots__ = ("_count", "_rest", "name", "whole")

    def __init__(self, count: Callable[[str], int], name: str) -> None:
        self._count = count
        self.name = name
        self.whole = False
        self._rest = ""

    def count(self, text: str, /) -> int:
        """Return how many tokens a text has by itself."""
        return self._count(text)

    def feed(self, text: str, /) -> Sequence[int]:
        """Take a piece of text and return the lengths of the shares of its words."""
        blocks = BLOCK.findall(self._rest + text)
        if blocks:
            self._rest = blocks.pop()
        return [length for block in blocks for length in self._shares(block)]

    def flush(self) -> Sequence[int]:
        """Return the lengths of the shares of the last word."""
        rest, self._rest = self._rest, ""
        return self._shares(rest) if rest else ()

    def is_border(self, pair: str, /) -> bool:
        """Tell whether the count of a text is known without counting: never."""
        return False

    def first_border(self, text: str, /) -> int | None:
        """Return where it would be known first: nowhere."""
        return None

    def last_border(self, text: str, /) -> int | None:
        """Return where it would be known last: nowhere."""
        return None

    def _shares(self, block: str) -> list[int]:
        size, tokens = len(block), max(1, min(len(block), self._count(block)))
        return [size * (i + 1) // tokens - size * i // tokens for i in range(tokens)]


def tokens_factory(encoding: EncodingLike, *, name: str) -> Callable[[], Tokens]:
    """Return a function that makes what tells the tokens of one text.

    Args:
        encoding: See :func:`rx_stream.core.tokens.token_counter.counter_factory`.
        name: Who asks, for the messages.
    """
    import tiktoken

    if encoding is None or isinstance(encoding, (str, tiktoken.Encoding)):
        pieces = pieces_of(encoding_of(encoding, name=name))
        if pieces.provable:
            return lambda: TextTokens(pieces)
        return lambda: CountedTokens(pieces.count, pieces.name)
    count, title = counting_function(encoding, name)
    return lambda: CountedTokens(count, title)
