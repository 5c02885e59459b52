"""Chunks for retrieval, out of a stream of items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rx_stream.core.arguments import choice, language_tag, require
from rx_stream.core.arguments import count as whole_number
from rx_stream.core.chunking.chunk_ends import ChunkEnds, Limits
from rx_stream.core.chunking.chunk_levels import LADDERS, SENTENCE, WORD, Rung
from rx_stream.core.chunking.chunk_packer import ChunkPacker
from rx_stream.core.chunking.chunk_rulers import Marks, Ruler, UnitRuler
from rx_stream.core.chunking.chunk_window import ChunkWindow
from rx_stream.core.chunking.chunked_text import ChunkedText
from rx_stream.core.chunking.code_ruler import CODE_LANGUAGES, CodeRuler
from rx_stream.core.chunking.markdown_ruler import MarkdownRuler
from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.tokens.text_tokens import Tokens, tokens_factory
from rx_stream.core.tokens.token_counter import EncodingLike
from rx_stream.types import NO_METADATA, StreamChunk, choice_of, only_reports, split_meaning

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

    def text(self) -> ChunkedText:
        """Return what chunks one text."""
        tokens = self.make_tokens()
        return ChunkedText(tokens, self._packer(tokens), headings=self.content == "markdown")

    def _packer(self, tokens: Tokens) -> ChunkPacker:
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
    it leaves before it, and nothing is repeated after it. A report of usage passes at once, too.

    Every choice (``metadata["choice"]``) is a text of its own. What a chunk says is a boundary in
    its own choice; the terminal chunk is one in all of them, in their order.

    Args:
        plan: How to chunk.
    """

    __slots__ = ("_known", "_plan", "_text", "_texts")

    def __init__(self, plan: ChunkPlan) -> None:
        self._plan = plan
        self._begin()

    def _begin(self) -> None:
        self._text = self._plan.text()  # Of the choice whose turn it is.
        self._texts = {0: self._text}
        self._known: Mapping[str, object] = NO_METADATA  # Belongs to that choice.

    @property
    def outcome(self) -> Exception | None:
        """What counts tokens has raised: it ends the stream, after its text."""
        return next((text.outcome for text in self._texts.values() if text.outcome), None)

    def feed(self, item: str | StreamChunk, /) -> Sequence[StreamChunk]:
        """Take one item and return the chunks that are complete."""
        if isinstance(item, StreamChunk):
            out = self._feed_chunk(item)
        elif isinstance(item, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            out = self._text_of(NO_METADATA).feed(item, NO_METADATA)
        else:
            return [item]  # Anything may travel in a stream, e.g. its progress.
        return out if self._text.outcome is None else [*out, *self._finish()]

    def flush(self) -> Sequence[StreamChunk]:
        """Return the chunks that are left, and be as new."""
        out = self._finish()
        self._begin()
        return out

    def _feed_chunk(self, chunk: StreamChunk) -> list[StreamChunk]:
        text = self._text_of(chunk.metadata)
        metadata, behind = split_meaning(chunk)
        out = [*text.feed(chunk.content, metadata)] if chunk.content else []
        if behind is not None:
            out += self._finish() if chunk.is_complete else text.finish()
            out.append(behind)
        elif only_reports(chunk):
            out.append(chunk)
        return out

    def _text_of(self, metadata: Mapping[str, object]) -> ChunkedText:
        if metadata is not self._known:
            self._known = metadata
            choice = choice_of(metadata)
            if choice not in self._texts:
                self._texts[choice] = self._plan.text()
            self._text = self._texts[choice]
        return self._text

    def _finish(self) -> list[StreamChunk]:
        texts = self._texts
        return [chunk for choice in sorted(texts) for chunk in texts[choice].finish()]
