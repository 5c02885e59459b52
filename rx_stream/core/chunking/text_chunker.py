"""Chunks for retrieval, out of a stream of items."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rx_stream.core.arguments import choice, language_tag, require
from rx_stream.core.arguments import count as whole_number
from rx_stream.core.chunking.chunk_ends import ChunkEnds, Limits
from rx_stream.core.chunking.chunk_levels import LADDERS, SENTENCE, WORD, Rung
from rx_stream.core.chunking.chunk_packer import ChunkPacker, Piece
from rx_stream.core.chunking.chunk_rulers import Marks, Ruler, UnitRuler
from rx_stream.core.chunking.chunk_window import ChunkWindow
from rx_stream.core.chunking.code_ruler import CODE_LANGUAGES, CodeRuler
from rx_stream.core.chunking.markdown_ruler import MarkdownRuler
from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.tokens.text_tokens import Tokens, tokens_factory
from rx_stream.core.tokens.token_counter import EncodingLike
from rx_stream.core.tokens.token_pieces import without_half
from rx_stream.types import NO_METADATA, StreamChunk, split_meaning

__all__ = ["ChunkPlan", "Content", "Strategy", "TextChunker", "chunk_plan"]

Strategy = Literal["fixed", "semantic", "recursive", "hybrid"]
Content = Literal["prose", "markdown", "code"]

_STRATEGIES: Final = ("fixed", "semantic", "recursive", "hybrid")
_CONTENTS: Final = ("prose", "markdown", "code")


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """How to chunk, checked; the arguments are those of ``chunk_text``."""

    limits: Limits
    strategy: Strategy
    content: Content
    language: str | None
    make_tokens: Callable[[], Tokens]

    def packer(self, tokens: Tokens) -> ChunkPacker:
        """Return what chunks one text."""
        window, marks = ChunkWindow(tokens), Marks()
        ends = ChunkEnds(
            window, self.limits, marks, self._ladder(), structured=self.content != "prose"
        )
        return ChunkPacker(window, self.limits, marks, self._rulers(marks), ends)

    def _rulers(self, marks: Marks) -> list[Ruler]:
        rulers: list[Ruler] = []
        if self.content == "markdown":
            rulers.append(MarkdownRuler(marks))
        if self.content == "code":
            if self.strategy != "fixed":
                rulers.append(CodeRuler(marks, self.language))
        elif self.strategy in ("semantic", "hybrid"):
            sentences = Sentences(self.language or "en", newline="soft")
            rulers.append(UnitRuler(sentences, SENTENCE, marks))
        return rulers

    def _ladder(self) -> Sequence[Rung] | None:
        if self.strategy == "fixed":
            return None
        ladder = LADDERS[self.strategy]
        if self.content == "code":
            return [rung for rung in ladder if rung.level == WORD]
        if self.content == "markdown":
            # Its ruler knows better what a blank line or a newline means.
            return [rung for rung in ladder if not rung.newlines]
        return ladder


def chunk_plan(
    max_tokens: int,
    *,
    overlap: int = 0,
    min_tokens: int = 0,
    strategy: Strategy = "recursive",
    content: Content = "prose",
    language: str | None = None,
    encoding: EncodingLike = None,
    name: str = "chunk_text",
) -> ChunkPlan:
    """Check the arguments of ``chunk_text`` and load what it needs.

    Args:
        max_tokens: See ``chunk_text``, as for the others.
        overlap: Less than ``max_tokens``.
        min_tokens: At most ``max_tokens``.
        strategy: One of four.
        content: One of three.
        language: A language tag, or with code a programming language.
        encoding: What counts.
        name: Who asks, for the messages.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument has a wrong value.
        LookupError: The vocabulary is not on this machine.
    """
    whole_number(f"{name}: max_tokens", max_tokens)
    whole_number(f"{name}: overlap", overlap, least=0)
    whole_number(f"{name}: min_tokens", min_tokens, least=0)
    if overlap >= max_tokens:
        raise ValueError(f"{name}: overlap must be below max_tokens={max_tokens}, not {overlap!r}")
    if min_tokens > max_tokens:
        raise ValueError(
            f"{name}: min_tokens must be at most max_tokens={max_tokens}, not {min_tokens!r}"
        )
    choice(f"{name}: strategy", strategy, _STRATEGIES)
    choice(f"{name}: content", content, _CONTENTS)
    language = _language(name, language, content)
    limits = Limits(max_tokens, overlap, min_tokens)
    return ChunkPlan(limits, strategy, content, language, tokens_factory(encoding, name=name))


def _language(name: str, language: str | None, content: Content) -> str | None:
    if language is None:
        return None
    require(f"{name}: language", language, str, "the name of a language")
    if content != "code":
        return language_tag(f"{name}: language", language)
    return choice(f"{name}: language", language.lower(), CODE_LANGUAGES)


class TextChunker:
    """Chunks the text of a stream of strings and chunks; anything else passes at once.

    A chunk that says more than its text, such as the terminal one, is a boundary: the text before
    it leaves before it, and nothing is repeated after it.

    Args:
        plan: How to chunk.
    """

    __slots__ = ("_half", "_index", "_packer", "_plan", "_sources", "_tokens")

    def __init__(self, plan: ChunkPlan) -> None:
        self._plan = plan
        self._begin()

    def _begin(self) -> None:
        self._tokens = self._plan.make_tokens()
        self._packer = self._plan.packer(self._tokens)
        self._index = 0
        self._half = ""  # The first half of a character, if it came as two.
        # Where the text of each source ends, and its metadata.
        self._sources: deque[tuple[int, Mapping[str, object]]] = deque()

    def feed(self, item: str | StreamChunk, /) -> Sequence[StreamChunk]:
        """Take one item and return the chunks that are complete."""
        if isinstance(item, StreamChunk):
            return self._feed_chunk(item)
        if isinstance(item, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            return self._feed_text(item, NO_METADATA)
        return [item]  # Anything may travel in a stream, e.g. its progress.

    def flush(self) -> Sequence[StreamChunk]:
        """Return the chunks that are left, and be as new."""
        out = self._finish()
        self._begin()
        return out

    def _feed_chunk(self, chunk: StreamChunk) -> list[StreamChunk]:
        metadata, behind = split_meaning(chunk)
        out = self._feed_text(chunk.content, metadata) if chunk.content else []
        if behind is not None:
            out += self._finish()
            out.append(behind)
        return out

    def _feed_text(self, text: str, metadata: Mapping[str, object]) -> list[StreamChunk]:
        text = self._half + text
        self._half = ""
        if not text.isascii():
            text, self._half = _whole(text)
        if not text and not self._half:
            return []
        self._sources.append((self._packer.window.size + len(text), metadata))
        return [self._made(piece) for piece in self._packer.feed(text)]

    def _finish(self) -> list[StreamChunk]:
        half, self._half = self._half, ""
        pieces = self._packer.feed(half) if half else []
        return [self._made(piece) for piece in (*pieces, *self._packer.flush())]

    def _made(self, piece: Piece) -> StreamChunk:
        sources = self._sources
        while len(sources) > 1 and sources[0][0] < piece.end:
            sources.popleft()
        metadata = {
            **sources[0][1],
            "index": self._index,
            "start": piece.start,
            "end": piece.end,
            "overlap": piece.overlap,
            "token_count_source": self._tokens.name,
        }
        if self._tokens.whole:
            metadata |= {"token_start": piece.token_start, "token_end": piece.token_end}
        if self._plan.content == "markdown":
            metadata["heading_path"] = piece.path
        self._index += 1
        return StreamChunk(piece.text, piece.tokens, False, None, metadata)


def _whole(text: str) -> tuple[str, str]:
    """Join halves of characters; return a first half at the end apart, since its other may come."""
    try:
        text.encode()
    except UnicodeEncodeError:
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        return without_half(joined)
    return text, ""
