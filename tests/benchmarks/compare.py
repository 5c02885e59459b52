"""Compare ways to do one job: interleaved in one process, medians, ratios to the first."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping

__all__ = ["compare", "paired", "ratios"]


def _once(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    gc.collect()
    gc.disable()  # What other rows left behind is not this row's cost.
    try:
        start = clock()
        run()
        return clock() - start
    finally:
        gc.enable()


def ratios(
    variants: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 7,
    less: Callable[[], object] | None = None,
) -> dict[str, tuple[float, float, float]]:
    """Return for each variant its median time, the ratio to the first, and the spread.

    Args:
        variants: What to run, by name; the first is the measure of the others.
        rounds: How often each is run, in turns.
        less: What is not counted: its median is taken off each time.

    Returns:
        Seconds, ratio, and half the range of the middle half of the times by the median.
    """
    times: dict[str, list[float]] = {name: [] for name in variants}
    base: list[float] = []
    for _ in range(rounds):
        if less is not None:
            base.append(_once(less))
        for name, run in variants.items():
            times[name].append(_once(run))
    off = statistics.median(base) if base else 0.0
    medians = {name: statistics.median(values) - off for name, values in times.items()}
    first = next(iter(medians.values()))
    out: dict[str, tuple[float, float, float]] = {}
    for name, values in times.items():
        low, _, high = statistics.quantiles(values, n=4)
        out[name] = (medians[name], medians[name] / first, (high - low) / 2 / medians[name])
    return out


def paired(
    base: Callable[[], object],
    ours: Callable[[], object],
    *,
    rounds: int = 7,
    less: Callable[[], object] | None = None,
) -> tuple[float, float]:
    """Return the median of the ratios ours / base of each round, and their spread.

    What counts is the time of the processor, which other processes do not take. A slow moment hits
    both sides of its round, so that ratios by the round are steadier than ratios of medians.

    Args:
        base: The measure.
        ours: What is measured.
        rounds: How often both are run, in turns.
        less: What is not counted: its median is taken off each time.
    """
    clock = time.process_time
    off = statistics.median(_once(less, clock) for _ in range(rounds)) if less is not None else 0.0
    found: list[float] = []
    for number in range(rounds):
        first, second = (base, ours) if number % 2 else (ours, base)
        one, two = _once(first, clock) - off, _once(second, clock) - off
        found.append(two / one if first is base else one / two)
    low, middle, high = statistics.quantiles(found, n=4)
    return middle, (high - low) / 2 / middle


def compare(
    title: str,
    variants: Mapping[str, Callable[[], object]],
    *,
    per: int,
    rounds: int = 7,
    less: Callable[[], object] | None = None,
) -> dict[str, float]:
    """Print a table of ratios and return them by name.

    Args:
        title: Its heading.
        variants: What to run, by name; the first is the measure of the others.
        per: How many items one run handles.
        rounds: How often each is run, in turns.
        less: What is not counted.
    """
    print(f"\n{title}")
    print(f"  {'':44s} {'ns each':>10s} {'ratio':>7s} {'spread':>7s}")
    found = ratios(variants, rounds=rounds, less=less)
    for name, (seconds, ratio, spread) in found.items():
        print(f"  {name:44s} {seconds / per * 1e9:10.0f} {ratio:7.2f} {spread:6.0%}")
    return {name: ratio for name, (_, ratio, _) in found.items()}
