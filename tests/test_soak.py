"""Streams start and finish all the time: nothing of them may stay."""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import threading
import time
import tracemalloc
import weakref
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rx_stream import (
    aggregate,
    buffer_words,
    from_async_iterable,
    throttle_tokens,
    to_async_iterable,
    to_sse,
    track_progress,
)

SECONDS = float(os.environ.get("RX_STREAM_SOAK", "5"))
PER_SECOND = 100
SAMPLE = 0.25
TOKENS = ["The ", "ket", "tle ", "sings", ", and ", "no", "body ", "hears.\n"]
pytestmark = pytest.mark.timeout(SECONDS * 3 + 60)


class Watched:
    """Part of a stream whose end can be seen from outside."""

    def __call__(self, _: object) -> None: ...


@dataclass
class Soak:
    """What a run has seen."""

    started: int = 0
    finished: int = 0
    left_early: int = 0
    wrong: list[str] = field(default_factory=list[str])
    watched: list[weakref.ref[object]] = field(default_factory=list["weakref.ref[object]"])
    bytes_held: list[int] = field(default_factory=list[int])
    in_cycles: int = 0


async def tokens() -> AsyncIterator[str]:
    for token in TOKENS:
        await asyncio.sleep(0.002)
        yield token


def pipeline(on_progress: Any, on_result: Any) -> Any:
    return from_async_iterable(tokens()).pipe(
        buffer_words(),
        throttle_tokens(100_000),
        track_progress(8, 0.01, on_progress=on_progress),
        aggregate(on_result),
        to_sse(),
    )


async def one(soak: Soak, expected: str, number: int) -> None:
    """Read a stream to its end, or leave every fourth one early."""
    seen = Watched()
    soak.watched.append(weakref.ref(seen))
    frames = to_async_iterable(pipeline(seen, seen), capacity=4)
    got: list[str] = []
    async for frame in frames:
        got.append(frame)
        if number % 4 == 3 and len(got) == 2:
            break
    await frames.aclose()
    if number % 4 == 3:
        soak.left_early += 1
    elif "".join(got) != expected:
        soak.wrong.append("".join(got))
    soak.finished += 1


async def run(soak: Soak, seconds: float) -> None:
    """Start streams at an even pace; look at what is held while none of them runs."""
    frames = to_async_iterable(pipeline(Watched(), Watched()))
    expected = "".join([frame async for frame in frames])
    begin = time.monotonic()
    batch = int(PER_SECOND * SAMPLE)
    while time.monotonic() - begin < seconds:
        turn = time.monotonic() + SAMPLE
        async with asyncio.TaskGroup() as group:
            for number in range(batch):
                soak.started += 1
                group.create_task(one(soak, expected, number))
                await asyncio.sleep(SAMPLE / batch / 4)
        assert len(asyncio.all_tasks()) == 1
        soak.in_cycles += gc.collect()
        soak.watched = [ref for ref in soak.watched if ref() is not None]
        soak.bytes_held.append(tracemalloc.get_traced_memory()[0])
        await asyncio.sleep(max(0.0, turn - time.monotonic()))


def descriptors() -> int:
    """Count the open files of this process, or nothing where the system does not tell."""
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


@pytest.mark.realtime
def test_streams_that_start_and_finish_for_long_leave_nothing() -> None:
    asyncio.run(run(Soak(), 0.5))  # What is made once, on first use.
    gc.collect()
    gc.freeze()  # What other tests left behind makes each look of the collector slow.
    files, threads = descriptors(), threading.active_count()
    soak = Soak()
    tracemalloc.start()
    try:
        asyncio.run(run(soak, SECONDS))
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    held = soak.bytes_held[len(soak.bytes_held) // 4 :]  # The first quarter fills caches.
    slope = statistics.linear_regression(range(len(held)), held).slope
    per_stream = slope / (PER_SECOND * SAMPLE)
    print(  # Shown by `pytest -rP`, and so in the reliability report.
        f"{soak.finished} streams in {SECONDS:g} s, {soak.left_early} left early; "
        f"{per_stream:.1f} bytes a stream stay, {soak.in_cycles / soak.finished:.0f} objects a "
        f"stream wait for the collector"
    )
    assert soak.wrong == []
    assert soak.finished == soak.started >= SECONDS * PER_SECOND / 10
    assert soak.left_early >= soak.finished // 5
    assert soak.watched == []
    assert gc.garbage == []
    assert descriptors() == files
    assert threading.active_count() == threads
    assert per_stream < 100
    assert soak.in_cycles < 500 * soak.finished  # A stage and its source know each other.
