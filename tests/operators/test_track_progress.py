from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops
from reactivex.subject import Subject

from rx_stream import StreamChunk, StreamProgress, track_progress
from rx_stream.core.progress.progress import ProgressTracker
from rx_stream.core.tokens.token_counter import counter_factory
from rx_stream.testing import TextMarbles

TOKEN = StreamChunk("x ", 1)


def reports(got: Any) -> list[StreamProgress]:
    return [value for value in got.values if isinstance(value, StreamProgress)]


def steady(first: float, gap: float, count: int, lab: TextMarbles) -> Any:
    diagram = f"{first}s " + f" {gap}s ".join("t" * count) + " |"
    return lab.cold(diagram, lookup={"t": TOKEN})


# ------------------------------------------------------------------------------ when reports come


def test_reports_come_every_interval_from_the_subscription_on() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("250ms 'a' 500ms |").pipe(track_progress(None, 0.2)))
    times = [row.time for row in got if isinstance(row.value, StreamProgress)]
    assert times == [0.2, 0.4, 0.6, 0.75]
    assert [p.state for p in reports(got)] == ["waiting", "streaming", "streaming", "completed"]
    assert [p.elapsed for p in reports(got)] == pytest.approx([0.2, 0.4, 0.6, 0.75])


def test_the_last_report_comes_directly_before_the_end() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'a' 'b' |").pipe(track_progress()))
    assert [type(row.value) for row in got] == [str, str, StreamProgress, type(None)]
    failed = lab.run(lab.cold("'a' 50ms #").pipe(track_progress()))
    assert [row.kind for row in failed] == ["N", "N", "E"]
    assert reports(failed)[0].state == "error"
    assert reports(failed)[0].eta is None


def test_interval_0_reports_each_item_and_sets_no_timer() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'a' 9s 'b' |").pipe(track_progress(interval=0)))
    assert [(row.time, type(row.value).__name__) for row in got] == [
        (0, "str"),
        (0, "StreamProgress"),
        (9, "str"),
        (9, "StreamProgress"),
        (9, "StreamProgress"),
        (9, "NoneType"),
    ]


def test_interval_none_makes_only_the_last_report() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'a' 9s 'b' |").pipe(track_progress(interval=None)))
    assert [p.state for p in reports(got)] == ["completed"]


def test_missed_reports_are_not_made_up_for() -> None:
    lab = TextMarbles()
    seen: list[StreamProgress] = []
    lab.cold("99s |").pipe(track_progress(None, 1, on_progress=seen.append)).subscribe(
        scheduler=lab.scheduler
    )
    start = lab.scheduler.clock
    lab.scheduler.advance_to(start + 2)
    lab.scheduler.sleep(5.5)
    lab.scheduler.advance_to(start + 9.5)
    assert [p.elapsed for p in seen] == pytest.approx([1, 2, 7.5, 8, 9])


# -------------------------------------------------------------------------------- where they go


def test_with_a_function_the_stream_is_left_alone() -> None:
    lab = TextMarbles()
    seen: list[StreamProgress] = []
    source = lab.cold("'a' 250ms 'b' |")
    got = lab.run(source.pipe(track_progress(None, timedelta(0.1), on_progress=seen.append)))
    assert got == lab.expect("'a' 250ms 'b' |")
    assert [p.state for p in seen] == ["completed"]


def test_an_observer_gets_the_reports() -> None:
    lab = TextMarbles()
    subject: Subject[StreamProgress] = Subject()
    seen: list[StreamProgress] = []
    subject.subscribe(seen.append)
    source = lab.cold("'a' 250ms 'b' |")
    assert lab.run(source.pipe(track_progress(None, 0.1, on_progress=subject))).text == "ab"
    assert [p.state for p in seen] == ["streaming", "streaming", "completed"]


def test_dispose_makes_a_last_report_to_the_function_only() -> None:
    lab = TextMarbles()
    seen: list[StreamProgress] = []
    source = lab.cold("'a' 1s 'b' |")
    lab.run(source.pipe(track_progress(None, 0.2, on_progress=seen.append)), dispose_at=0.5)
    assert [p.state for p in seen] == ["streaming", "streaming", "cancelled"]
    assert seen[-1].elapsed == pytest.approx(0.5)
    got = lab.run(source.pipe(track_progress(None, 0.2)), dispose_at=0.5)
    assert [p.state for p in reports(got)] == ["streaming", "streaming"]


