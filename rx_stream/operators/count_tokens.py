"""The operator :func:`count_tokens`."""

from __future__ import annotations

from rx_stream.core.tokens.token_counter import EncodingLike, counter_factory
from rx_stream.core.tokens.token_tagger import TokenTagger
from rx_stream.operators._lift import lift, lift_ending
from rx_stream.operators._link import Operator
from rx_stream.types import StreamChunk

__all__ = ["count_tokens"]


def count_tokens(*, encoding: EncodingLike = None) -> Operator[str | StreamChunk, StreamChunk]:
    """Emit each piece of text at once, as a chunk with its exact number of tokens.

    Loses nothing; anything that is not text passes unchanged.

    ``token_count`` is what the exact count of the text so far grew by with this piece, and never
    negative: where a piece completes a longer token the count shrinks, and the next pieces make up
    for it. A count that a chunk already has is left alone. The exact count of all text so far is
    ``metadata["total_tokens"]``; who counted is ``metadata["token_count_source"]``: ``"provider"``
    for a count that the chunk came with, else the name of the encoding, or ``"estimate"`` where
    the count is not certain. Each choice, and in it the answer, the reasoning and every call of a
    tool, is counted by itself. Where a model has another vocabulary, the count is close for
    English and may be far off for other scripts.

    The vocabulary is loaded at this call, not at the first item, and never from the network.

    .. marble::

        'Hel' 'lo' 1s ' world' |
        [ count_tokens() ]
        [ ops.map(lambda chunk: (chunk.content, chunk.token_count)) ]
        a b 1s c |

        a=("Hel", 1)
        b=("lo", 0)
        c=(" world", 1)

    Args:
        encoding: The name of a tiktoken encoding or of a model that tiktoken knows; a
            ``tiktoken.Encoding``; a function from text to a number of tokens; or an object with
            ``count(text)`` or ``encode(text)``, such as a tokenizer of Hugging Face. None means
            ``o200k_base``. What is not an encoding of tiktoken's is asked again for the end of the
            text, at most 2,304 characters, with each piece. What it raises is the stream's error,
            after that piece.

    Returns:
        An operator from text or chunks to chunks.

    Raises:
        ValueError: There is no encoding of this name.
        TypeError: ``encoding`` is nothing that counts.
        LookupError: The vocabulary is not on this machine; the message names the remedies.

    Source of the method: ``rx_stream.core.tokens.exact_counter``.
    """
    make = counter_factory(encoding, name="count_tokens")
    # What others have written may fail: then the text goes on uncounted, and the stream ends.
    lifted = lift if isinstance(encoding, str | None) else lift_ending
    return lifted(lambda: TokenTagger(make))
