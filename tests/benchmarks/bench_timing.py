"""Pacing, smoothing and progress against others, in one process.

Usage: python tests/benchmarks/bench_timing.py [TABLE], where TABLE is one of

accuracy   achieved rate and deviation from the ideal line, for a source that is always ahead, on
           asyncio and on threads, beside aiolimiter, pyrate-limiter, throttled-py (where installed)
           and zip(interval)
streams    a thousand streams at once: threads, lateness
smoothing  added lag, tail and roughness over made-up arrivals and recorded ones
eta        error of the remaining time and what the percentage does when the estimate is wrong
cost       microseconds a chunk, as differences to the same stream without the operator
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import math
import random
import re
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import reactivex as rx
from reactivex import operators as ops
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rx_stream import StreamChunk, smooth_text, throttle_tokens, track_progress
from rx_stream.core.progress.overrun import expected_total
from rx_stream.operators._lift import lift_tap
from rx_stream.testing import TextMarbles

SECONDS = 2.0
RECORDINGS = Path(__file__).parents[1] / "recordings"

# -------------------------------------------------------------------------------------- accuracy


def run_rx(operator: Any, count: int) -> list[float]:
    """The times at which the items of a source that is always ahead leave, on a thread."""
    stamps: list[float] = []
    done = threading.Event()
    rx.from_iterable([StreamChunk("x", 1)] * count).pipe(operator).subscribe(
        lambda _: stamps.append(time.perf_counter()), lambda _: done.set(), done.set
    )
    done.wait(6 * SECONDS)
    return stamps


async def run_rx_async(operator: Any, count: int) -> list[float]:
    stamps: list[float] = []
    done = asyncio.get_running_loop().create_future()
    subscription = (
        rx.from_iterable([StreamChunk("x", 1)] * count)
        .pipe(operator)
        .subscribe(
            lambda _: stamps.append(time.perf_counter()),
            done.set_exception,
            lambda: done.set_result(None),
        )
    )
    try:
        await asyncio.wait_for(done, 3 * SECONDS)
    except TimeoutError:
        subscription.dispose()
    return stamps


async def run_waiting(wait: Callable[[], Awaitable[object]], count: int) -> list[float]:
    stamps: list[float] = []
    for _ in range(count):
        await wait()
        stamps.append(time.perf_counter())
        if stamps[-1] - stamps[0] > 2 * SECONDS:
            break
    return stamps


def zipped(rate: float) -> Any:
    scheduler = AsyncIOScheduler(asyncio.get_running_loop())
    return lambda source: rx.zip(source, rx.interval(1 / rate, scheduler=scheduler)).pipe(
        ops.map(lambda pair: pair[0])
    )


def limiters(rate: float, count: int) -> dict[str, Callable[[], Awaitable[list[float]]]]:
    async def aio() -> list[float]:
        limiter = importlib.import_module("aiolimiter").AsyncLimiter(1, 1 / rate)
        return await run_waiting(limiter.acquire, count)

    async def pyrate() -> list[float]:
        module = importlib.import_module("pyrate_limiter")
        per_second = module.Rate(max(1, int(rate)), module.Duration.SECOND)
        limiter = module.Limiter(module.InMemoryBucket([per_second]))
        return await run_waiting(lambda: limiter.try_acquire_async("x"), count)

    async def throttled() -> list[float]:
        module = importlib.import_module("throttled.asyncio")
        throttle = module.Throttled(
            key="x",
            using=module.RateLimiterType.GCRA.value,
            quota=module.rate_limiter.per_sec(int(rate), burst=1),
            store=module.MemoryStore(),
            timeout=5,
        )
        return await run_waiting(throttle.limit, count)

    peers = [
        ("aiolimiter(1, 1/rate)", "aiolimiter", aio),
        ("pyrate-limiter", "pyrate_limiter", pyrate),
        ("throttled-py GCRA", "throttled", throttled),
    ]
    return {name: run for name, package, run in peers if importlib.util.find_spec(package)}


def report(name: str, stamps: list[float], rate: float, cpu: float) -> None:
    if len(stamps) < 2:
        print(f"  {name:28s} only {len(stamps)} items in {2 * SECONDS:g} s")
        return
    count = len(stamps)
    start = stamps[0]
    achieved = (count - 1) / (stamps[-1] - start) / rate
    off = sorted(abs(at - start - i / rate) for i, at in enumerate(stamps))
    p50, p99 = off[count // 2], off[int(0.99 * count)]
    print(
        f"  {name:28s} {100 * achieved:6.2f} %   deviation p50 {1e3 * p50:8.2f} ms  "
        f"p99 {1e3 * p99:8.2f} ms   cpu {1e6 * cpu / count:6.1f} us/token"
    )


def contestants(rate: float, count: int) -> dict[str, Callable[[], list[float]]]:
    async def ours() -> list[float]:
        return await run_rx_async(throttle_tokens(rate), count)

    async def interval() -> list[float]:
        return await run_rx_async(zipped(rate), count)

    table: dict[str, Callable[[], list[float]]] = {
        "throttle_tokens, asyncio": lambda: asyncio.run(ours()),
        "throttle_tokens, thread": lambda: run_rx(throttle_tokens(rate), count),
        "zip(interval), asyncio": lambda: asyncio.run(interval()),
    }
    for name, run in limiters(rate, count).items():
        table[name] = lambda run=run: asyncio.run(run())
    return table


def accuracy(rates: list[float]) -> None:
    for rate in rates:
        print(f"{rate:g} tokens/s")
        for name, run in contestants(rate, int(rate * SECONDS) + 1).items():
            cpu = time.process_time()
            stamps = run()
            report(name, stamps, rate, time.process_time() - cpu)


def streams(count: int = 1000, rate: float = 20.0, tokens: int = 20) -> None:
    """Many streams at once: threads, and how late their items are."""

    async def on_loop() -> list[float]:
        done = asyncio.Event()
        late, begin = start(done.set)
        for _ in range(count):
            begin()
            await asyncio.sleep(0)  # Or nothing runs before all have begun.
        await asyncio.wait_for(done.wait(), 60)
        return late

    def on_thread() -> list[float]:
        done = threading.Event()
        late, begin = start(done.set)
        for _ in range(count):
            begin()
        done.wait(60)
        return late

    def start(finish: Callable[[], object]) -> tuple[list[float], Callable[[], None]]:
        late: list[float] = []
        ended: list[bool] = []

        def run() -> None:
            times: list[float] = []

            def note(_: object) -> None:
                times.append(time.perf_counter())
                late.append(times[-1] - times[0] - (len(times) - 1) / rate)

            def end() -> None:
                ended.append(True)
                most[0] = max(most[0], threading.active_count())
                if len(ended) == count:
                    finish()

            source = rx.from_iterable([StreamChunk("x", 1)] * tokens)
            source.pipe(throttle_tokens(rate)).subscribe(note, on_completed=end)

        return late, run

    for name, run in {"asyncio": lambda: asyncio.run(on_loop()), "thread": on_thread}.items():
        before, most = threading.active_count(), [0]
        cpu, begin = time.process_time(), time.perf_counter()
        late = sorted(run())
        print(
            f"  {count} streams, {rate:g}/s, {name}: {time.perf_counter() - begin:.2f} s (ideal "
            f"{(tokens - 1) / rate:.2f}), late p50 {1e3 * late[len(late) // 2]:.2f} ms "
            f"p99 {1e3 * late[int(0.99 * len(late))]:.2f} ms, "
            f"{most[0] - before} more threads, {time.process_time() - cpu:.2f} s cpu"
        )


# ------------------------------------------------------------------------------------- smoothing

Arrivals = list[tuple[float, str]]
REAL = ["en-story", "chat", "code", "ja"]
WORD = ["The ", "of ", "stream", "ing ", "tok", "ens, ", "and ", "quite ", "a ", "few "]


def steady(rate: float, count: int, seed: int, jitter: float = 0.35, at: float = 0.4) -> Arrivals:
    rng = random.Random(seed)
    out: Arrivals = []
    for i in range(count):
        at += rng.lognormvariate(-jitter * jitter / 2, jitter) / rate
        out.append((at, WORD[i % len(WORD)]))
    return out


def clumps(rate: float = 80, count: int = 600, seed: int = 2) -> Arrivals:
    rng = random.Random(seed)
    at, sent = 0.5, 0
    out: Arrivals = []
    while sent < count:
        gap = rng.uniform(0.12, 0.35)
        at += gap
        size = min(max(1, round(rate * gap * rng.uniform(0.7, 1.3))), count - sent)
        out += [(at, WORD[(sent + i) % len(WORD)]) for i in range(size)]
        sent += size
    return out


def rate_change() -> Arrivals:
    out: Arrivals = []
    for i, (rate, count) in enumerate([(20, 100), (150, 600), (40, 150)]):
        out += steady(rate, count, 4 + i, at=out[-1][0] if out else 0.4)
    return out


def recorded(name: str) -> Arrivals:
    """The text of a real stream, when the network brought it."""
    body = (RECORDINGS / f"{name}.sse").read_bytes()
    reads = json.loads((RECORDINGS / f"{name}.timing.json").read_text())["reads"]
    out: Arrivals = []
    before = 0
    for at, size in reads:
        for line in body[before:size].splitlines():
            if line.startswith(b"data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    if text := choice.get("delta", choice).get("content") or choice.get("text"):
                        out.append((at / 1000, text))
        before = size
    return out


def traces() -> dict[str, Arrivals]:
    stall = [(5.0 if 3.0 < at < 5.0 else at, text) for at, text in steady(60, 500, 3)]
    made_up = {
        "steady 50/s": steady(50, 500, 1),
        "clumps 80/s": clumps(),
        "2 s stall": stall,
        "20>150>40/s": rate_change(),
        "400/s": steady(400, 1600, 5, 0.4),
    }
    return made_up | {f"llamacpp-{name}": recorded(f"llamacpp-{name}") for name in REAL}


def play(arrivals: Arrivals, operator: Any) -> list[tuple[float, str]]:
    lab = TextMarbles()
    scheduler, start = lab.scheduler, lab.scheduler.clock
    out: list[tuple[float, str]] = []

    def subscribe(observer: Any, _: Any = None) -> None:
        for at, text in arrivals:
            scheduler.schedule_absolute(start + at, lambda *_, t=text: observer.on_next(t))
        scheduler.schedule_absolute(start + arrivals[-1][0], lambda *_: observer.on_completed())

    rx.create(subscribe).pipe(operator).subscribe(
        lambda text: out.append((scheduler.clock - start, text)), scheduler=scheduler
    )
    scheduler.run_all()
    return out


def every(seconds: float, unit: str) -> Callable[[Arrivals], list[tuple[float, str]]]:
    """A fixed pause after each unit, blind to what waits."""

    def run(arrivals: Arrivals) -> list[tuple[float, str]]:
        out: list[tuple[float, str]] = []
        free = 0.0
        for at, text in arrivals:
            for piece in [text] if unit == "word" else text:
                free = max(free, at)
                out.append((free, piece))
                free += seconds
        return out

    return run


def smooth_stream(seconds: float) -> Callable[[Arrivals], list[tuple[float, str]]]:
    """The AI SDK's ``smoothStream()``: whole words, a pause after each, the rest at the end."""
    word = re.compile(r"\S+\s+")

    def run(arrivals: Arrivals) -> list[tuple[float, str]]:
        out: list[tuple[float, str]] = []
        held, free = "", 0.0
        for at, text in arrivals:
            held += text
            while found := word.search(held):
                free = max(free, at)
                out.append((free, held[: found.end()]))
                held = held[found.end() :]
                free += seconds
        return [*out, (max(free, arrivals[-1][0]), held)] if held else out

    return run