@pytest.mark.parametrize("interval", [0, 0.1, None])
def test_a_function_that_raises_ends_the_stream_with_its_error_after_the_text(
    interval: float | None,
) -> None:
    lab = TextMarbles()
    broken = RuntimeError("callback")

    def fail(_: StreamProgress) -> None:
        raise broken

    source = lab.cold("'a' 250ms |")
    got = lab.run(source.pipe(track_progress(None, interval, on_progress=fail)))
    assert [row.kind for row in got] == ["N", "E"]
    assert got.error is broken


def test_the_errors_of_the_source_matter_more_than_those_of_the_function() -> None:
    lab = TextMarbles()
    own = ValueError("source")

    def fail(_: StreamProgress) -> None:
        raise RuntimeError("callback")

    source = lab.cold("'a' #", error=own)
    got = lab.run(source.pipe(track_progress(None, None, on_progress=fail)))
    assert got.error is own
    assert "callback" in own.__notes__[0]


def test_a_function_may_dispose_the_stream() -> None:
    lab = TextMarbles()
    seen: list[StreamProgress] = []
    holder: list[Any] = []

    def stop(progress: StreamProgress) -> None:
        seen.append(progress)
        holder[0].dispose()

    source = lab.cold("'a' 1s 'b' |")
    items: list[str] = []
    holder.append(
        source.pipe(track_progress(None, 0.2, on_progress=stop)).subscribe(
            items.append, scheduler=lab.scheduler
        )
    )
    lab.scheduler.advance_to(lab.scheduler.clock + 5)
    assert items == ["a"]
    assert [p.state for p in seen] == ["streaming", "cancelled"]


# ------------------------------------------------------------------------------------ the fields


def test_every_field_of_a_report() -> None:
    lab = TextMarbles()
    source = lab.cold(
        "500ms t 100ms t 100ms t 300ms t 100ms u |",
        lookup={
            "t": StreamChunk("ab", 1),
            "u": StreamChunk("日本", 2),
        },
    )
    final = reports(lab.run(source.pipe(track_progress(10, None))))[0]
    assert final == StreamProgress(
        tokens_received=6,
        total_tokens=6,
        percentage=100.0,
        elapsed=pytest.approx(1.1),
        eta=0.0,
        tokens_per_second=final.tokens_per_second,
        tokens_per_second_average=pytest.approx(5 / 0.6),
        chunks_received=5,
        characters_received=10,
        time_to_first_token=pytest.approx(0.5),
        inter_chunk_p50=pytest.approx(0.1),
        inter_chunk_p95=pytest.approx(0.27),
        time_since_last=pytest.approx(0.0),
        stalled=False,
        overrun=False,
        state="completed",
    )
    assert set(final.to_dict()) == set(StreamProgress.__slots__)


def test_what_is_not_known_is_none() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("500ms 'a' 500ms 'b' |").pipe(track_progress(None, 0.2)))
    assert all(p.percentage is p.total_tokens is p.eta is None for p in reports(got))
    first = reports(got)[0]
    assert first.time_to_first_token is first.time_since_last is None
    assert first.tokens_per_second is first.inter_chunk_p50 is None
    assert first.tokens_received == first.chunks_received == 0


def test_text_is_counted_exactly_and_a_count_that_is_set_is_taken() -> None:
    lab = TextMarbles()
    lookup = {"c": StreamChunk("some words here", 7), "p": object()}
    got = lab.run(
        lab.cold("'Hel' 'lo wor' 'ld' '' c p |", lookup=lookup).pipe(track_progress(interval=None))
    )
    final = reports(got)[0]
    assert final.tokens_received == 2 + 7
    assert final.chunks_received == 4
    assert final.characters_received == 11 + 15


def test_the_usage_of_the_provider_wins() -> None:
    lab = TextMarbles()
    end = StreamChunk(is_complete=True, metadata={"usage": {"output_tokens": 42}})
    got = lab.run(
        lab.cold("'Hello' e |", lookup={"e": end}).pipe(track_progress(50, interval=None))
    )
    assert reports(got)[0].tokens_received == 42


def test_an_empty_first_chunk_is_not_the_first_token() -> None:
    lab = TextMarbles()
    source = lab.cold("'' e 1s 'a' |", lookup={"e": StreamChunk()})
    got = lab.run(source.pipe(track_progress(interval=None)))
    assert reports(got)[0].time_to_first_token == pytest.approx(1)
    assert reports(got)[0].chunks_received == 1


def test_a_stream_stalls_and_comes_back() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'a' 2500ms 'b' 1s |").pipe(track_progress(None, 1, stall_after=1)))
    states = [(p.state, p.stalled) for p in reports(got)]
    assert states == [
        ("stalled", True),
        ("stalled", True),
        ("streaming", False),
        ("completed", False),
    ]
    assert [p.time_since_last for p in reports(got)] == pytest.approx([1, 2, 0.5, 1])


