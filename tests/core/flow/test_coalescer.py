"""Waiting text is joined; nothing else is."""

from __future__ import annotations

import tracemalloc
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.flow.coalescer import Coalescer, text_length
from rx_stream.core.flow.mailbox import BoundedMailbox, CoalescingMailbox, DroppingMailbox


def joined(*items: Any) -> list[Any]:
    waiting: Coalescer[Any] = Coalescer()
    for item in items:
        waiting.append(item)
    out = waiting.items()
    assert [waiting.popleft() for _ in out] == out
    assert (len(waiting), waiting.characters) == (0, 0)
    return out


def test_strings_are_joined() -> None:
    assert joined("a", "b", "c") == ["abc"]


def test_a_single_chunk_comes_out_as_the_same_object() -> None:
    chunk = StreamChunk("a", metadata={"model": "m"})
    assert joined(chunk)[0] is chunk


def test_token_counts_are_summed() -> None:
    assert joined(StreamChunk("a", 1), StreamChunk("b", 2)) == [StreamChunk("ab", 3)]


def test_an_unknown_token_count_makes_the_sum_unknown() -> None:
    assert joined(StreamChunk("a", 1), StreamChunk("b"))[0].token_count is None


def test_metadata_is_merged_and_the_later_value_wins() -> None:
    first = StreamChunk("a", metadata={"model": "m", "id": "1"})
    second = StreamChunk("b", metadata={"id": "2"})
    assert joined(first, second)[0].metadata == {"model": "m", "id": "2"}
    assert first.metadata == {"model": "m", "id": "1"}


def test_choices_are_not_mixed() -> None:
    zero = StreamChunk("a", metadata={"choice": 0})
    one = StreamChunk("b", metadata={"choice": 1})
    assert joined(zero, one, zero) == [zero, one, zero]


def test_nothing_is_joined_across_a_tool_call_a_finish_or_another_item() -> None:
    call = StreamChunk(metadata={"tool_calls": [{"index": 0}]})
    end = StreamChunk("", None, True, "stop")
    progress = StreamProgress()
    items = [StreamChunk("a"), call, StreamChunk("b"), progress, StreamChunk("c"), end]
    assert joined(*items) == items


def test_reasoning_is_joined_with_reasoning_only() -> None:
    got = joined(
        StreamChunk(metadata={"reasoning": "th"}),
        StreamChunk(metadata={"reasoning": "ink"}),
        StreamChunk("a"),
    )
    assert got == [StreamChunk(metadata={"reasoning": "think"}), StreamChunk("a")]


def test_strings_and_chunks_are_not_mixed() -> None:
    assert joined("a", StreamChunk("b"), "c") == ["a", StreamChunk("b"), "c"]


def test_a_chunk_that_says_several_things_is_joined_with_nothing() -> None:
    both = StreamChunk(metadata={"reasoning": "a", "refusal": "b"})
    spoken = StreamChunk("x", metadata={"reasoning": "a"})
    parts = StreamChunk(metadata={"reasoning": ["a"]})
    for chunk in (both, spoken, parts):
        assert joined(chunk, chunk) == [chunk, chunk]


def test_an_end_is_joined_with_nothing_however_it_is_told() -> None:
    for end in (StreamChunk(is_complete=True), StreamChunk("a", finish_reason="stop")):
        assert joined(end, end) == [end, end]


def test_it_tells_what_would_be_joined_to_the_last_item() -> None:
    waiting: Coalescer[Any] = Coalescer()
    a, b = (StreamChunk("a", metadata={"choice": choice}) for choice in (0, 1))
    assert not waiting.open
    assert not waiting.joins(a)
    waiting.append(a)
    assert waiting.open is True
    assert waiting.joins(a)
    assert not waiting.joins(b)
    assert not waiting.joins("a")
    waiting.append(StreamProgress())
    assert not waiting.open
    assert not waiting.joins(a)


