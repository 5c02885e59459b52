"""What happens at a boundary whose consumer is behind."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
import reactivex as rx
from reactivex import operators as ops
from reactivex.subject import Subject

from rx_stream import (
    BackpressureError,
    StreamChunk,
    StreamProgress,
    backpressure,
    from_iterable,
    throttle_tokens,
    to_async_iterable,
    to_iterable,
)
from rx_stream.schedulers.flow import Flow, FlowScheduler
from rx_stream.testing import TextMarbles

LOSSY = ("drop_oldest", "drop_newest", "latest")


class Bench:
    """A hot source, the operator, and a consumer whose gate the test opens and shuts."""

    def __init__(self, *args: Any, source: Any = None, **options: Any) -> None:
        self.lab = TextMarbles()
        self.gate = Flow(1)
        self.source: Subject[Any] = Subject()
        self.got: list[Any] = []
        self.subscription = (
            (source or self.source)
            .pipe(backpressure(*args, **options))
            .subscribe(
                self._take,
                lambda error: self.got.append(repr(error)),
                lambda: self.got.append("|"),
                scheduler=FlowScheduler(self.lab.scheduler, self.gate),
            )
        )

    def _take(self, item: Any) -> None:
        self.got.append(item)
        self.gate.hold()

    def push(self, *items: Any) -> None:
        for item in items:
            self.source.on_next(item)

    def open(self) -> None:
        self.gate.release()


def test_everything_passes_at_once_while_the_consumer_is_ready() -> None:
    source: Subject[str] = Subject()
    got: list[str] = []
    source.pipe(backpressure()).subscribe(got.append)
    source.on_next("a")
    assert got == ["a"]
    source.on_next("b")
    assert got == ["a", "b"]


def test_coalesce_joins_what_waits() -> None:
    bench = Bench()
    bench.push("a", "b", "c", "d")
    assert bench.got == ["a"]
    bench.open()
    assert bench.got == ["a", "bcd"]


def test_what_waits_does_not_keep_the_gate_shut() -> None:
    bench = Bench("buffer", capacity=8)
    bench.push("a", "b", "c")
    for _ in range(3):
        bench.open()
    assert bench.got == ["a", "b", "c"]


@pytest.mark.parametrize("strategy", ["coalesce", "buffer", "error"])
def test_the_terminal_event_comes_after_what_is_held(strategy: Any) -> None:
    bench = Bench(strategy)
    bench.push("a", "b")
    bench.source.on_completed()
    assert bench.got == ["a"]
    bench.open()
    assert bench.got == ["a", "b", "|"]


def test_an_error_comes_after_what_is_held() -> None:
    bench = Bench()
    bench.push("a", "b")
    bench.source.on_error(ValueError("x"))
    bench.open()
    assert bench.got == ["a", "b", "ValueError('x')"]


@pytest.mark.parametrize("strategy", ["buffer", "error"])
def test_a_source_that_cannot_wait_fails_after_all_that_is_held(strategy: Any) -> None:
    bench = Bench(strategy, capacity=2)
    bench.push("a", "b", "c", "d", "e")
    assert bench.source.observers == []
    bench.open()
    bench.open()
    assert bench.got[:3] == ["a", "b", "c"]
    assert "2 items wait" in bench.got[3]


def test_coalesce_fails_at_its_limit_of_characters_where_the_source_cannot_wait() -> None:
    bench = Bench(max_characters=4)
    bench.push("a", "bb", "cc", "d")
    bench.open()
    assert bench.got[:2] == ["a", "bbcc"]
    assert "BackpressureError" in bench.got[2]


@pytest.mark.parametrize("strategy", ["coalesce", "buffer", "block"])
def test_a_source_that_can_wait_waits_when_it_is_full(strategy: Any) -> None:
    made: list[int] = []

    def items() -> Any:
        for number in range(1000):
            made.append(number)
            yield f"{number} "

    bench = Bench(strategy, capacity=8, max_characters=30, source=from_iterable(items()))
    bench.lab.scheduler.advance_by(1)
    assert len(made) < 30
    while "|" not in bench.got:
        bench.open()
        bench.lab.scheduler.advance_by(1)
    assert "".join(bench.got[:-1]) == "".join(f"{n} " for n in range(1000))


def test_block_holds_exactly_its_capacity() -> None:
    made: list[int] = []
    source = from_iterable(iter(lambda: made.append(1) or "x", None))
    bench = Bench("block", capacity=5, source=source)
    bench.lab.scheduler.advance_by(1)
    assert (len(bench.got), len(made)) == (1, 6)


def test_block_refuses_a_source_that_cannot_wait() -> None:
    bench = Bench("block")
    assert "use 'coalesce'" in bench.got[0]
    assert bench.source.observers == []


def test_the_refusal_reaches_a_subscriber_without_an_error_handler() -> None:
    with pytest.raises(BackpressureError, match="from_iterable"):
        Subject[str]().pipe(backpressure("block")).subscribe(lambda _: None)


def test_drop_oldest_keeps_the_newest_and_reports_the_others() -> None:
    lost: list[str] = []
    bench = Bench("drop_oldest", capacity=2, lossy=True, on_dropped=lost.append)
    bench.push("a", "b", "c", "d", "e")
    assert lost == ["b", "c"]
    bench.open()
    bench.open()
    assert bench.got == ["a", "d", "e"]


def test_drop_newest_keeps_the_oldest_and_reports_the_others() -> None:
    lost: list[str] = []
    bench = Bench("drop_newest", capacity=2, lossy=True, on_dropped=lost.append)
    bench.push("a", "b", "c", "d", "e")
    assert lost == ["d", "e"]
    bench.open()
    bench.open()
    assert bench.got == ["a", "b", "c"]


def test_latest_keeps_one() -> None:
    bench = Bench("latest", lossy=True)
    bench.push("a", "b", "c")
    bench.open()
    assert bench.got == ["a", "c"]


def test_sample_sends_the_newest_of_each_period() -> None:
    lab = TextMarbles()
    lost: list[str] = []
    source = lab.cold("'a' 300ms 'b' 1s 'c' 300ms 'd' 100ms 'e' |")
    sampled = backpressure("sample", period=1.0, lossy=True, on_dropped=lost.append)
    got = lab.run(source.pipe(sampled))
    assert got == lab.expect("1s 'b' 700ms 'e' |")
    assert lost == ["a", "c", "d"]


def test_sample_waits_for_the_consumer_too() -> None:
    bench = Bench("sample", period=1.0, lossy=True)
    for item in "abc":
        bench.push(item)
        bench.lab.scheduler.advance_by(1.0)
    assert bench.got == ["a"]
    bench.open()
    assert bench.got == ["a", "c"]
    bench.open()
    bench.push("d")
    assert bench.got == ["a", "c"]
    bench.lab.scheduler.advance_by(1.0)
    assert bench.got == ["a", "c", "d"]


def test_a_disposed_sample_leaves_no_timer() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 9s |")
    lab.run(source.pipe(backpressure("sample", period=1.0, lossy=True)), dispose_at=0.5)
    assert source.subscriptions[0].end == 0.5
    assert lab.scheduler.to_seconds(lab.scheduler.now) < 201


@pytest.mark.parametrize("strategy", LOSSY)
def test_a_terminal_chunk_is_never_dropped(strategy: Any) -> None:
    bench = Bench(strategy, capacity=1, lossy=True)
    end = StreamChunk("", None, True, "stop")
    bench.push(*(StreamChunk(c) for c in "abcd"), end)
    bench.source.on_completed()
    for _ in range(3):
        bench.open()
    assert bench.got[-2:] == [end, "|"]
    assert len(bench.got) == 4


def test_the_number_dropped_travels_with_the_next_chunk() -> None:
    bench = Bench("latest", lossy=True)
    bench.push(*(StreamChunk(c) for c in "abcd"))
    bench.open()
    assert bench.got[1] == StreamChunk("d", metadata={"dropped": 2})


def test_what_on_dropped_raises_ends_the_stream_after_what_is_held() -> None:
    bench = Bench("latest", lossy=True, on_dropped=lambda item: 1 / 0)
    bench.push("a", "b", "c", "d")
    bench.open()
    assert bench.got[:2] == ["a", "c"]
    assert "ZeroDivisionError" in bench.got[2]


@pytest.mark.parametrize("strategy", [*LOSSY, "sample"])
def test_a_lossy_strategy_has_to_be_asked_for(strategy: Any) -> None:
    with pytest.raises(ValueError, match=f"backpressure: lossy must be True .*'{strategy}'"):
        backpressure(strategy, period=1 if strategy == "sample" else None)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"strategy": "drop"}, ValueError),
        ({"capacity": 0}, ValueError),
        ({"capacity": True}, TypeError),
        ({"capacity": 1.5}, TypeError),
        ({"max_characters": 0}, ValueError),
        ({"strategy": "sample", "lossy": True}, ValueError),
        ({"strategy": "sample", "lossy": True, "period": 0}, ValueError),
        ({"strategy": "sample", "lossy": True, "period": float("nan")}, ValueError),
        ({"period": 1.0}, ValueError),
        ({"lossy": 1}, TypeError),
        ({"on_dropped": 3}, TypeError),
    ],
)
def test_bad_arguments_are_refused_at_the_call(arguments: Any, error: Any) -> None:
    with pytest.raises(error, match=r"^backpressure: "):
        backpressure(**arguments)


def test_dispose_silences_it_and_reaches_the_source() -> None:
    bench = Bench()
    bench.push("a", "b")
    bench.subscription.dispose()
    bench.open()
    assert bench.got == ["a"]
    assert bench.source.observers == []


def test_an_item_pushed_by_the_subscriber_comes_after_what_waits() -> None:
    source: Subject[str] = Subject()
    got: list[str] = []

    def on_next(item: str) -> None:
        got.append(item)
        if item == "a":
            source.on_next("b")
            source.on_next("c")

    source.pipe(backpressure()).subscribe(on_next)
    source.on_next("a")
    assert got == ["a", "b", "c"]


def test_a_throttle_below_is_a_consumer() -> None:
    """Its queue is bounded, and what does not fit waits as one item."""
    lab = TextMarbles()
    source = rx.from_iterable(StreamChunk(f"{n} ", 1) for n in range(1000))
    got = lab.run(source.pipe(backpressure(), throttle_tokens(100)))
    assert "".join(map(str, got.values)) == "".join(f"{n} " for n in range(1000))
    assert 64 <= len(got.values) <= 70
    assert got.completed


def test_a_consumer_fifty_times_too_slow_gets_all_the_text_with_one_item_waiting() -> None:
    """1,000 tokens a second for two seconds, 20 ms an item: nothing is lost, nothing queues up."""
    lab = TextMarbles()
    gate, got = Flow(1), list[StreamChunk]()

    def take(item: StreamChunk) -> None:
        got.append(item)
        gate.hold()
        lab.scheduler.schedule_relative(0.02, lambda *_: gate.release())

    done: list[float] = []
    sent = [StreamChunk(f"{n} ", 1) for n in range(2000)]
    rx.interval(0.001).pipe(ops.take(2000), ops.map(lambda n: sent[n]), backpressure()).subscribe(
        take,
        on_completed=lambda: done.append(lab.scheduler.clock),
        scheduler=FlowScheduler(lab.scheduler, gate),
    )
    start = lab.scheduler.clock
    lab.scheduler.advance_by(10.0)
    assert "".join(chunk.content for chunk in got) == "".join(chunk.content for chunk in sent)
    assert sum(chunk.token_count or 0 for chunk in got) == 2000
    assert len(got) < 110
    assert done[0] - start < 2.05


def test_threads_push_while_another_reads() -> None:
    source: Subject[str] = Subject()
    sent = [f"{n} " for n in range(20_000)]
    stream = to_iterable(source.pipe(backpressure()), capacity=4)
    got: list[str] = []

    def push() -> None:
        for item in sent:
            source.on_next(item)
        source.on_completed()

    def read() -> None:
        got.extend(stream)

    reader = threading.Thread(target=read)
    reader.start()
    while not source.observers:
        pass
    push()
    reader.join(30)
    assert "".join(got) == "".join(sent)


def test_it_stops_the_warning_of_a_sink_behind_a_hot_source() -> None:
    async def main() -> str:
        source: Subject[str] = Subject()
        stream = to_async_iterable(source.pipe(backpressure()), capacity=1)
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        for number in range(1000):
            source.on_next(f"{number} ")
        source.on_completed()
        return await first + "".join([item async for item in stream])

    assert asyncio.run(main()) == "".join(f"{n} " for n in range(1000))


def test_progress_waits_in_its_place() -> None:
    bench = Bench()
    report = StreamProgress(tokens_received=1)
    bench.push("a", "b", report, "c")
    for _ in range(3):
        bench.open()
    assert bench.got == ["a", "b", report, "c"]
