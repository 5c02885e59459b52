"""A virtual-time scheduler without the surprises of the stock one."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from reactivex import typing
from reactivex.scheduler import VirtualTimeScheduler
from reactivex.testing import TestScheduler

__all__ = ["LabScheduler"]

_MOST_ACTIONS = 1_000_000


class _SteadyTime(VirtualTimeScheduler):
    """Runs actions without ever moving the clock past what is due.

    The stock ``start()`` adds a second after a hundred actions at one instant; the stock
    ``advance_to()`` skips what is due at the present instant, and runs nothing any more once an
    action has raised.
    """

    def start(self) -> Any:
        """Run everything that is scheduled."""
        self._run_until(None)

    def advance_to(self, time: typing.AbsoluteTime) -> None:
        """Run what is due up to and at a time, and set the clock to it.

        Raises:
            ValueError: The time has passed.
        """
        until = self.to_datetime(time)
        if until < self.now:
            raise ValueError(f"advance_to: time must not be in the past, not {time!r}")
        if self._run_until(until):
            self._clock = self.to_seconds(until)

    def _run_until(self, until: datetime | None) -> bool:
        if self._is_enabled:  # Called from inside an action: the outer call does the work.
            return False
        self._is_enabled = True
        done = 0
        try:
            while self._is_enabled and self._run_next(until):
                done += 1
                if done > _MOST_ACTIONS:
                    raise RuntimeError(
                        f"still busy at {self.clock} s of virtual time, after {done - 1} actions: "
                        "give the run an end (until=, dispose_at=)"
                    )
        finally:
            self._is_enabled = False
        return True

    def _run_next(self, until: datetime | None) -> bool:
        """Run the next action; tell whether there was one."""
        queue = self._queue
        while queue and queue.peek().is_cancelled():
            queue.dequeue()
        if not queue:
            return False
        due = queue.peek().duetime
        if until is not None and due > until:
            return False
        if due > self.now:
            self._clock = self.to_seconds(due)
        queue.dequeue().invoke()
        return True


class LabScheduler(TestScheduler, _SteadyTime):
    """The scheduler of a lab: a ``TestScheduler`` whose clock does not drift.

    Times are seconds. It starts at 200, the instant at which stock tests subscribe.
    """

    __test__ = False

    def __init__(self) -> None:
        super().__init__(200.0)

    def run_all(self) -> None:
        """Run everything that is scheduled, and nothing else.

        The stock ``start()`` also schedules the disposal of a test of its own, at 1000.
        """
        self._run_until(None)

    def next_start(self) -> float:
        """Return a whole number of seconds at or after the present time."""
        # Whole numbers keep sums with fractions of seconds exact to the microsecond.
        return float(math.ceil(self.to_seconds(self.now)))
