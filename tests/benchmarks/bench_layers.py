"""What a layer costs: stock operators, ours linked, per item and per subscription.

Run it: ``python tests/benchmarks/bench_layers.py``. Read the ratios; times depend on the machine.
"""

from __future__ import annotations

from collections.abc import Callable

import reactivex as rx
from compare import compare
from reactivex import operators as ops

from rx_stream.operators._lift import lift_tap, lift_text
from rx_stream.operators._lift_timed import lift_timed

CHUNKS = ["token "] * 50_000
LAYERS = 8


def ignore(_: object) -> None:
    pass


class Tap:
    """The least that a core can do: look at an item."""

    def see(self, item: object) -> None: ...

    def flush(self) -> tuple[()]:
        return ()

    def feed(self, item: object) -> tuple[object]:
        return (item,)


class Timed:
    """The least that a timed core can do."""

    def feed(self, item: object, now: float) -> tuple[object]:
        return (item,)

    def tick(self, now: float) -> tuple[()]:
        return ()

    flush = tick

    def wake_at(self) -> None:
        return None


def pipe(*operators: object) -> Callable[[], None]:
    def run() -> None:
        rx.from_iterable(CHUNKS).pipe(*operators).subscribe(ignore)

    return run


def subscriptions(*operators: object) -> Callable[[], None]:
    def run() -> None:
        stream = rx.never().pipe(*operators)
        for _ in range(500):
            stream.subscribe(ignore).dispose()

    return run


def main() -> None:
    """Print the tables."""
    stock, ours = ops.map(lambda x: x), lift_tap(lambda _: Tap())
    text, timed = lift_text(Tap), lift_timed(Timed)
    empty = pipe()
    compare(
        "one layer, per item (without the source and the subscriber)",
        {
            "ops.map": pipe(*[stock] * LAYERS),
            "linked stage that passes items on": pipe(*[ours] * LAYERS),
            "linked stage of a text core": pipe(*[text] * LAYERS),
            "timed stage": pipe(*[timed] * LAYERS),
        },
        per=len(CHUNKS) * LAYERS,
        less=empty,
    )
    compare(
        "subscribing and disposing four operators",
        {
            "ops.map": subscriptions(*[stock] * 4),
            "linked stages": subscriptions(*[text] * 4),
            "timed stages": subscriptions(*[timed] * 4),
        },
        per=500,
    )


if __name__ == "__main__":
    main()
