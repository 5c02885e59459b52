"""Choose what counts the tokens of a text: a vocabulary, a tokenizer, a function."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from rx_stream.core.tokens.exact_counter import TokenCounter
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.token_recounter import (
    CountsText,
    EncodesText,
    Recounter,
    counting_function,
)
from rx_stream.core.tokens.vocabulary import encoding_of

if TYPE_CHECKING:
    import tiktoken

__all__ = [
    "CountsTokens",
    "EncodingLike",
    "TokenCounter",
    "count_text",
    "counter_factory",
]

EncodingLike: TypeAlias = (
    "str | tiktoken.Encoding | Callable[[str], int] | CountsText | EncodesText | None"
)
"""What every ``encoding=`` takes; see :func:`counter_factory`."""


class CountsTokens(Protocol):
    """What every counter is."""

    @property
    def name(self) -> str:
        """What counts: the name of the encoding, or of the function."""
        ...

    @property
    def total(self) -> int:
        """Tokens of all text so far."""
        ...

    @property
    def exact(self) -> bool:
        """Whether the total is certain to be the count of the whole text."""
        ...

    def feed(self, text: str, /) -> int:
        """Take a piece of text and return by how much the count has changed."""
        ...


def counter_factory(
    encoding: EncodingLike = None, *, name: str = "counter_factory"
) -> Callable[[], CountsTokens]:
    """Return a function that makes counters, with everything loaded that they need.

    An encoding of tiktoken's is counted incrementally, which is exact and cheap (see
    :class:`TokenCounter`). Anything else is asked again for the end of the text, at most 2,304
    characters, after each piece (see :class:`~rx_stream.core.tokens.token_recounter.Recounter`).

    Args:
        encoding: The name of a tiktoken encoding or of a model that tiktoken knows; a
            ``tiktoken.Encoding``; a function from a text to its number of tokens (or to its
            tokens); an object with ``count(text)`` or ``encode(text)``, such as the tokenizers of
            Hugging Face, whose special tokens are left out. None means ``o200k_base``.
        name: Who asks, for the messages.

    Raises:
        ValueError: There is no encoding of this name.
        TypeError: It is nothing that counts.
        LookupError: The vocabulary is not on this machine.
    """
    import tiktoken

    if encoding is None or isinstance(encoding, (str, tiktoken.Encoding)):
        return _counters_of(encoding_of(encoding, name=name))
    count, title = counting_function(encoding, name)
    return lambda: Recounter(count, title)


@lru_cache(maxsize=16)  # One for all: each pipeline that waits keeps it.
def _counters_of(encoding: tiktoken.Encoding) -> Callable[[], CountsTokens]:
    pieces = pieces_of(encoding)
    if pieces.provable:
        return lambda: TokenCounter.of(pieces)
    return lambda: Recounter(pieces.count, pieces.name)


def count_text(text: str, encoding: EncodingLike = None) -> int:
    """Return how many tokens a whole text has.

    Args:
        text: The text, of any length.
        encoding: See :func:`counter_factory`.

    Raises:
        ValueError: There is no encoding of this name.
        TypeError: It is nothing that counts.
        LookupError: The vocabulary is not on this machine.
    """
    counter = counter_factory(encoding, name="count_text")()
    if isinstance(counter, Recounter):
        return counter.count(text)
    return cast("TokenCounter", counter).count_whole(text)
