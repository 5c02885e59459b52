"""Chunks with their tokens: never fewer than none, never over what the source has said."""

from __future__ import annotations

import random
from typing import Any

import pytest
from token_texts import PROSE, cut

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.tokens.token_counter import counter_factory
from rx_stream.core.tokens.token_tagger import TokenTagger
from rx_stream.core.tokens.vocabulary import encoding_of


def tagger(encoding: Any = None) -> TokenTagger:
    return TokenTagger(counter_factory(encoding))


def count(text: str) -> int:
    return len(encoding_of().encode_ordinary(text))


def fed(core: TokenTagger, *items: Any) -> list[StreamChunk]:
    return [chunk for item in items for chunk in core.feed(item)]


@pytest.mark.parametrize("text", PROSE)
def test_what_chunks_are_given_is_the_highest_count_so_far(text: str) -> None:
    core, seen, given, highest = tagger(), "", 0, 0
    for piece in cut(text * 2, random.Random(1), 4):
        (chunk,) = core.feed(piece)
        seen += piece
        highest = max(highest, count(seen))
        assert (chunk.content, chunk.is_complete, chunk.finish_reason) == (piece, False, None)
        assert chunk.token_count is not None
        assert chunk.token_count >= 0
        given += chunk.token_count
        assert given == highest
        assert chunk.metadata["total_tokens"] == count(seen)


def test_a_count_that_shrinks_is_made_up_for_by_what_follows() -> None:
    chunks = fed(tagger(), "diff", "eren", "t", " and", " so", " on")
    assert [chunk.token_count for chunk in chunks] == [1, 2, 0, 0, 0, 1]
    assert [chunk.metadata["total_tokens"] for chunk in chunks] == [1, 3, 1, 2, 3, 4]


def test_text_and_chunks_of_one_choice_are_one_text() -> None:
    chunks = fed(
        tagger(), "Hel", StreamChunk("lo"), StreamChunk(" wor", metadata={"choice": 0}), "ld"
    )
    assert chunks[-1].metadata["total_tokens"] == count("Hello world")


def test_a_count_of_the_source_stays_and_its_text_is_counted_all_the_same() -> None:
    first, second = fed(tagger(), StreamChunk("one two three", 50), StreamChunk(" four"))
    assert (first.token_count, first.metadata["token_count_source"]) == (50, "provider")
    assert first.metadata["total_tokens"] == 3
    assert (second.token_count, second.metadata["total_tokens"]) == (1, 4)


def test_tagging_twice_changes_nothing() -> None:
    once = fed(tagger(), "Hel", "lo", " world")
    assert fed(tagger(), *once) == once


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"reasoning": "Let me think"}, "Let me think"),
        ({"refusal": "I will not"}, "I will not"),
        ({"tool_calls": [{"index": 0, "arguments_delta": '{"a": 1}'}]}, '{"a": 1}'),
        ({"tool_calls": ({"index": 0, "arguments_delta": "x"},)}, "x"),
        ({"reasoning": ""}, ""),
        ({"reasoning": None, "refusal": 3, "tool_calls": "none"}, ""),
    ],
)
def test_text_in_the_metadata_counts_too(metadata: dict[str, object], text: str) -> None:
    (chunk,) = fed(tagger(), StreamChunk(metadata=metadata))
    assert chunk.token_count == count(text)


def test_all_texts_of_a_chunk_are_its_tokens_and_the_total_is_that_of_the_answer() -> None:
    (chunk,) = fed(tagger(), StreamChunk("one two", metadata={"reasoning": "three four five"}))
    assert chunk.token_count == 5
    assert chunk.metadata["total_tokens"] == 2


def test_calls_of_tools_that_come_interleaved_are_texts_of_their_own() -> None:
    def call(index: int, text: str) -> StreamChunk:
        return StreamChunk(metadata={"tool_calls": [{"index": index, "arguments_delta": text}]})

    chunks = fed(tagger(), call(0, "differ"), call(1, "differ"), call(0, "ent"), call(1, "ent"))
    assert [chunk.metadata["total_tokens"] for chunk in chunks[2:]] == [count("different")] * 2


@pytest.mark.parametrize("item", [None, 5, b"bytes", StreamProgress(), ["text"]])
def test_what_is_not_text_passes_as_it_is(item: object) -> None:
    (passed,) = tagger().feed(item)  # type: ignore[arg-type]
    assert passed is item


def test_a_chunk_is_copied_not_changed() -> None:
    metadata = {"model": "m"}
    chunk = StreamChunk("Hi", metadata=metadata)
    (tagged,) = tagger().feed(chunk)
    assert tagged is not chunk
    assert (chunk.token_count, metadata) == (None, {"model": "m"})
    assert tagged.metadata["model"] == "m"


def test_after_the_end_all_is_counted_anew() -> None:
    core = tagger()
    fed(core, "Hello", StreamChunk("x", metadata={"choice": 1}))
    assert list(core.flush()) == []
    (chunk,) = core.feed(" world")
    assert chunk.metadata["total_tokens"] == 1
    (chunk,) = core.feed(StreamChunk("y", metadata={"choice": 1}))
    assert chunk.metadata["total_tokens"] == 1


def test_who_counts_is_told_and_what_is_not_certain_is_an_estimate() -> None:
    (chunk,) = fed(tagger("cl100k_base"), "a")
    assert chunk.metadata["token_count_source"] == "cl100k_base"
    core = tagger(lambda text: len(text) ** 2)
    assert fed(core, "a")[0].metadata["token_count_source"] == "<lambda>"
    assert fed(core, "a" * 9_000)[0].metadata["token_count_source"] == "estimate"


def test_an_estimate_of_one_choice_says_nothing_of_the_other() -> None:
    core = tagger(lambda text: len(text) ** 2)
    long, short = fed(core, "a" * 9_000, StreamChunk("b", metadata={"choice": 1}))
    assert long.metadata["token_count_source"] == "estimate"
    assert short.metadata["token_count_source"] == "<lambda>"


def test_text_and_chunks_of_the_only_choice_are_one_text() -> None:
    chunks = fed(tagger(), "straw", StreamChunk("ber"), StreamChunk("ry", metadata={"choice": 0}))
    assert chunks[-1].metadata["total_tokens"] == count("strawberry")


def test_where_counting_fails_the_text_goes_on_uncounted() -> None:
    def words(text: str) -> int:
        if "boom" in text:
            raise RuntimeError(text)
        return len(text.split())

    for item in ("boom", StreamChunk("boom", metadata={"id": 1})):
        core = tagger(words)
        assert [chunk.token_count for chunk in core.feed("one")] == [1]
        assert core.outcome is None
        assert core.feed(item) == [item if isinstance(item, StreamChunk) else StreamChunk(item)]
        assert isinstance(core.outcome, RuntimeError)
