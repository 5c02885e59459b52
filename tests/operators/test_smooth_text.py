from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rx_stream import StreamChunk, StreamProgress, from_iterable, smooth_text
from rx_stream.core.text.graphemes import split_graphemes
from rx_stream.testing import TextMarbles

FRAME = 1 / 60

arrivals = st.lists(
    st.tuples(st.integers(0, 900), st.text("abc é😀\u0301 \n日本", max_size=40)),
    min_size=1,
    max_size=15,
)


def played(arrivals: list[tuple[int, str]], **options: Any) -> tuple[Any, list[tuple[float, str]]]:
    lab = TextMarbles()
    sent, at, parts = [], 0.0, []
    for gap, text in arrivals:
        at += gap / 1000
        sent.append((at, text))
        parts.append(f"{gap}ms {text!r}")
    return lab.run(lab.cold(" ".join(parts) + " |").pipe(smooth_text(**options))), sent


def latest_lag(got: Any, sent: list[tuple[float, str]]) -> float:
    """The longest time that a character waited."""
    came = [at for at, text in sent for _ in text]
    left = [row.time for row in got if row.kind == "N" for _ in row.value]
    return max((out - at for at, out in zip(came, left, strict=True)), default=0.0)


@given(arrivals)
def test_any_arrival_is_kept_whole_in_time_and_within_the_frames(
    arrivals: list[tuple[int, str]],
) -> None:
    got, sent = played(arrivals)
    assert got.text == "".join(text for _, text in sent)
    assert got.completed
    assert latest_lag(got, sent) <= 0.6 + FRAME + 1e-4
    assert got[-1].time <= sent[-1][0] + 0.25 + FRAME + 1e-4
    times = [row.time for row in got if row.kind == "N"]
    assert all(b - a >= FRAME - 1e-5 for a, b in pairwise(times))


@pytest.mark.parametrize("unit", ["word", "token"])
def test_other_units_are_in_time_as_well(unit: Any) -> None:
    text = [(300, "The quick brown "), (5, "fox jum"), (400, "ped over"), (900, " the dog")]
    got, sent = played(text, unit=unit, max_lag=0.3)
    assert got.text == "".join(text for _, text in sent)
    assert latest_lag(got, sent) <= 0.3 + FRAME + 1e-4


def test_the_first_text_comes_at_once() -> None:
    got, _ = played([(500, "Hello"), (400, " you")])
    assert (got[0].time, got[0].value) == (0.5, "Hello")


def test_a_whole_answer_in_one_chunk_is_typed_out_within_the_drain() -> None:
    got, _ = played([(0, "a long answer " * 40)])
    assert got[0].time == 0
    assert len(got) >= 15
    assert 0.2 < got[-1].time <= 0.25
    sizes = [len(row.value) for row in got[:-2]]
    assert max(sizes) - min(sizes) <= 3


def test_clumps_are_spread_over_the_gaps_between_them() -> None:
    got, sent = played([(250, "twenty characters...") for _ in range(12)])
    late = [row.time for row in got if row.kind == "N" and row.time > 1]
    gaps = [b - a for a, b in pairwise(late)]
    assert max(gaps) < 0.07
    assert got.text == "".join(text for _, text in sent)


@pytest.mark.parametrize("gap", [200, 400, 550])
def test_a_clump_is_shown_over_most_of_the_gap_to_the_next_also_where_gaps_are_long(
    gap: int,
) -> None:
    got, _ = played([(gap, "word " * 16)] * 6)
    left = [row.time for row in got if row.kind == "N" for _ in row.value]
    for clump in (2, 3, 4):
        first, last = left[80 * clump], left[80 * clump + 78]
        assert last - first > 0.7 * gap / 1000


def lags(got: Any, sent: list[tuple[float, str]]) -> list[float]:
    """How long each character waited, shortest first."""
    came = [at for at, text in sent for _ in text]
    left = [row.time for row in got if row.kind == "N" for _ in row.value]
    return sorted(out - at for at, out in zip(came, left, strict=True))


def test_a_steady_stream_is_not_delayed_but_for_the_last_letter_of_a_chunk() -> None:
    got, sent = played([(20, "word ")] * 100)
    waited = lags(got, sent)
    assert waited[int(0.75 * len(waited))] < 1e-4
    assert waited[-1] <= 0.02 + FRAME


def test_a_burst_in_a_steady_stream_is_spread() -> None:
    got, sent = played([(20, "word ")] * 50 + [(20, "x" * 200)] + [(20, "word ")] * 50)
    assert max(len(value) for value in got.values) <= 40
    assert lags(got, sent)[-1] < 0.4


