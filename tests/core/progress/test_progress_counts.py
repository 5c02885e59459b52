"""What has arrived, taken in one go."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream import StreamChunk, StreamProgress, StreamResult
from rx_stream.core.progress.progress_counts import ProgressCounts
from rx_stream.core.tokens.token_counter import count_text, counter_factory

usage = st.sampled_from([{}, {"usage": {"output_tokens": 99}}, {"usage": {"output_tokens": None}}])
items = st.one_of(
    st.text("ab 😀", max_size=3),
    st.builds(
        StreamChunk,
        st.text("ab", max_size=3),
        st.one_of(st.none(), st.integers(0, 5)),
        metadata=usage,
    ),
    st.sampled_from([StreamProgress(), StreamResult("not text", 7), 5]),
)


def counted(batches: list[list[tuple[Any, float]]]) -> ProgressCounts:
    counts = ProgressCounts(counter_factory(len))
    for batch in batches:
        counts.take([item for item, _ in batch], [at for _, at in batch])
    return counts


def figures(counts: ProgressCounts) -> tuple[Any, ...]:
    rates = (counts.smoothed.value(1e3), counts.trimmed.value())
    return (
        (counts.counted, counts.tokens, counts.chunks, counts.characters, counts.first_tokens),
        (counts.first_at, counts.last_at, counts.gaps.quantile(0.5), counts.gaps.quantile(0.95)),
        rates[0] is None,
        rates[1] is None,
    )


@given(st.lists(st.tuples(items, st.floats(0, 2)), max_size=40), st.integers(1, 40))
def test_however_it_is_batched_the_counts_are_the_same(
    arrivals: list[tuple[Any, float]], size: int
) -> None:
    at, timed = 0.0, []
    for item, gap in arrivals:
        at += gap
        timed.append((item, at))
    one_by_one = counted([[row] for row in timed])
    batched = counted([timed[i : i + size] for i in range(0, len(timed), size)])
    assert figures(batched) == figures(one_by_one)


@given(st.lists(items, max_size=30))
def test_the_counts_are_those_of_the_text(arrived: list[Any]) -> None:
    counts = counted([[(item, float(i)) for i, item in enumerate(arrived)]])
    texts = [
        i if isinstance(i, str) else i.content for i in arrived if type(i) in (str, StreamChunk)
    ]
    assert counts.chunks == len([text for text in texts if text])
    assert counts.characters == len("".join(texts))
    said = [i.token_count for i in arrived if isinstance(i, StreamChunk)]
    uncounted = [
        text
        for item, text in zip(
            [i for i in arrived if type(i) in (str, StreamChunk)], texts, strict=True
        )
        if isinstance(item, str) or item.token_count is None
    ]
    assert counts.counted == len("".join(uncounted)) + sum(n for n in said if n is not None)


def test_nothing_but_empty_items_is_nothing() -> None:
    counts = counted([[("", 1.0), (StreamChunk(), 2.0)], [("", 3.0)]])
    assert counts.first_at is None
    assert (counts.chunks, counts.tokens) == (0, 0)


def test_a_chunk_that_says_nothing_among_those_that_do_is_counted() -> None:
    chunks = [StreamChunk("ab", 1), StreamChunk("cd", 1), StreamChunk("ef"), StreamChunk("gh", 1)]
    counts = counted([[(chunk, float(i)) for i, chunk in enumerate(chunks)]])
    assert counts.tokens == 3 + 2
    assert counts.characters == 8


@pytest.mark.parametrize("wrote", [None, "12", 3.5])
def test_usage_that_is_no_number_of_tokens_is_not_believed(wrote: Any) -> None:
    end = StreamChunk("!", 1, metadata={"usage": {"output_tokens": wrote}})
    assert counted([[("ab", 0.0), (end, 1.0)], [(end, 2.0)]]).tokens == 4


def test_a_stall_within_a_batch_and_between_batches_is_trimmed_alike() -> None:
    steady = [("x", i / 10) for i in range(50)]
    late = [("x", 30 + i / 10) for i in range(50)]
    within = counted([steady + late]).trimmed.value()
    between = counted([steady, late]).trimmed.value()
    assert within == pytest.approx(between, rel=0.01)
    assert within == pytest.approx(10, rel=0.1)


def test_what_comes_after_the_usage_was_told_is_counted_on() -> None:
    opening = StreamChunk(metadata={"usage": {"output_tokens": 1}})
    counts = counted([[(opening, 0.0)], [("abc", 1.0)], [("de", 2.0), ("f", 3.0)]])
    assert counts.tokens == 1 + 6
    within = counted([[("abc", 0.0), ("de", 1.0), (opening, 2.0), ("fg", 3.0)]])
    assert within.tokens == 1 + 2
    assert within.counted == 7


def test_text_that_comes_with_the_usage_is_part_of_it() -> None:
    last = StreamChunk("gh", metadata={"usage": {"output_tokens": 3}})
    for size in (1, 3):
        rows = [("abc", 0.0), (StreamChunk("de", 2), 1.0), (last, 2.0)]
        counts = counted([rows[i : i + size] for i in range(0, 3, size)])
        assert counts.tokens == 3
        assert counts.characters == 7


def test_an_empty_string_among_others_is_nothing_and_hides_nothing() -> None:
    counts = counted([[("a", 0.0), ("", 1.0), ("bc", 2.0)]])
    assert (counts.chunks, counts.characters, counts.tokens) == (2, 3, 3)


def test_the_usage_told_by_the_last_of_many_chunks_is_believed() -> None:
    last = StreamChunk("e", 1, metadata={"usage": {"output_tokens": 9}})
    counts = counted([[(StreamChunk("ab", 1), 0.0), (StreamChunk("cd", 1), 1.0), (last, 2.0)]])
    assert counts.tokens == 9


def test_text_between_other_things_counts_for_the_rates() -> None:
    rows = [("ab", 0.0), ("c", 0.1), (5, 0.15), (StreamChunk("def"), 0.2)]
    for batches in ([rows], [[row] for row in rows]):
        assert counted(batches).trimmed.value() == pytest.approx(4 / 0.2)


@pytest.mark.parametrize(
    ("gaps", "excess"),
    [
        ([0.01] * 20 + [1.0], 0.5),
        ([0.01] * 5 + [0.2] * 2 + [0.3] * 4 + [2.5], 0.5),
        ([0.2] * 10 + [1.5], 0.0),
        ([0.0] * 4 + [3.0], 2.5),
    ],
)
def test_of_a_gap_counts_half_a_second_or_ten_usual_gaps(gaps: list[float], excess: float) -> None:
    times = list(accumulate(gaps, initial=0.0))
    rate = counted([[("x", at) for at in times]]).trimmed.value()
    assert rate == pytest.approx(len(gaps) / (times[-1] - excess))


@pytest.mark.parametrize("said", [1, None])
@pytest.mark.parametrize("last", [{}, {"usage": {}}, {"usage": {"output_tokens": None}}])
def test_what_follows_a_report_of_usage_is_counted_on_top_of_it(
    said: int | None, last: dict[str, Any]
) -> None:
    reported = StreamChunk("b", said, metadata={"usage": {"output_tokens": 99}})
    chunks = [StreamChunk("a", said), reported, StreamChunk("c", said, metadata=last)]
    counts = counted([[(StreamChunk("first", said), 0.0)], [(chunk, 1.0) for chunk in chunks]])
    assert (counts.tokens, counts.chunks) == (100, 4)


def test_what_follows_the_usage_that_the_first_of_many_chunks_told_is_counted_on() -> None:
    reported = StreamChunk("b", 1, metadata={"usage": {"output_tokens": 99}})
    rows = [(reported, 1.0), (StreamChunk("c", 2), 2.0), (StreamChunk("d", 3), 3.0)]
    assert counted([[(StreamChunk("a", 1), 0.0)], rows]).tokens == 99 + 2 + 3


@pytest.mark.parametrize("size", [1, 2, 5, 100])
@pytest.mark.parametrize("usage", [{}, {"usage": {"output_tokens": None}}])
def test_every_choice_is_counted_as_a_text_of_its_own(size: int, usage: dict[str, object]) -> None:
    pieces = ["diff", "er", "ent", "iate ", " ", "th", "em"]
    texts = [(piece, choice) for piece in pieces for choice in (1, 0, 5)]
    chunks = [StreamChunk(text, metadata={"choice": c, **usage}) for text, c in texts]
    counts = ProgressCounts(counter_factory())
    for start in range(0, len(chunks), size):
        batch = chunks[start : start + size]
        counts.take(batch, [float(start + i) for i in range(len(batch))])
    assert counts.tokens == 3 * count_text("".join(pieces))
    assert counts.chunks == len(chunks)


def test_chunks_of_one_choice_with_metadata_of_their_own_are_one_text() -> None:
    chunks = [StreamChunk(text, metadata={"choice": 2, "n": text}) for text in ("a", "Hel", "lo")]
    counts = ProgressCounts(counter_factory())
    counts.take(chunks, [0.0, 1.0, 2.0])
    assert counts.tokens == count_text("aHello")


def test_strings_are_of_the_first_choice() -> None:
    counts = ProgressCounts(counter_factory())
    for at, item in enumerate(["Hel", StreamChunk("Hel", metadata={"choice": 1}), "lo"]):
        counts.take([item], [float(at)])
    assert counts.tokens == 2