Figures = tuple[float, float, float, float]
"""Lag p50, p95 and tail in ms; roughness: mean difference of neighbouring 50 ms by their mean."""


def measure(arrivals: Arrivals, out: list[tuple[float, str]]) -> Figures:
    came = [at for at, text in arrivals for _ in text]
    left = [at for at, text in out for _ in text]
    lags = sorted(b - a for a, b in zip(came, left, strict=True))
    first, last = left[0], left[-1]
    bins = [0] * (int((last - first) / 0.05) + 1)
    for at in left:
        bins[int((at - first) / 0.05)] += 1
    mean = sum(bins) / len(bins)
    rough = statistics.fmean(abs(a - b) for a, b in pairwise(bins)) / mean if bins[1:] else 0.0
    n = len(lags)
    return 1e3 * lags[n // 2], 1e3 * lags[int(0.95 * n)], 1e3 * (last - came[-1]), rough


FRAME = 1e3 / 60
"""What is shown once a frame is up to a frame later than what is not."""

PEERS: dict[str, Callable[[Arrivals], list[tuple[float, str]]]] = {
    "smoothStream, 10 ms a word": smooth_stream(0.010),
    "smoothStream, 20 ms a word": smooth_stream(0.020),
    "10 ms a chunk": every(0.010, "word"),
    "fixed 50 chunks/s": every(1 / 50, "word"),
    "5 ms a character": every(0.005, "character"),
}


def smoothing() -> None:
    worse: list[str] = []
    rougher: list[str] = []
    for name, arrivals in traces().items():
        print(name, f"({len(arrivals)} chunks in {arrivals[-1][0] - arrivals[0][0]:.1f} s)")
        rows = {title: measure(arrivals, run(arrivals)) for title, run in PEERS.items()}
        passed = measure(arrivals, list(arrivals))
        ours = measure(arrivals, play(arrivals, smooth_text()))
        words = measure(arrivals, play(arrivals, smooth_text(unit="word")))
        table = {"pass through": passed, **rows, "smooth_text()": ours, 'unit="word"': words}
        for title, (p50, p95, tail, rough) in table.items():
            note = "" if rough < 0.98 * passed[3] or title == "pass through" else "  (not smoothed)"
            print(
                f"  {title:27s} lag p50 {p50:6.0f}  p95 {p95:6.0f} ms   tail {tail:6.0f} ms   "
                f"roughness {rough:4.2f}{note}"
            )
        if ours[3] >= passed[3] > 0.5:
            rougher.append(name)
        for title, row in rows.items():
            late = [round(a - b) for a, b in zip(ours[:3], row[:3], strict=True)]
            if max(late) > round(FRAME) and (
                row[3] < 0.98 * passed[3] or title.startswith("smooth")
            ):
                worse.append(f"{name}: {title} by {late} ms")
    print("smooth_text(): rougher than passing through where that is above 0.5:", rougher or "none")
    print("later by more than a frame in p50, p95 or tail than what smooths at all, or the AI SDK:")
    print(*(worse or ["none"]), sep="\n")


# ------------------------------------------------------------------------------------------- ETA


def eta_trace(kind: str, seed: int) -> list[tuple[float, int]]:
    rng = random.Random(seed)
    count, out = 600, []
    if kind == "clumps 200 ms":
        at, sent = 0.6, 0
        while sent < count:
            gap = rng.uniform(0.12, 0.3)
            at += gap
            size = min(max(1, round(60 * gap * rng.uniform(0.6, 1.4))), count - sent)
            out.append((at, size))
            sent += size
        return out
    at, noise = (6.0 if kind == "first token 6 s" else 0.5), 0.0
    for i in range(count):
        rate = 90 - 60 * i / count if kind == "slowing 90>30" else 60
        if kind == "correlated noise":
            noise = 0.97 * noise + rng.gauss(0, 0.12)
            rate = 60 * math.exp(noise)
        at += rng.lognormvariate(-0.06, 0.35) / rate
        if kind == "3 s stall" and i == int(0.4 * count):
            at += 3
        out.append((at, 1))
    return out


KINDS = [
    "steady",
    "first token 6 s",
    "clumps 200 ms",
    "slowing 90>30",
    "3 s stall",
    "correlated noise",
]


def eta_errors(trace: list[tuple[float, int]], *, ours: bool) -> float:
    """The mean relative error of the remaining time at 10 … 90 % of a stream."""
    lab = TextMarbles()
    scheduler, start = lab.scheduler, lab.scheduler.clock
    total, end = sum(size for _, size in trace), trace[-1][0]
    errors: list[float] = []
    marks = [i / 10 for i in range(1, 10)]

    def look(progress: Any) -> None:
        now = scheduler.clock - start
        if progress.state != "streaming" or not marks:
            return
        if progress.tokens_received < marks[0] * total:
            return
        marks.pop(0)
        left = total - progress.tokens_received
        eta = progress.eta if ours else left * now / progress.tokens_received
        if eta is not None:
            errors.append(abs(eta - (end - now)) / (end - now))

    def subscribe(observer: Any, _: Any = None) -> None:
        for at, size in trace:
            chunk = StreamChunk("x", size)
            scheduler.schedule_absolute(start + at, lambda *_, c=chunk: observer.on_next(c))
        scheduler.schedule_absolute(start + end, lambda *_: observer.on_completed())

    rx.create(subscribe).pipe(track_progress(total, 0, on_progress=look)).subscribe(
        scheduler=scheduler
    )
    scheduler.run_all()
    return statistics.fmean(errors)


def eta() -> None:
    print("mean relative error of the remaining time at 10..90 % (median of 6 seeds)")
    for title, ours in [("track_progress", True), ("average since the start", False)]:
        row: list[str] = []
        for kind in KINDS:
            errors = [eta_errors(eta_trace(kind, seed), ours=ours) for seed in range(6)]
            row.append(f"{kind} {100 * statistics.median(errors):.1f} %")
        print(f"  {title:26s}", "; ".join(row))
    print("percentage when the real total is the estimate x lognormal(spread)")
    for spread in (0.3, 0.6):
        rng = random.Random(1)
        pinned, last = [], []
        for _ in range(300):
            total = max(20, int(500 * rng.lognormvariate(0, spread)))
            shown = [n / expected_total(n, 500) for n in range(1, total, 5)]
            assert shown == sorted(shown)
            pinned.append(sum(share >= 0.999 for share in shown) / len(shown))
            last.append(shown[-1])
        print(
            f"  spread {spread}: shown as 100 % for {100 * statistics.fmean(pinned):.1f} % of the "
            f"time, never falls, last value before the end {100 * statistics.median(last):.0f} %"
        )


# ------------------------------------------------------------------------------------------ cost


class Tap:
    """The least that an operator can do: look at an item."""

    def see(self, item: object) -> None: ...

    def feed(self, item: object) -> tuple[object]:
        return (item,)

    def flush(self) -> tuple[()]:
        return ()


def cost() -> None:
    count = 200_000
    words: list[str] = [WORD[i % len(WORD)] for i in range(count)]
    counted = [StreamChunk(word, 1) for word in words]
    nothing = lambda _: None  # noqa: E731

    def timed(items: list[Any], *operators: Any) -> float:
        begin = time.perf_counter()
        rx.from_iterable(items).pipe(*operators).subscribe(nothing)
        return (time.perf_counter() - begin) / count * 1e6

    # The same behind another operator of ours, to which it is linked, as it is in most pipes.
    tap = lift_tap(lambda _: Tap())
    rows: dict[str, tuple[list[Any], tuple[Any, ...]]] = {
        "nothing": (counted, ()),
        "a linked tap": (counted, (tap,)),
        "a linked tap and track_progress": (
            counted,
            (tap, track_progress(count, 0.1, on_progress=nothing)),
        ),
        "rx.map": (counted, (ops.map(lambda x: x),)),
        "track_progress, counted chunks": (
            counted,
            (track_progress(count, 0.1, on_progress=nothing),),
        ),
        "track_progress, text": (words, (track_progress(count, 0.1, on_progress=nothing),)),
        "throttle_tokens(None)": (counted, (throttle_tokens(None),)),
        "throttle_tokens(1e9)": (counted, (throttle_tokens(1e9),)),
    }
    samples: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(7):
        for name, (items, operators) in rows.items():
            samples[name].append(timed(items, *operators))
    base = statistics.median(samples["nothing"])
    for name, values in samples.items():
        more = statistics.median(values) - base
        ratio = more / (statistics.median(samples["rx.map"]) - base)
        print(f"  {name:32s} {more:6.3f} us/chunk more than nothing, {ratio:5.2f} x rx.map")


def main(arguments: list[str]) -> None:
    wanted = arguments[:1] or ["accuracy", "streams", "smoothing", "eta", "cost"]
    for name in wanted:
        print(f"== {name}")
        if name == "accuracy":
            accuracy([float(x) for x in arguments[1:]] or [50, 200, 1000, 5000, 20000])
        else:
            {"streams": streams, "smoothing": smoothing, "eta": eta, "cost": cost}[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
