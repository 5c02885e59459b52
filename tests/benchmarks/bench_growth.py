"""How cost grows: with the length of a stream, operators, pipelines at once, and subscribers.

Usage: python tests/benchmarks/bench_growth.py [--short | --long] [--json FILE]. The largest sizes
are measured with ``--long`` only; ``--short`` leaves out the next ones too. Flat columns are what
is wanted; times depend on the machine.
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
from reactivex import operators as ops
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
Pipe = Callable[[rx.Observable[str]], rx.Observable[str]]


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
        "peak KB": peak(run) / 1e3,
    }


def result(count: int) -> Figures:
    """Measure ``aggregate``, which has to hold the text."""

    def run() -> None:
        from_iterable(repeated(count)).pipe(aggregate(ignore)).subscribe(ignore)

    return {"us a chunk": seconds(run, 3) / count * 1e6, "peak bytes a chunk": peak(run) / count}


def operators(count: int) -> Figures:
    """Measure so many word buffers one after the other."""
    size = 10_000

    def run() -> None:
        chain = [buffer_words() for _ in range(count)]
        from_iterable(repeated(size)).pipe(*chain).subscribe(ignore)

    return {"us a chunk and operator": seconds(run, ROUNDS) / size / count * 1e6}


def stock(source: rx.Observable[str]) -> rx.Observable[str]:
    """Return as many operators of RxPY, which do nothing: what many of anything cost."""
    return source.pipe(*[ops.map(lambda chunk: chunk)] * 4)


def idle(pipe: Pipe, count: int) -> tuple[Subject[str], list[abc.DisposableBase]]:
    source: Subject[str] = Subject()
    return source, [pipe(source).subscribe(ignore) for _ in range(count)]


def held(pipe: Pipe, count: int) -> int:
    """Return the bytes that so many idle pipelines hold."""
    idle(pipe, 1)[1][0].dispose()
    gc.collect()
    tracemalloc.start()
    kept = idle(pipe, count)
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    for subscription in kept[1]:
        subscription.dispose()
    return size


def pushed(pipe: Pipe, count: int) -> float:
    """Return the seconds that a chunk takes in each of so many pipelines."""
    source, open_ones = idle(pipe, count)
    turns = max(1, 10_000 // count)
    taken = seconds(lambda: [source.on_next("token ") for _ in range(turns)], ROUNDS)
    for subscription in open_ones:
        subscription.dispose()
    return taken / turns / count


def in_a_row(count: int) -> float:
    """Return the seconds of a chunk where each pipeline gets ten before the next has its turn."""
    sources: list[Subject[str]] = [Subject() for _ in range(count)]
    open_ones = [pipeline(source).subscribe(ignore) for source in sources]

    def push() -> None:
        for source in sources:
            for _ in range(10):
                source.on_next("token ")

    turns = max(1, 1_000 // count)
    taken = seconds(lambda: [push() for _ in range(turns)], ROUNDS)
    for subscription in open_ones:
        subscription.dispose()
    return taken / turns / count / 10


def pipelines(count: int) -> Figures:
    """Measure so many pipelines at once: memory of each while idle, and cost of a chunk."""
    return {
        "KB a pipeline": held(pipeline, count) / count / 1e3,
        "us a chunk": pushed(pipeline, count) * 1e6,
        "us a chunk, ten in a row": in_a_row(count) * 1e6,
        "us a chunk, four ops.map": pushed(stock, count) * 1e6,
    }


def subscribers(count: int) -> Figures:
    """Measure so many subscribers of one shared stream."""
    source: Subject[str] = Subject()
    shared = source.pipe(share_stream(replay=False))
    open_ones = [shared.subscribe(ignore) for _ in range(count)]
    turns = max(10, 20_000 // count)
    taken = seconds(lambda: [source.on_next("token ") for _ in range(turns)], ROUNDS)
    for subscription in open_ones:
        subscription.dispose()
    return {"us a chunk and subscriber": taken / turns / count * 1e6}


SERIES: dict[str, tuple[Callable[[int], Figures], tuple[int, ...]]] = {
    "chunks, whole pipeline": (length, (1_000, 10_000, 100_000, 1_000_000)),
    "chunks, aggregate": (result, (1_000, 10_000, 100_000, 1_000_000)),
    "operators in a row": (operators, (1, 2, 4, 8, 16, 32)),
    "pipelines at once": (pipelines, (1, 10, 100, 1_000, 10_000)),
    "subscribers of one stream": (subscribers, (1, 10, 100, 1_000)),
}
LARGEST = {"short": 10_000, "": 100_000, "long": 1_000_000}
"""Chunks at most. Of pipelines at once a hundredth of that."""


def main(arguments: list[str]) -> None:
    """Print the tables; write them where asked."""
    parser = argparse.ArgumentParser(description="How cost grows.")
    parser.add_argument("--short", dest="run", action="store_const", const="short", default="")
    parser.add_argument("--long", dest="run", action="store_const", const="long")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args(arguments)
    found: dict[str, dict[int, Figures]] = {}
    for name, (measure, sizes) in SERIES.items():
        most = LARGEST[asked.run] // (100 if measure is pipelines else 1)
        print(f"\n{name}")
        found[name] = {}
        for size in (size for size in sizes if size <= most):
            found[name][size] = measure(size)
            row = "  ".join(f"{value:9.3f} {key}" for key, value in found[name][size].items())
            print(f"  {size:9,d}  {row}", flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
