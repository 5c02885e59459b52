"""One source, many subscribers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import reactivex as rx
from reactivex import operators as ops
from reactivex.scheduler import CurrentThreadScheduler
from reactivex.subject import Subject

from rx_stream import (
    BackpressureError,
    StreamChunk,
    StreamProgress,
    StreamTruncatedError,
    backpressure,
    from_async_iterable,
    from_iterable,
    share_stream,
    throttle_tokens,
    to_async_iterable,
    to_iterable,
)
from rx_stream.schedulers.closing import Closing
from rx_stream.schedulers.flow import Flow, FlowScheduler
from rx_stream.testing import TextMarbles

END = StreamChunk("", None, True, "stop")


class Client:
    """A subscriber with a gate of its own, which the test opens."""

    def __init__(self, shared: Any, *, capacity: int = 1, scheduler: Any = None) -> None:
        self.gate = Flow(capacity)
        self.got: list[Any] = []
        self.subscription = shared.subscribe(
            self._take,
            lambda error: self.got.append(error),
            lambda: self.got.append("|"),
            scheduler=FlowScheduler(scheduler or TextMarbles().scheduler, self.gate),
        )

    def _take(self, item: Any) -> None:
        self.got.append(item)
        self.gate.hold()


def listen(shared: Any) -> list[Any]:
    got: list[Any] = []
    shared.subscribe(got.append, got.append, lambda: got.append("|"))
    return got


def test_all_subscribers_get_every_item_of_one_subscription() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 1s 'b' 1s 'c' |")
    shared = source.pipe(share_stream())
    first, second = [], []
    shared.subscribe(first.append, scheduler=lab.scheduler)
    shared.subscribe(second.append, scheduler=lab.scheduler)
    lab.scheduler.advance_by(5)
    assert first == second == ["a", "b", "c"]
    assert len(source.subscriptions) == 1


def test_a_late_subscriber_gets_the_text_so_far_as_one_item_and_then_live() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream())
    listen(shared)
    for item in "abc":
        source.on_next(item)
    late = listen(shared)
    assert late == ["abc"]
    source.on_next("d")
    source.on_completed()
    assert late == ["abc", "d", "|"]


def test_after_the_end_a_subscriber_gets_all_the_text_and_the_end() -> None:
    shared = from_iterable("abc").pipe(share_stream())
    listen(shared)
    assert listen(shared) == ["abc", "|"]
    assert listen(shared) == ["abc", "|"]


def test_after_an_error_a_subscriber_gets_all_the_text_and_the_error() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream())
    listen(shared)
    error = ValueError("x")
    source.on_next("a")
    source.on_error(error)
    assert listen(shared) == ["a", error]


def test_chunks_are_replayed_as_one_chunk_and_the_terminal_one() -> None:
    chunks = [StreamChunk("a", 1), StreamChunk("b", 2), END]
    shared = from_iterable(chunks).pipe(share_stream())
    assert listen(shared) == [*chunks, "|"]
    assert listen(shared) == [StreamChunk("ab", 3), END, "|"]


def test_reasoning_and_tool_calls_are_replayed_in_their_places() -> None:
    call = StreamChunk(metadata={"tool_calls": [{"index": 0}]})
    chunks = [
        StreamChunk(metadata={"reasoning": "th"}),
        StreamChunk(metadata={"reasoning": "ink"}),
        StreamChunk("a"),
        StreamChunk("b"),
        call,
    ]
    shared = from_iterable(chunks).pipe(share_stream())
    listen(shared)
    replayed = [StreamChunk(metadata={"reasoning": "think"}), StreamChunk("ab"), call]
    assert listen(shared) == [*replayed, "|"]


def test_progress_is_live_only_and_does_not_cut_the_replayed_text() -> None:
    report = StreamProgress()
    shared = from_iterable(["a", report, "b"]).pipe(share_stream())
    assert listen(shared) == ["a", report, "b", "|"]
    assert listen(shared) == ["ab", "|"]


def test_without_replay_a_late_subscriber_gets_live_items_only() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream(replay=False))
    listen(shared)
    source.on_next("a")
    late = listen(shared)
    source.on_next("b")
    source.on_completed()
    assert late == ["b", "|"]
    assert listen(shared) == ["|"]


def test_the_source_is_disposed_with_the_last_subscriber() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream())
    one, two = Client(shared), Client(shared)
    one.subscription.dispose()
    assert len(source.observers) == 1
    two.subscription.dispose()
    assert source.observers == []


def test_after_the_last_one_left_early_the_text_ends_in_an_error_and_nothing_starts_again() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream())
    client = Client(shared)
    source.on_next("a")
    client.subscription.dispose()
    text, error = listen(shared)
    assert text == "a"
    assert isinstance(error, StreamTruncatedError)
    assert source.observers == []


def test_a_subscriber_that_leaves_inside_on_next_does_not_disturb_the_others() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream())
    short: list[str] = []
    shared.pipe(ops.take(1)).subscribe(short.append)
    rest = listen(shared)
    for item in "abc":
        source.on_next(item)
    assert (short, rest) == (["a"], ["a", "b", "c"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_subscriber_that_raises_is_left_out_and_reported(monkeypatch: Any) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append(args.exc_value))
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream())
    shared.subscribe(lambda item: 1 / 0)
    rest = listen(shared)
    for item in "abc":
        source.on_next(item)
    assert rest == ["a", "b", "c"]
    assert [type(error) for error in seen] == [ZeroDivisionError]


def test_what_the_only_subscriber_raises_reaches_whoever_pushed() -> None:
    source: Subject[str] = Subject()
    source.pipe(share_stream()).subscribe(lambda item: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        source.on_next("a")
    assert source.observers == []


def numbers(made: list[int], count: int = 10_000) -> Any:
    for number in range(count):
        made.append(number)
        yield f"{number} "


def test_the_source_waits_for_the_slowest_and_not_for_one_that_left() -> None:
    lab, made = TextMarbles(), list[int]()
    shared = from_iterable(numbers(made)).pipe(share_stream())
    fast = Client(shared, capacity=64, scheduler=lab.scheduler)
    slow = Client(shared, capacity=4, scheduler=lab.scheduler)
    lab.scheduler.advance_by(1)
    assert len(made) == 4
    fast.gate.release(4)
    lab.scheduler.advance_by(1)
    assert len(made) == 4
    slow.subscription.dispose()
    lab.scheduler.advance_by(1)
    assert len(made) == 4 + 64


def test_a_plain_subscriber_does_not_free_the_source_from_a_slow_one() -> None:
    lab, made = TextMarbles(), list[int]()
    shared = from_iterable(numbers(made)).pipe(share_stream())
    slow = Client(shared, capacity=2, scheduler=lab.scheduler)
    plain = listen(shared)
    lab.scheduler.advance_by(1)
    assert (len(made), len(slow.got), len(plain)) == (2, 2, 2)


def test_coalesce_lets_the_source_go_on_and_joins_what_waits() -> None:
    lab, made = TextMarbles(), list[int]()
    shared = from_iterable(numbers(made)).pipe(share_stream(slow="coalesce"))
    fast = Client(shared, capacity=20_000, scheduler=lab.scheduler)
    slow = Client(shared, capacity=1, scheduler=lab.scheduler)
    lab.scheduler.advance_by(1)
    assert len(fast.got) == 10_001
    slow.gate.release()
    assert slow.got[0] == "0 "
    assert slow.got[1:] == ["".join(f"{n} " for n in range(1, 10_000)), "|"]


def test_disconnect_drops_the_slow_one_and_spares_the_others() -> None:
    lab, made = TextMarbles(), list[int]()
    shared = from_iterable(numbers(made)).pipe(share_stream(slow="disconnect", capacity=3))
    fast = Client(shared, capacity=20_000, scheduler=lab.scheduler)
    slow = Client(shared, capacity=1, scheduler=lab.scheduler)
    lab.scheduler.advance_by(1)
    assert len(fast.got) == 10_001
    for _ in range(4):
        slow.gate.release()
    assert slow.got[:-1] == ["0 ", "1 ", "2 ", "3 "]
    assert isinstance(slow.got[-1], BackpressureError)


def test_a_throttle_above_is_bounded_by_the_capacity() -> None:
    lab, made = TextMarbles(), list[int]()
    shared = from_iterable(numbers(made)).pipe(throttle_tokens(10), share_stream(capacity=8))
    got: list[Any] = []
    shared.subscribe(got.append, scheduler=lab.scheduler)
    lab.scheduler.advance_by(3)
    assert got
    assert len(made) <= len(got) + 8


def test_it_can_stand_behind_backpressure() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(backpressure(), share_stream())
    client = Client(shared)
    for item in "abcd":
        source.on_next(item)
    client.gate.release()
    assert client.got == ["a", "bcd"]


def test_sixty_thousand_chunks_replay_in_less_than_ten_milliseconds() -> None:
    source: Subject[Any] = Subject()
    shared = source.pipe(share_stream())
    shared.subscribe(lambda _: None)
    for number in range(60_000):
        source.on_next(StreamChunk(f"{number} ", 1))
    times: list[float] = []
    for _ in range(3):
        start = time.process_time()
        (chunk,) = listen(shared)
        times.append(time.process_time() - start)
        assert chunk.token_count == 60_000
    assert min(times) < 0.010


def test_a_client_that_joins_from_another_thread_misses_and_repeats_nothing() -> None:
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream())
    shared.subscribe(lambda _: None)
    results: list[list[Any]] = []

    def join() -> None:
        results.extend(listen(shared) for _ in range(30))

    joiner = threading.Thread(target=join)
    joiner.start()
    sent = [f"{number} " for number in range(3_000)]
    for item in sent:
        source.on_next(item)
    joiner.join()
    source.on_completed()
    assert results
    for got in results:
        assert got.pop() == "|"
        assert "".join(got) == "".join(sent)


class Model:
    """An async source that tells whether it is closed, and how often it was started."""

    def __init__(self, count: int = 1 << 60, wait: float = 0.0) -> None:
        self.count, self.wait = count, wait
        self.made = self.started = 0
        self.closed = False

    async def answer(self) -> AsyncIterator[str]:
        self.started += 1
        try:
            for number in range(self.count):
                self.made += 1
                yield f"{number} "
                await asyncio.sleep(self.wait)
        finally:
            await asyncio.sleep(0.01)
            self.closed = True


@pytest.mark.parametrize("leave_at", [None, 1, 300])
def test_on_asyncio_the_backlog_of_the_slowest_stays_within_its_capacity(
    leave_at: int | None,
) -> None:
    async def main() -> None:
        model = Model(1500)
        shared = from_async_iterable(model.answer()).pipe(share_stream())
        got, worst = [0, 0], 0

        async def client(which: int, slow: bool) -> None:
            nonlocal worst
            stream = to_async_iterable(shared, capacity=64)
            async for _ in stream:
                got[which] += 1
                if slow:
                    worst = max(worst, model.made - got[which])
                    if got[which] == leave_at:
                        await stream.aclose()
                        return
                    await asyncio.sleep(0)
                await asyncio.sleep(0)

        await asyncio.gather(client(0, False), client(1, True))
        assert got == [1500, leave_at or 1500]
        assert worst <= 64
        assert (model.started, model.closed) == (1, True)

    asyncio.run(main())


def test_the_first_to_leave_does_not_wait_for_the_source_and_the_last_does() -> None:
    async def main() -> None:
        model = Model()
        shared = from_async_iterable(model.answer()).pipe(share_stream())
        first, last = to_async_iterable(shared), to_async_iterable(shared)
        await anext(first)
        await anext(last)
        await asyncio.wait_for(first.aclose(), 5)
        assert not model.closed
        assert await anext(last)
        await last.aclose()
        assert model.closed
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_on_threads_the_stream_outlives_the_first_subscriber() -> None:
    shared = from_iterable(f"{n} " for n in range(2000)).pipe(share_stream())
    first, second = to_iterable(shared, capacity=8), to_iterable(shared, capacity=8)
    head, other = next(first), next(second)
    first.close()
    assert head
    assert other + "".join(second) == "".join(f"{n} " for n in range(2000))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"capacity": 0}, ValueError),
        ({"capacity": 2.0}, TypeError),
        ({"replay": 1}, TypeError),
        ({"slow": "drop"}, ValueError),
    ],
)
def test_bad_arguments_are_refused_at_the_call(arguments: Any, error: Any) -> None:
    with pytest.raises(error, match=r"^share_stream: "):
        share_stream(**arguments)


def test_the_source_is_pulled_where_the_first_subscriber_says_though_no_timer_runs_there() -> None:
    threads: set[int] = set()

    def source() -> Iterator[str]:
        threads.add(threading.get_ident())
        yield "a"

    got: list[str] = []
    shared = from_iterable(source()).pipe(share_stream())
    shared.subscribe(got.append, scheduler=CurrentThreadScheduler())
    assert (got, threads) == (["a"], {threading.get_ident()})


def test_a_sink_that_hears_of_the_end_knows_by_then_what_it_has_to_wait_for() -> None:
    """The thread of the source may tell it of the end long before it lets it go."""
    closing, known = Closing(), list[Any]()

    def subscribe(observer: Any, scheduler: Any = None) -> Any:
        scheduler.tasks.add(closing)
        observer.on_completed()

    sink = FlowScheduler(TextMarbles().scheduler, Flow(1))
    rx.create(subscribe).pipe(share_stream()).subscribe(
        on_completed=lambda: known.extend(sink.tasks), scheduler=sink
    )
    assert known == [closing]
