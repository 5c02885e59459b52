"""The operator :func:`chunk_text`."""

from __future__ import annotations

from rx_stream.core.chunking.text_chunker import Content, Strategy, TextChunker, chunk_plan
from rx_stream.core.tokens.token_counter import EncodingLike
from rx_stream.operators._lift import lift_ending
from rx_stream.operators._link import Operator
from rx_stream.types import StreamChunk

__all__ = ["chunk_text"]


def chunk_text(
    max_tokens: int,
    *,
    overlap: int = 0,
    min_tokens: int = 0,
    strategy: Strategy = "recursive",
    content: Content = "prose",
    language: str | None = None,
    encoding: EncodingLike = None,
) -> Operator[str | StreamChunk, StreamChunk]:
    """Emit text in chunks of at most ``max_tokens`` tokens, e.g. for an index to search in.

    Loses nothing: the chunks without what they repeat, joined, are the text. Nothing is trimmed.
    The two halves of a character that came apart are one character.

    A chunk is emitted once more text has come than fits into it. Where it ends depends on the text
    alone and not on how it was cut, so a stream gives the chunks that the whole text would give.
    Each chunk encoded by itself has at most ``max_tokens`` tokens, what it repeats included. No
    character is cut, nor what readers see as one if it fits, such as an emoji of several; only a
    single character that has more tokens than that is a chunk all the same, which from 4 tokens on
    cannot be.

    Of the places where a chunk may end the best one is taken, and of equally good ones the last:

    * ``fixed``: between any two tokens, so chunks are as full as can be.
    * ``semantic``: between paragraphs; else between sentences; else between words.
    * ``recursive``: at blank lines; else newlines; else sentence marks; else commas; else blanks.
    * ``hybrid``: between paragraphs; else sentences; else newlines; else commas; else blanks.

    All but ``fixed`` also heed the content. Of Markdown, headings stay with what follows them, and
    fences and tables are whole where they fit. Code is cut in front of definitions with their
    comments and decorators, else in front of the outermost statements, and never inside the
    indentation of a line.

    Every chunk comes as a ``StreamChunk`` with its ``token_count`` and in ``metadata``: ``index``;
    ``start`` and ``end`` in characters of the whole text; ``overlap``, the characters that repeat
    the end of the chunk before; ``token_start`` and ``token_end``, which tokens of the whole text
    it has a part of (not where ``encoding`` only counts); ``token_count_source``; and
    ``heading_path`` for Markdown, the headings above its new text, outermost first. To that comes
    the metadata of the last chunk of the source that it has text of. A chunk of the source that
    says more than its text, such as the terminal one, is passed on after the text before it.
    Every choice (``metadata["choice"]``) is a text of its own, counted from its own start.

    .. marble::

        'One two. Th' 1s 'ree four five. Six.' |
        [ chunk_text(5) ]
        [ ops.map(str) ]
        1s 'One two. ' 'Three four five. ' 'Six.' |

    Args:
        max_tokens: Tokens in a chunk, at least 1.
        overlap: Tokens at the end of a chunk that the next one repeats; fewer where it would not
            fit otherwise. Below ``max_tokens``.
        min_tokens: Too small a chunk goes on past the better place to end, up to the next one
            that is large enough, while it fits; but not into a block of Markdown or a definition
            that fits as a whole. The last chunk may be smaller.
        strategy: ``"fixed"``, ``"semantic"``, ``"recursive"`` or ``"hybrid"``.
        content: ``"prose"``, ``"markdown"`` or ``"code"``.
        language: The language of the text as a tag such as ``"en"``, for its abbreviations; with
            ``content="code"`` ``"python"`` or the name of a language with braces, such as
            ``"javascript"``, and None to go by the indentation.
        encoding: The name of a tiktoken encoding or of a model that tiktoken knows; a
            ``tiktoken.Encoding``; a function from text to a number of tokens; or an object with
            ``count(text)`` or ``encode(text)``, such as a tokenizer of Hugging Face. None means
            ``o200k_base``. The models for embeddings of OpenAI use ``"cl100k_base"``. What
            raises an error when it counts ends the stream with it, after the text that is held.

    Returns:
        An operator from text or chunks to chunks.

    Raises:
        TypeError: An argument has the wrong type, or ``encoding`` is nothing that counts.
        ValueError: A number is too small or too large, or a name is none of those above.
        LookupError: The vocabulary is not on this machine; the message names the remedies.

    Source of the method: ``rx_stream.core.chunking.chunk_packer``.
    """
    plan = chunk_plan(
        max_tokens,
        overlap=overlap,
        min_tokens=min_tokens,
        strategy=strategy,
        content=content,
        language=language,
        encoding=encoding,
    )
    return lift_ending(lambda: TextChunker(plan))
