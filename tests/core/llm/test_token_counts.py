"""The tokens of chunks that their provider has not counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rx_stream import StreamChunk
from rx_stream.core.llm.token_counts import TokenCounts
from rx_stream.core.tokens.token_counter import counter_factory


def counts(texts: list[str], **metadata: object) -> list[int | None]:
    made = TokenCounts()
    assert made.source == "o200k_base"
    chunks = [StreamChunk(text, None, False, None, metadata) for text in texts]
    for chunk in chunks:
        made.fill([chunk])
    return [chunk.token_count for chunk in chunks]


def test_a_chunk_has_the_tokens_by_which_the_count_grows() -> None:
    # "strawberry" has 3 tokens, "strawberr" 4: what has been given cannot be taken back.
    assert counts([*"strawberry", " pie"]) == [1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0]


@given(st.lists(st.text(max_size=12), max_size=12))
def test_what_is_given_is_the_most_that_was_counted_so_far(texts: list[str]) -> None:
    counter, most, expected = counter_factory(None)(), 0, []
    for text in texts:
        counter.feed(text)
        expected.append(max(counter.total - most, 0) if text else None)
        most = max(most, counter.total)
    assert counts(texts) == expected


def test_texts_with_metadata_of_their_own_are_counted_apart() -> None:
    made = TokenCounts()
    assert made.source
    one, other = {"choice": 0}, {"choice": 1}
    chunks = [StreamChunk("straw", metadata=m) for m in (one, other, one, other)]
    made.fill(chunks)
    assert [chunk.token_count for chunk in chunks] == [2, 2, *counts(["straw", "straw"])[1:] * 2]


def test_a_count_that_is_known_stays_and_those_behind_it_are_counted() -> None:
    made = TokenCounts()
    assert made.source
    metadata = {"choice": 0}
    given = [("a", 7), ("", None), ("b", None)]
    chunks = [StreamChunk(text, count, metadata=metadata) for text, count in given]
    made.fill(chunks)
    assert [chunk.token_count for chunk in chunks] == [7, None, 1]


def test_before_anybody_asks_who_counts_nothing_is_counted() -> None:
    chunk = StreamChunk("a")
    TokenCounts().fill([chunk])
    assert chunk.token_count is None
