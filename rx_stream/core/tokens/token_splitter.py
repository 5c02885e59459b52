"""Cut a text into runs of tokens, as it arrives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from rx_stream.core.tokens.counted_splitter import CountedSplitter
from rx_stream.core.tokens.token_counter import EncodingLike
from rx_stream.core.tokens.token_pieces import TokenPieces, pieces_of
from rx_stream.core.tokens.token_recounter import counting_function
from rx_stream.core.tokens.token_settler import TokenSettler
from rx_stream.core.tokens.vocabulary import encoding_of

if TYPE_CHECKING:
    from rx_stream.core.protocols import Core

__all__ = ["TokenSplitter", "split_tokens", "splitter_factory"]

# Both halves of a character beyond U+FFFF as one, should they have come as two.
_CHARACTERS: Final = re.compile("(?s)[\ud800-\udbff][\udc00-\udfff]|.")
_HALF: Final = re.compile("[\ud800-\udbff]")


class TokenSplitter:
    """Cuts a text after every ``count``-th token of its own tokenisation.

    Where a token ends inside a character the cut moves to the end of that character, so a run may
    have a token more, and the next one less. Nothing is lost. Text is held until its tokens are
    final, in most languages for a word or two.

    Args:
        pieces: The encoding.
        count: Tokens in a run.
    """

    __slots__ = ("_characters", "_count", "_filled", "_held", "_settler", "_starts")

    def __init__(self, pieces: TokenPieces, count: int) -> None:
        self._settler = TokenSettler(pieces)
        self._starts = pieces.character_starts
        self._count = count
        self._begin("")
        self._filled = 0  # Tokens of the run so far ...
        self._characters = 0  # ... and the characters that start in them.

    def _begin(self, text: str) -> None:
        self._held = [text]

    def feed(self, text: str, /) -> Sequence[str]:
        """Take a piece of text and return the runs that are complete."""
        self._held.append(text)
        tokens = self._settler.feed(text)
        return self._take(tokens) if tokens else ()

    def flush(self) -> Sequence[str]:
        """Return the runs that are left, and be as new."""
        out = [*self._take(self._settler.flush())]
        rest = "".join(self._held)
        if rest:
            out.append(rest)
        self._begin("")
        self._filled = self._characters = 0
        return out

    def _take(self, tokens: list[int]) -> Sequence[str]:
        ends = [*accumulate(map(self._starts.__getitem__, tokens), initial=self._characters)]
        cuts = ends[self._count - self._filled :: self._count]
        self._filled = (self._filled + len(tokens)) % self._count
        self._characters = ends[-1]
        return self._cut(cuts) if cuts else ()

    def _cut(self, cuts: list[int]) -> Sequence[str]:
        text = "".join(self._held)
        # Offsets count characters; a character in two halves has two places in the string.
        whole = text.isascii() or not _HALF.search(text)
        characters = text if whole else _CHARACTERS.findall(text)
        out: list[str] = []
        done = 0
        for cut in cuts:
            if cut > done:
                out.append("".join(characters[done:cut]))
                done = cut
        self._begin("".join(characters[done:]))
        self._characters -= done
        return out


def splitter_factory(
    encoding: EncodingLike, count: int, *, name: str
) -> Callable[[], Core[str, str]]:
    """Return a function that makes cores which cut text into runs of ``count`` tokens.

    Args:
        encoding: See :func:`rx_stream.core.tokens.token_counter.counter_factory`.
        count: Tokens in a run.
        name: Who asks, for the messages.
    """
    import tiktoken

    if encoding is None or isinstance(encoding, (str, tiktoken.Encoding)):
        pieces = pieces_of(encoding_of(encoding, name=name))
        if pieces.provable:
            return lambda: TokenSplitter(pieces, count)
        return lambda: CountedSplitter(pieces.count, count)
    counts, _ = counting_function(encoding, name)
    return lambda: CountedSplitter(counts, count)


def split_tokens(
    encoding: EncodingLike = None, *, name: str = "split_tokens"
) -> Callable[[str], list[str]]:
    """Return a function that splits a whole text into the texts of its tokens.

    Args:
        encoding: See :func:`rx_stream.core.tokens.token_counter.counter_factory`.
        name: Who asks, for the messages.
    """
    make = splitter_factory(encoding, 1, name=name)

    def split(text: str) -> list[str]:
        core = make()
        return [*core.feed(text), *core.flush()]

    return split
