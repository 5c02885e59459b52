"""How many items are under way at most: made by the source, and not yet taken by the consumer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import reactivex as rx
from conftest import LONG
from reactivex import operators as ops
from reactivex.scheduler import EventLoopScheduler

from rx_stream import (
    StreamChunk,
    buffer_lines,
    buffer_words,
    from_async_iterable,
    from_iterable,
    observe_on_bounded,
    throttle_tokens,
    to_async_iterable,
    to_iterable,
)
from rx_stream.schedulers.flow import Flow, FlowScheduler
from rx_stream.testing import TextMarbles

ITEMS = 1_000_000 if LONG else 20_000
CAPACITIES = pytest.mark.parametrize("capacity", [1, 64])
pytestmark = pytest.mark.timeout(900 if LONG else 60)


class Meter:
    """Counts what the source has made and the consumer has taken."""

    def __init__(self, capacity: int, items: int = ITEMS) -> None:
        self.capacity = capacity
        self.items = items
        self.made = self.used = self.peak = 0

    def source(self) -> Iterator[int]:
        for number in range(self.items):
            self.made += 1
            self.peak = max(self.peak, self.made - self.used)
            yield number

    async def async_source(self) -> AsyncIterator[int]:
        for number in self.source():
            yield number

    async def read(self, stream: Any) -> None:
        async for _ in to_async_iterable(stream, capacity=self.capacity):
            self.used += 1
            if self.used % 7 == 0:  # Slower than the source, which gets many turns meanwhile.
                await asyncio.sleep(0)
                await asyncio.sleep(0)

    def read_on_this_thread(self, stream: Any) -> None:
        for _ in to_iterable(stream, capacity=self.capacity):
            self.used += 1

    def check(self, *, expansion: int = 1) -> None:
        assert (self.made, self.used) == (self.items, self.items)
        assert self.peak <= self.capacity + expansion - 1


def middle() -> Any:
    """Stock operators that know nothing of a gate."""
    return rx.compose(
        ops.map(lambda x: x + 1), ops.filter(lambda x: x >= 0), ops.scan(lambda _, x: x, 0)
    )


@CAPACITIES
def test_asyncio_with_an_async_source(capacity: int) -> None:
    meter = Meter(capacity)
    asyncio.run(meter.read(from_async_iterable(meter.async_source()).pipe(middle())))
    meter.check()


@CAPACITIES
def test_asyncio_with_a_plain_source(capacity: int) -> None:
    meter = Meter(capacity)
    asyncio.run(meter.read(from_iterable(meter.source()).pipe(middle())))
    meter.check()


@CAPACITIES
def test_threads(capacity: int) -> None:
    meter = Meter(capacity)
    meter.read_on_this_thread(from_iterable(meter.source()).pipe(middle()))
    meter.check()


@CAPACITIES
def test_a_loop_source_with_a_thread_sink(capacity: int) -> None:
    meter = Meter(capacity, ITEMS // 4)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        source = from_async_iterable(meter.async_source(), loop=loop)
        meter.read_on_this_thread(source.pipe(middle()))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
    meter.check()


@CAPACITIES
def test_a_thread_source_with_a_loop_sink(capacity: int) -> None:
    meter = Meter(capacity, ITEMS // 4)
    worker = EventLoopScheduler()
    asyncio.run(meter.read(from_iterable(meter.source(), scheduler=worker).pipe(middle())))
    worker.dispose()
    meter.check()


@CAPACITIES
def test_a_bounded_hand_over_in_the_middle(capacity: int) -> None:
    meter = Meter(capacity, ITEMS // 4)
    worker = EventLoopScheduler()
    stream = from_iterable(meter.source()).pipe(middle(), observe_on_bounded(worker), middle())
    meter.read_on_this_thread(stream)
    worker.dispose()
    meter.check()


@CAPACITIES
def test_virtual_time(capacity: int) -> None:
    """A queue that time drains: one item every 0.1 s, to the very second."""
    lab, meter = TextMarbles(), Meter(capacity, ITEMS // 4)
    done: list[float] = []

    def use(_: Any) -> None:
        meter.used += 1

    stream = from_iterable(meter.source()).pipe(
        middle(),
        ops.map(lambda _: StreamChunk("x", 1)),
        throttle_tokens(10),
    )
    start = lab.scheduler.clock
    stream.subscribe(
        use,
        on_completed=lambda: done.append(lab.scheduler.clock),
        scheduler=FlowScheduler(lab.scheduler, Flow(capacity)),
    )
    lab.scheduler.advance_by(meter.items)
    meter.check()
    assert done[0] - start == pytest.approx((meter.items - 1) / 10, abs=1e-3)


@CAPACITIES
def test_a_throttle_in_the_middle_counts_in_the_capacity_of_the_sink(capacity: int) -> None:
    meter = Meter(capacity, 500)
    stream = from_iterable(meter.source()).pipe(
        middle(), ops.map(lambda _: StreamChunk("x", 1)), throttle_tokens(5000)
    )
    asyncio.run(meter.read(stream))
    meter.check()


class Words(Meter):
    """Pulls of five words each."""

    def text(self) -> Iterator[str]:
        for _ in range(self.items // 5):
            self.made += 5
            self.peak = max(self.peak, self.made - self.used)
            yield "a b c d e "


@CAPACITIES
def test_word_buffers_add_the_expansion_of_one_pull(capacity: int) -> None:
    meter = Words(capacity)
    asyncio.run(meter.read(from_iterable(meter.text()).pipe(buffer_words())))
    meter.check(expansion=5 + 1)  # And the last word, which waits for the next pull.


@CAPACITIES
def test_a_buffer_that_gathers_more_than_the_capacity_does_not_stop_the_stream(
    capacity: int,
) -> None:
    """What it holds leaves only with new input, so it must not keep the input out."""

    async def main() -> list[str]:
        source = from_iterable("x" * 299 + "\n" for _ in range(20))
        one_by_one = source.pipe(ops.flat_map(lambda line: rx.from_iterable(line)))
        stream = one_by_one.pipe(buffer_lines())
        return [line async for line in to_async_iterable(stream, capacity=capacity)]

    assert asyncio.run(main()) == ["x" * 299 + "\n"] * 20


@CAPACITIES
def test_a_batch_of_a_stock_operator_does_not_stop_the_stream(capacity: int) -> None:
    async def main() -> int:
        stream = from_iterable(range(5000)).pipe(ops.buffer_with_count(100))
        return len([batch async for batch in to_async_iterable(stream, capacity=capacity)])

    assert asyncio.run(main()) == 50
