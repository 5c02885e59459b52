"""What backpressure costs: a bridge through Rx against a bounded queue without it.

Run it: ``python tests/benchmarks/bench_flow.py``. Read the ratios; times depend on the machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from compare import compare
from reactivex import operators as ops
from reactivex.subject import ReplaySubject, Subject

from rx_stream import (
    StreamChunk,
    backpressure,
    from_async_iterable,
    share_stream,
    to_async_iterable,
)

CHUNKS = 50_000
REPLAYED = 60_000


def plus(number: int) -> int:
    return number + 1


async def eager() -> AsyncIterator[int]:
    for number in range(CHUNKS):
        yield number


async def patient() -> AsyncIterator[int]:
    for number in range(CHUNKS // 5):
        await asyncio.sleep(0)
        yield number


async def queued(source: AsyncIterator[int]) -> AsyncIterator[int]:
    """What one writes by hand: a task, a bounded queue, an end mark."""
    queue: asyncio.Queue[Any] = asyncio.Queue(64)
    end = object()

    async def pump() -> None:
        try:
            async for item in source:
                await queue.put(plus(item))
        finally:
            await queue.put(end)

    task = asyncio.create_task(pump())
    try:
        while (item := await queue.get()) is not end:
            yield item
    finally:
        task.cancel()


def bridged(source: AsyncIterator[int]) -> AsyncIterator[int]:
    return to_async_iterable(from_async_iterable(source).pipe(ops.map(plus)), capacity=64)


def reading(bridge: Callable[[Any], AsyncIterator[int]], source: Any) -> Callable[[], None]:
    async def read() -> None:
        async for _ in bridge(source()):
            pass

    return lambda: asyncio.run(read())


def pushing(*operators: Any) -> Callable[[], None]:
    def push() -> None:
        source: Subject[str] = Subject()
        source.pipe(*operators).subscribe(lambda _: None)
        for _ in range(CHUNKS):
            source.on_next("token ")

    return push


def late_reader_ms(join: Callable[[Subject[Any]], Any]) -> float:
    """Milliseconds until a late reader has everything so far."""
    source: Subject[Any] = Subject()
    shared = join(source)
    keep = shared.subscribe(lambda _: None)
    for number in range(REPLAYED):
        source.on_next(StreamChunk(f"{number} ", 1))
    start = time.perf_counter()
    got: list[Any] = []
    shared.subscribe(got.append)
    taken = (time.perf_counter() - start) * 1e3
    assert got
    keep.dispose()
    return taken


def replay_subject(source: Subject[Any]) -> Any:
    replayed: ReplaySubject[Any] = ReplaySubject()
    source.subscribe(replayed)
    return replayed


def main() -> None:
    """Print the tables."""
    compare(
        "source | map | sink, per chunk; the source never waits",
        {"bounded asyncio.Queue, no Rx": reading(queued, eager), "ours": reading(bridged, eager)},
        per=CHUNKS,
    )
    compare(
        "source | map | sink, per chunk; the source waits each time",
        {
            "bounded asyncio.Queue, no Rx": reading(queued, patient),
            "ours": reading(bridged, patient),
        },
        per=CHUNKS // 5,
    )
    compare(
        "per item pushed by a Subject, nothing waits",
        {
            "ops.map": pushing(ops.map(lambda x: x)),
            "backpressure": pushing(backpressure()),
            "share_stream": pushing(share_stream()),
            "ops.share": pushing(ops.share()),
        },
        per=CHUNKS,
    )
    ours = min(late_reader_ms(lambda source: source.pipe(share_stream())) for _ in range(5))
    stock = late_reader_ms(replay_subject)
    print(f"\na late reader of {REPLAYED} chunks: ours {ours:.1f} ms, ReplaySubject {stock:.0f} ms")


if __name__ == "__main__":
    main()
