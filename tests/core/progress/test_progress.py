"""The tracker, told the time."""

from __future__ import annotations

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.progress.progress import ProgressTracker
from rx_stream.core.tokens.token_counter import counter_factory


def tracker(interval: float | None) -> ProgressTracker[str]:
    made: ProgressTracker[str] = ProgressTracker(counter_factory(len), 10, interval, None, None)
    made.start(100.0)
    return made


def test_a_driver_that_feeds_item_by_item_need_not_settle() -> None:
    made = tracker(None)
    for i in range(600):
        assert made.feed("x", 100 + i / 100) == ("x",)
    assert len(made.items) < 512
    assert made.progress(200.0).tokens_received == 600


def test_nothing_is_due_before_its_time_and_without_an_interval() -> None:
    made = tracker(1.0)
    assert made.wake_at() == 101.0
    assert made.tick(100.5) == ()
    assert len(made.tick(101.0)) == 1
    assert made.wake_at() == 102.0
    assert tracker(None).tick(1e9) == ()
    assert tracker(0).tick(1e9) == ()
    assert tracker(0).wake_at() is None


def test_nothing_is_due_after_the_end() -> None:
    made = tracker(1.0)
    assert made.flush(100.5)[0].state == "completed"
    assert made.wake_at() is None
    assert made.tick(200.0) == ()


def test_reports_that_would_wait_for_their_reader_are_not_put_into_the_stream() -> None:
    seen: list[StreamProgress] = []
    beside: ProgressTracker[str] = ProgressTracker(counter_factory(len), 10, 1.0, 2.0, seen.append)
    within: ProgressTracker[str] = ProgressTracker(counter_factory(len), 10, 1.0, 2.0, None)
    crowded = True
    for made in (beside, within):
        made.crowded = lambda: crowded
        made.start(0.0)
        made.feed("x", 0.0)
        assert made.tick(5.0) == ()
        assert made.wake_at() == 6.0
    assert [p.state for p in seen] == ["stalled"]
    crowded = False
    assert [p.state for p in within.tick(6.0)] == ["stalled"]
    crowded = True
    assert [p.state for p in within.flush(7.0)] == ["completed"]


def test_an_average_needs_tokens_after_the_first_ones() -> None:
    made = tracker(None)
    made.feed("abcde", 100.0)
    assert made.progress(102.0).tokens_per_second_average is None
    made.feed("f", 102.0)
    assert made.progress(104.0).tokens_per_second_average == 0.25
    usage = StreamChunk(metadata={"usage": {"output_tokens": 2}})
    fewer: ProgressTracker[str | StreamChunk] = ProgressTracker(
        counter_factory(len), 10, None, None, None
    )
    fewer.start(100.0)
    fewer.feed("abcde", 100.0)
    fewer.feed(usage, 101.0)
    assert fewer.progress(102.0).tokens_per_second_average is None


def test_times_are_told_to_the_microsecond() -> None:
    made = tracker(None)
    made.feed("a", 100.000003)
    report = made.progress(100.000007)
    assert (report.elapsed, report.time_to_first_token) == (7e-06, 3e-06)
    assert report.time_since_last == 4e-06