def test_waiting_is_not_stalling() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("5s |").pipe(track_progress(None, 2, stall_after=1)))
    assert [p.state for p in reports(got)] == ["waiting", "waiting", "completed"]
    assert not any(p.stalled for p in reports(got))


# ---------------------------------------------------------------------------- estimates and ETA


@pytest.mark.parametrize("first", [0.5, 6])
def test_the_wait_for_the_first_token_does_not_spoil_the_remaining_time(first: float) -> None:
    lab = TextMarbles()
    got = lab.run(steady(first, 0.02, 500, lab).pipe(track_progress(500, 0.5)))
    end = got[-1].time
    errors = [
        abs(row.value.eta - (end - row.time)) / (end - row.time)
        for row in got
        if isinstance(row.value, StreamProgress)
        and row.value.eta
        and 0.1 <= row.value.tokens_received / 500 <= 0.9
    ]
    assert len(errors) > 10
    assert max(errors) < 0.05


def test_a_stall_is_left_out_of_the_remaining_time() -> None:
    lab = TextMarbles()
    source = lab.cold(
        "t " * 1 + "100ms t " * 50 + "10s t " + "100ms t " * 10 + "|", lookup={"t": TOKEN}
    )
    final = reports(lab.run(source.pipe(track_progress(122, 1.0))))[-2]
    assert final.tokens_received == 52
    # Seventy tokens are to come, at ten a second; with the stall it would be 21 s.
    assert final.eta == pytest.approx(7, rel=0.2)


@pytest.mark.parametrize("estimate", [1, 50, 300, 5000])
def test_the_percentage_never_falls_and_is_100_only_at_the_end(estimate: float) -> None:
    lab = TextMarbles()
    got = lab.run(steady(0.1, 0.02, 300, lab).pipe(track_progress(estimate, 0.1)))
    shown = [p.percentage for p in reports(got)]
    assert shown == sorted(shown)
    assert max(shown[:-1]) < 100
    assert shown[-1] == 100
    assert len(set(shown)) > 50 or estimate == 1


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40)), min_size=1, max_size=30),
    st.lists(
        st.tuples(st.integers(0, 900), st.one_of(st.none(), st.floats(0.5, 2000))), max_size=8
    ),
    st.sampled_from([0, 0.1, None]),
)
def test_no_revision_of_the_estimate_lets_the_percentage_fall_or_reach_100_before_the_end(
    arrivals: list[tuple[int, int]],
    revisions: list[tuple[int, float | None]],
    interval: float | None,
) -> None:
    lab = TextMarbles()
    tokens = {f"t{n}": StreamChunk("x", n) for _, n in arrivals}
    source = lab.cold(" ".join(f"{gap}ms t{n}" for gap, n in arrivals) + " |", lookup=tokens)
    values = {f"e{i}": value for i, (_, value) in enumerate(revisions)}
    diagram = " ".join(f"{gap}ms e{i}" for i, (gap, _) in enumerate(revisions))
    got = lab.run(source.pipe(track_progress(lab.cold(diagram, lookup=values), interval)))
    assert got.completed
    shown = [p.percentage for p in reports(got) if p.percentage is not None]
    assert shown == sorted(shown)
    assert all(p.percentage is None or p.percentage < 100 for p in reports(got)[:-1])
    assert reports(got)[-1].percentage in (100, None)
    assert reports(got)[-1].tokens_received == sum(n for _, n in arrivals)
    assert all(p.eta is None or p.eta >= 0 for p in reports(got))


def test_an_estimate_that_is_too_low_is_outgrown() -> None:
    lab = TextMarbles()
    got = lab.run(steady(0.1, 0.02, 300, lab).pipe(track_progress(100, 0.5)))
    before, after = reports(got)[2], reports(got)[8]
    assert before.total_tokens == 100
    assert not before.overrun
    assert after.overrun
    assert after.total_tokens > after.tokens_received > 100
    assert after.eta > 0
    assert reports(got)[-1].total_tokens == 300


def test_an_observable_revises_the_estimate() -> None:
    lab = TextMarbles()
    estimates = lab.cold("e 1s f 1s n", lookup={"e": 100, "f": 50, "n": None})
    got = lab.run(steady(0.1, 0.1, 30, lab).pipe(track_progress(estimates, 0.75)))
    assert [p.total_tokens for p in reports(got)] == [100, 50, None, None]
    percentages = [p.percentage for p in reports(got)[:2]]
    assert percentages == sorted(percentages)