def test_reasoning_and_refusal_are_text_that_waits_and_progress_is_none() -> None:
    chunk = StreamChunk("abc", metadata={"reasoning": "de", "refusal": "f", "model": "gh"})
    assert [text_length(item) for item in (chunk, "ab", StreamProgress())] == [6, 2, 0]


def test_only_the_newest_report_is_kept_and_the_text_around_the_others_is_joined() -> None:
    waiting: Coalescer[Any] = Coalescer()
    reports = [StreamProgress(tokens_received=n) for n in range(3)]
    for item in ("a", reports[0], "b", reports[1], "c"):
        waiting.append(item)
    waiting.forget_old_progress()
    assert (waiting.items(), waiting.characters) == (["ab", reports[1], "c"], 3)
    waiting.append("d")
    waiting.append(reports[2])
    waiting.forget_old_progress()
    assert (waiting.items(), waiting.characters) == (["abcd", reports[2]], 4)


def test_small_pieces_take_little_more_memory_than_their_text() -> None:
    waiting: Coalescer[str] = Coalescer()
    tracemalloc.start()
    try:
        for number in range(20_000):
            waiting.append(f"{number:09d} ")
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # A string for each piece would take 1,300,000.
    assert taken < 600_000


ITEMS = st.one_of(
    st.text(max_size=5),
    st.builds(
        StreamChunk,
        st.text(max_size=5),
        st.one_of(st.none(), st.integers(0, 5)),
        metadata=st.one_of(st.just({}), st.fixed_dictionaries({"choice": st.integers(0, 1)})),
    ),
    st.builds(StreamProgress),
)


@given(st.lists(ITEMS, max_size=30))
def test_the_text_and_its_length_stay(items: list[Any]) -> None:
    got = joined(*items)
    texts = [item for item in items if not isinstance(item, StreamProgress)]
    kept = [item for item in got if not isinstance(item, StreamProgress)]
    assert "".join(map(str, kept)) == "".join(map(str, texts))
    assert sum(map(text_length, got)) == sum(map(text_length, items))


def test_of_many_reports_of_progress_only_the_newest_stays_when_there_is_no_room() -> None:
    box: CoalescingMailbox[Any] = CoalescingMailbox(4, 1000)
    for index in range(100):
        box.put(f"{index} ")
        box.put(StreamProgress(tokens_received=index))
        assert len(box) <= 4
    out = [box.take() for _ in range(len(box))]
    text = "".join(item for item in out if isinstance(item, str))
    assert text == "".join(f"{index} " for index in range(100))
    assert out[-1].tokens_received == 99


def test_characters_are_limited() -> None:
    box: CoalescingMailbox[str] = CoalescingMailbox(64, 10)
    box.put("12345678")
    assert not box.full
    assert box.fits("90")
    assert not box.fits("901")
    box.put("90")
    assert box.full


def test_one_item_fits_whatever_its_length() -> None:
    assert CoalescingMailbox[str](64, 10).fits("x" * 100)


def test_an_end_always_fits() -> None:
    end = StreamChunk("", None, True, "stop")
    bounded: BoundedMailbox[Any] = BoundedMailbox(1)
    bounded.put("a")
    assert not bounded.fits("b")
    assert bounded.fits(end)


def test_a_dropping_mailbox_keeps_ends_and_counts_the_rest() -> None:
    lost: list[Any] = []
    box: DroppingMailbox[Any] = DroppingMailbox(2, "oldest", lost.append)
    chunks = [StreamChunk(str(n)) for n in range(5)]
    end = StreamChunk("", None, True, "stop")
    for chunk in [*chunks, end]:
        box.put(chunk)
    assert lost == chunks[:3]
    out = [box.take() for _ in range(len(box))]
    assert [chunk.content for chunk in out] == ["3", "4", ""]
    assert out[0].metadata == {"dropped": 3}
    assert out[1:] == [chunks[4], end]
    assert box.dropped == 3
