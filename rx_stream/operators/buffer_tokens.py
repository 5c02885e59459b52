"""The operator :func:`buffer_tokens`."""

from __future__ import annotations

from typing import Any

from rx_stream.core.arguments import count as whole_number
from rx_stream.core.text.failing_items import FailingItems
from rx_stream.core.tokens.token_counter import EncodingLike
from rx_stream.core.tokens.token_splitter import splitter_factory
from rx_stream.operators._lift import lift_ending, lift_text
from rx_stream.operators._operator_types import TextOperator

__all__ = ["buffer_tokens"]


def buffer_tokens(count: int, *, encoding: EncodingLike = None) -> TextOperator:
    """Emit text in runs of ``count`` tokens, as soon as it is certain where a run ends.

    Loses nothing, and never cuts inside a character.

    The runs are those of the tokens of the whole text, however it was cut into chunks; the last
    may be shorter. Where a token ends inside a character, as with many emoji, the cut moves to the
    end of that character. A run is emitted once no further text can change its last token, which
    takes a word or two more in most languages, and up to 256 characters in a text that has neither
    blanks nor punctuation.

    The vocabulary is loaded at this call, not at the first item, and never from the network.

    .. marble::

        'one two' 1s ' three fo' 1s 'ur five' |
        [ buffer_tokens(2) ]
        1s 'one two' 1s ' three four' ' five' |

    Args:
        count: Tokens in a run, at least 1.
        encoding: The name of a tiktoken encoding or of a model that tiktoken knows; a
            ``tiktoken.Encoding``; a function from text to a number of tokens; or an object with
            ``count(text)`` or ``encode(text)``, such as a tokenizer of Hugging Face. None means
            ``o200k_base``. What is not an encoding of tiktoken's only counts: then a run is the
            longest start of the text that has ``count`` tokens by itself. What it raises is the
            stream's error, after the text that is held.

    Returns:
        An operator from text to text of the same type.

    Raises:
        TypeError: ``count`` is no whole number, or ``encoding`` is nothing that counts.
        ValueError: ``count`` is less than 1, or there is no encoding of this name.
        LookupError: The vocabulary is not on this machine; the message names the remedies.

    Source of the method: ``rx_stream.core.tokens.token_settler``.
    """
    whole_number("buffer_tokens: count", count)
    make = splitter_factory(encoding, count, name="buffer_tokens")
    if isinstance(encoding, str | None):
        return lift_text(make)
    # What others have written may fail: then what is held leaves first.
    return lift_ending(lambda: FailingItems[Any](make))