def test_clumps_are_half_as_late_as_the_gaps_are_long() -> None:
    got, sent = played([(250, "clump of some twenty words " * 4)] * 20)
    waited = lags(got, sent)
    assert waited[len(waited) // 2] < 0.1
    assert waited[-1] <= 0.25 + FRAME


def test_after_a_stall_a_steady_stream_is_soon_in_time_again() -> None:
    got, sent = played([(20, "word ")] * 50 + [(2000, "word ")] + [(20, "word ")] * 100)
    late = [row.time for row in got if row.kind == "N"]
    assert latest_lag(got, sent) < 0.3
    assert len([at for at in late if at > sent[-1][0] - 0.5]) >= 25


def test_a_short_rest_at_the_end_is_not_dragged_out() -> None:
    got, sent = played([(100, "some words ")] * 20)
    assert got[-1].time - sent[-1][0] <= 2 * FRAME + 1e-4


def test_a_stall_does_not_slow_down_what_follows() -> None:
    clumps = [(20, "abcd")] * 20 + [(2000, "abcd" * 40)] + [(20, "abcd")] * 20
    got, sent = played(clumps)
    assert latest_lag(got, sent) <= 0.6 + FRAME + 1e-4


def test_words_are_not_torn() -> None:
    got, _ = played([(50, text) for text in ("The qu", "ick bro", "wn fox ", "jumps")], unit="word")
    assert got.text == "The quick brown fox jumps"
    assert all(value.endswith(" ") for value in got.values[:-1])


def test_clusters_that_come_in_parts_are_not_torn() -> None:
    text = "👩‍👩‍👧é🇩🇪 अनुच्छेद " * 3
    got, _ = played([(0, "Hi "), *[(5, c) for c in text]])
    clusters = set(split_graphemes("Hi " + text))
    assert all(set(split_graphemes(value)) <= clusters for value in got.values)


def test_chunks_come_out_as_chunks_whose_counts_add_up_and_the_end_comes_last() -> None:
    lab = TextMarbles()
    lookup = {
        "a": StreamChunk("Hello", 1, metadata={"n": 1}),
        "b": StreamChunk(" wonderful", 2, metadata={"n": 2}),
        "c": StreamChunk("world", 1, True, "stop", {"n": 3, "reasoning": "r"}),
    }
    got = lab.run(lab.cold("a 100ms b c |", lookup=lookup).pipe(smooth_text()))
    chunks: list[Any] = got.values
    assert "".join(c.content for c in chunks) == "Hello wonderfulworld"
    assert sum(c.token_count or 0 for c in chunks) == 4
    assert [c.metadata["n"] for c in chunks] == sorted(c.metadata["n"] for c in chunks)
    assert not any("reasoning" in c.metadata or c.is_complete for c in chunks[:-1])
    assert chunks[-1] == StreamChunk("", None, True, "stop", {"n": 3, "reasoning": "r"})


def test_what_is_not_text_passes_at_once_and_a_chunk_with_meaning_keeps_its_place() -> None:
    lab = TextMarbles()
    lookup = {
        "a": StreamChunk("x" * 100),
        "t": StreamChunk(metadata={"tool_calls": [1]}),
        "p": StreamProgress(),
    }
    got = lab.run(lab.cold("a t p 1s |", lookup=lookup).pipe(smooth_text()))
    assert got[1].value == StreamProgress()
    assert got[-2].value == lookup["t"]
    assert got[-2].time == got[-3].time > 0.2


def test_strings_and_chunks_in_one_stream_keep_their_kind() -> None:
    lab = TextMarbles()
    source = lab.cold("'Hello ' c 'again' |", lookup={"c": StreamChunk("world ", 1)})
    got = lab.run(source.pipe(smooth_text(drain=0)))
    assert "".join(map(str, got.values)) == "Hello world again"
    kinds = "".join("c" if isinstance(v, StreamChunk) else "s" for v in got.values)
    assert kinds.strip("s").strip("c") == ""
    assert kinds.startswith("s")
    assert kinds.endswith("s")


def test_an_error_comes_after_the_text_within_the_drain() -> None:
    lab = TextMarbles()
    broken = ValueError("x")
    got = lab.run(lab.cold("'Hello' 1s ' wonderful world' #", error=broken).pipe(smooth_text()))
    assert "".join(got.values) == "Hello wonderful world"
    assert got.error is broken
    assert 1.0 < got[-1].time <= 1.25 + FRAME


def test_drain_0_gives_the_rest_in_the_next_frame() -> None:
    got, _ = played([(0, "Hello"), (500, " wonderful world")], drain=0)
    assert got[-1].time <= 0.5 + FRAME + 1e-5


def test_a_run_without_borders_costs_linear_time_and_is_whole() -> None:
    got, _ = played([(0, "a" * 200_000)], unit="word")
    assert len(got.text) == 200_000


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"max_lag": 0}, ValueError, "max_lag must be above 0 seconds, not 0"),
        ({"drain": -1}, ValueError, "drain must be at least 0 seconds, not -1"),
        ({"unit": "line"}, ValueError, "unit must be one of 'grapheme', 'word', 'token'"),
        ({"frame": timedelta(0)}, ValueError, "frame must be above 0 seconds"),
        ({"unit": "token", "encoding": "no_such"}, ValueError, "no_such"),
    ],
)
def test_a_bad_argument_is_refused(options: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match="smooth_text") as caught:
        smooth_text(**options)
    assert words in str(caught.value)


def test_a_pausable_source_that_is_ahead_is_held_back_but_not_slowed_down() -> None:
    lab = TextMarbles()
    pulled, shown, most = 0, 0, 0

    def produce() -> Iterator[str]:
        nonlocal pulled, most
        for _ in range(5_000):
            pulled += 4
            most = max(most, pulled - shown)
            yield "word"

    done: list[float] = []

    def note(text: str) -> None:
        nonlocal shown
        shown += len(text)

    start = lab.scheduler.clock
    from_iterable(produce()).pipe(smooth_text()).subscribe(
        note, on_completed=lambda: done.append(lab.scheduler.clock - start), scheduler=lab.scheduler
    )
    lab.scheduler.advance_to(start + 30)
    assert shown == 20_000
    assert most <= 1024 + 4 + 1
    assert done[0] < 2.5
