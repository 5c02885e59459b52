"""How cost grows: with the length of a stream, operators, pipelines at once, and subscribers.

Usage: python tests/benchmarks/bench_growth.py [--long] [--json FILE]. Without ``--long`` the
largest sizes are left out. Flat columns are what is wanted; times depend on the machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import reactivex as rx
from corpus import english, token_chunks
from reactivex import abc
from reactivex.subject import Subject

from rx_stream import (
    aggregate,
    buffer_words,
    from_iterable,
    share_stream,
    throttle_tokens,
    to_sse,
    track_progress,
)

ROUNDS = 7
Figures = dict[str, float]


def ignore(_: object) -> None:
    pass


def pipeline(source: rx.Observable[str]) -> rx.Observable[str]:
    """Return the README's pipe over a source; the progress timer is the only one."""
    return source.pipe(
        buffer_words(),
        throttle_tokens(None),
        track_progress(None, 60.0, on_progress=ignore),
        to_sse(),
    )


def repeated(count: int) -> Iterator[str]:
    """Give a corpus again and again, without holding all of it."""
    chunks = token_chunks(english())
    for number in range(count):
        yield chunks[number % len(chunks)]


def seconds(run: Callable[[], object], rounds: int) -> float:
    """Return the median time of the processor that a run takes."""
    times: list[float] = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


def peak(run: Callable[[], object]) -> int:
    """Return the most bytes that a run holds at once."""
    gc.collect()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def length(count: int) -> Figures:
    """Measure a pipeline over a stream of so many chunks."""

    def run() -> None:
        pipeline(from_iterable(repeated(count))).subscribe(ignore)

    rounds = 3 if count >= 1_000_000 else ROUNDS
    return {
        "us a chunk": seconds(run, rounds) / count * 1e6,
        "peak KB": peak(run) / 1e3 if count <= 100_000 else float("nan"),
    }


def result(count: int) -> Figures:
    """Measure ``aggregate``, which has to hold the text."""

    def run() -> None:
        from_iterable(repeated(count)).pipe(aggregate(ignore)).subscribe(ignore)

    return {"us a chunk": seconds(run, 3) / count * 1e6}


def operators(count: int) -> Figures:
    """Measure so many word buffers one after the other."""
    size = 10_000

    def run() -> None:
        chain = [buffer_words() for _ in range(count)]
        from_iterable(repeated(size)).pipe(*chain).subscribe(ignore)

    return {"us a chunk and operator": seconds(run, ROUNDS) / size / count * 1e6}


def idle(count: int) -> tuple[Subject[str], list[abc.DisposableBase]]:
    source: Subject[str] = Subject()
    return source, [pipeline(source).subscribe(ignore) for _ in range(count)]


def pipelines(count: int) -> Figures:
    """Measure so many pipelines at once: memory of each while idle, and cost of a chunk."""
    idle(1)[1][0].dispose()
    gc.collect()
    tracemalloc.start()
    source, open_ones = idle(count)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    turns = max(1, 10_000 // count)
    pushed = seconds(lambda: [source.on_next("token ") for _ in range(turns)], ROUNDS)
    for subscription in open_ones:
        subscription.dispose()
    return {"KB a pipeline": held / count / 1e3, "us a chunk": pushed / turns / count * 1e6}


def subscribers(count: int) -> Figures:
    """Measure so many subscribers of one shared stream."""
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream(replay=False))
    open_ones = [shared.subscribe(ignore) for _ in range(count)]
    turns = max(10, 20_000 // count)
    pushed = seconds(lambda: [source.on_next("token ") for _ in range(turns)], ROUNDS)
    for subscription in open_ones:
        subscription.dispose()
    return {"us a chunk and subscriber": pushed / turns / count * 1e6}


SERIES: dict[str, tuple[Callable[[int], Figures], tuple[int, ...], tuple[int, ...]]] = {
    "chunks, whole pipeline": (length, (1_000, 10_000, 100_000), (1_000_000,)),
    "chunks, aggregate": (result, (1_000, 10_000, 100_000), (1_000_000,)),
    "operators in a row": (operators, (1, 2, 4, 8, 16, 32), ()),
    "pipelines at once": (pipelines, (1, 10, 100, 1_000), (10_000,)),
    "subscribers of one stream": (subscribers, (1, 10, 100, 1_000), ()),
}


def main(arguments: list[str]) -> None:
    """Print the tables; write them where asked."""
    parser = argparse.ArgumentParser(description="How cost grows.")
    parser.add_argument("--long", action="store_true", help="with the largest sizes")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args(arguments)
    found: dict[str, dict[int, Figures]] = {}
    for name, (measure, sizes, more) in SERIES.items():
        print(f"\n{name}")
        found[name] = {}
        for size in (*sizes, *more) if asked.long else sizes:
            figures = {key: value for key, value in measure(size).items() if value == value}
            found[name][size] = figures
            row = "  ".join(f"{value:9.3f} {key}" for key, value in figures.items())
            print(f"  {size:9,d}  {row}", flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
