"""The shapes of a pure state machine: no Rx, no I/O, no threads, no clock.

Besides what its protocol asks for, any core may have these; the lifts look for them:

``fail(error)`` (timed: ``fail(error, now)``)
    Called instead of ``flush`` when the source has failed. What it returns is sent before the
    error.
``swallows_errors``
    If true, a stream whose source failed completes after what ``fail`` returned.
``cancel()`` (timed: ``cancel(now)``)
    Called when the subscriber disposes before the end.

and a timed core these:

``start(now)``
    Called at the subscription; what it returns is sent.
``backlog``
    How many items it holds that will leave without new input; they count in the flow gate, and
    the terminal event waits for them.
``failure``
    An exception, or None. When set, the source is let go and the stream ends with it, after what
    is held, as if the source had failed.
``pausable``
    Set by the driver before the first item: whether the source obeys the gate.
``held_back``
    Set by the driver: tells whether the source waits now, as the gate below demands.
``crowded``
    Set by the driver: tells whether as many items as may wait for the last reader do.
``inputs``
    Pairs ``(observable, receive)``; ``receive(value, now)`` returns what to send. The driver
    subscribes them with the source.
``poke``
    Set by the driver: call it, from anywhere, to get a ``tick`` soon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeVar

__all__ = [
    "BATCH",
    "EPSILON",
    "SHUT",
    "Core",
    "EndingCore",
    "SettlingCore",
    "Tap",
    "TimedCore",
    "Waits",
    "WatchingCore",
    "never",
]

_In = TypeVar("_In", contravariant=True)
_Out = TypeVar("_Out", covariant=True)
_Both = TypeVar("_Both")


Waits = Callable[[], bool]
"""Tells whether something waits."""


def never() -> bool:
    """Tell that nothing waits."""
    return False


class Core(Protocol[_In, _Out]):
    """A machine driven by items alone. One instance serves one subscription."""

    def feed(self, item: _In, /) -> Sequence[_Out]:
        """Take one item and return everything that is now complete."""
        ...

    def flush(self) -> Sequence[_Out]:
        """Return what is left, and be as new: the source has ended or a boundary came."""
        ...


class SettlingCore(Core[_In, _Out], Protocol[_In, _Out]):
    """A core that can say what it would emit if nothing more came for a while."""

    def settle(self) -> Sequence[_Out]:
        """Return what waits only for look-ahead; keep what is really unfinished."""
        ...


class EndingCore(Core[_In, _Out], Protocol[_In, _Out]):
    """A core that can end the stream by itself, before its source does.

    Attributes:
        outcome: None while it goes on, True when the stream is complete, an exception when it has
            failed. What ``feed`` or ``flush`` returned with it is still sent. Afterwards both
            return nothing.
    """

    @property
    def outcome(self) -> Exception | Literal[True] | None:
        """How the stream has ended, if it has."""
        ...


class Tap(Protocol[_Both]):
    """A core that looks at items which pass by unchanged."""

    def see(self, item: _Both, /) -> None:
        """Look at an item before it is sent."""
        ...

    def feed(self, item: _Both, /) -> Sequence[_Both]:
        """See an item and return it, for those who drive it as any other core."""
        ...

    def flush(self) -> Sequence[_Both]:
        """Note that the source has ended."""
        ...


class TimedCore(Protocol[_In, _Out]):
    """A machine driven by items and by time, which it is told and never reads.

    Times are seconds on a clock that only goes forward; its zero is arbitrary.
    """

    def feed(self, item: _In, now: float, /) -> Sequence[_Out]:
        """Take one item and return everything that is due."""
        ...

    def tick(self, now: float, /) -> Sequence[_Out]:
        """Return everything that became due by ``now``."""
        ...

    def flush(self, now: float, /) -> Sequence[_Out]:
        """Note that the source has ended and return what need not wait."""
        ...

    def wake_at(self) -> float | None:
        """Return when the next ``tick`` is due; None if nothing is waited for."""
        ...


EPSILON = 2e-6
"""Seconds: virtual clocks are rounded to microseconds; what is this near is the same instant."""

SHUT = 1 << 30
"""A ``backlog`` that shuts any gate."""

BATCH = 512
"""Items that a watching core looks at in one go at most, so that memory is bounded."""


class WatchingCore(TimedCore[_Both, _Out], Protocol[_Both, _Out]):
    """A timed core that passes each item at once, and whose timer no item sets earlier.

    What passes is added to the lists, and the core looks at it when somebody wants to know. A
    driver may add to them by itself instead of calling ``feed``; it keeps them below
    :data:`BATCH` with ``settle``.

    Attributes:
        items: The items at which the core has not looked yet.
        times: When each came.
    """

    items: list[_Both]
    times: list[float]

    def settle(self) -> None:
        """Look at the items, and empty the lists."""
        ...