@pytest.mark.parametrize("bad", [0, -5, float("nan"), "many"])
def test_a_bad_estimate_in_the_stream_is_an_error(bad: Any) -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 1s 'b' |")
    got = lab.run(source.pipe(track_progress(lab.cold("500ms x", lookup={"x": bad}), None)))
    assert [row.kind for row in got] == ["N", "N", "E"]
    assert "track_progress: estimated_tokens must be above 0 tokens" in str(got.error)


def test_the_displayed_rate_forgets_and_the_average_does_not() -> None:
    lab = TextMarbles()
    source = lab.cold("t " + "20ms t " * 500 + "200ms t " * 75 + "|", lookup={"t": TOKEN})
    final = reports(lab.run(source.pipe(track_progress(None, 0.1))))[-1]
    assert final.tokens_per_second == pytest.approx(6.4, rel=0.1)
    assert final.tokens_per_second_average == pytest.approx(575 / 25, rel=0.01)


def test_gaps_of_a_long_stream_are_right_within_two_percent() -> None:
    lab = TextMarbles()
    rng = random.Random(5)
    gaps = [round(rng.lognormvariate(-4, 0.6), 5) for _ in range(3000)]
    source = lab.cold("t " + " ".join(f"{gap}s t" for gap in gaps) + " |", lookup={"t": TOKEN})
    final = reports(lab.run(source.pipe(track_progress(None, 1))))[-1]
    gaps.sort()
    assert final.inter_chunk_p50 == pytest.approx(gaps[1500], rel=0.02)
    assert final.inter_chunk_p95 == pytest.approx(gaps[2850], rel=0.02)


def test_memory_is_bounded_between_reports() -> None:
    tracker: ProgressTracker[str] = ProgressTracker(counter_factory(len), None, None, None, None)
    for i in range(10_000):
        tracker.feed("x", i / 100)
    assert len(tracker.items) <= 512
    assert tracker.progress(100).characters_received == 10_000


def test_a_counter_that_raises_ends_the_stream_with_its_error_between_reports_too() -> None:
    broken = LookupError("no such token")

    def count(text: str) -> int:
        if "x" in text:
            raise broken
        return len(text)

    got: list[Any] = []
    source: Subject[str] = Subject()
    source.pipe(track_progress(interval=None, encoding=count)).subscribe(got.append, got.append)
    for _ in range(600):
        source.on_next("x")
    assert got == [*["x"] * 512, broken]


def test_each_subscription_is_counted_by_itself() -> None:
    lab = TextMarbles()
    stream = lab.cold("'a' 1s 'b' |").pipe(track_progress(10, 0.4))
    assert lab.run(stream) == lab.run(stream)
    assert lab.run(stream.pipe(ops.take(1))).text == "a"
    assert rx.empty().pipe(track_progress()).run().state == "completed"


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"estimated_tokens": 0}, ValueError, "estimated_tokens must be above 0 tokens, not 0"),
        ({"estimated_tokens": "9"}, TypeError, "estimated_tokens must be above 0 tokens, not '9'"),
        ({"interval": -1}, ValueError, "interval must be at least 0 seconds, not -1"),
        ({"interval": True}, TypeError, "not True"),
        ({"on_progress": 5}, TypeError, "on_progress must be a function or an observer, not 5"),
        ({"stall_after": 0}, ValueError, "stall_after must be above 0 seconds, not 0"),
        ({"encoding": "no_such"}, ValueError, "no_such"),
    ],
)
def test_a_bad_argument_is_refused(options: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match="track_progress") as caught:
        track_progress(**options)
    assert words in str(caught.value)


@pytest.mark.parametrize("interval", [0, 0.1])
def test_what_a_subscriber_pushes_back_comes_in_order(interval: float) -> None:
    source: Subject[str] = Subject()
    seen: list[str] = []

    def note(item: str) -> None:
        seen.append(item)
        if item == "a":
            source.on_next("b")
            seen.append("a done")

    source.pipe(track_progress(None, interval, on_progress=lambda _: None)).subscribe(note)
    source.on_next("a")
    source.on_completed()
    assert seen == ["a", "a done", "b"]


def test_an_exception_of_the_subscriber_reaches_the_source_and_leaves_no_timer() -> None:
    lab = TextMarbles()
    source: Subject[str] = Subject()
    states: list[str] = []

    def fail(_: str) -> None:
        raise KeyError("subscriber")

    source.pipe(track_progress(None, 0.1, on_progress=lambda p: states.append(p.state))).subscribe(
        fail, scheduler=lab.scheduler
    )
    with pytest.raises(KeyError):
        source.on_next("a")
    lab.scheduler.advance_to(lab.scheduler.clock + 5)
    assert states == ["cancelled"]
    assert not source.observers
