"""One daemon thread for all timers of streams that run without an event loop."""

from __future__ import annotations

import contextvars
import heapq
import itertools
import os
import threading
import time
import weakref
from typing import Any, ClassVar, TypeVar

from reactivex import abc, typing
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

__all__ = ["TimerThreadScheduler"]

_State = TypeVar("_State")

_LINGER = 0.25
"""Seconds that the thread stays without work, so that a stream with gaps does not restart it."""

_SMALL = 64
"""Timers among which the disposed are left until their time has come."""


class _Timer(abc.DisposableBase):
    """One entry of the queue."""

    __slots__ = ("action", "due", "inner", "live", "order", "state")

    def __init__(self, due: float, order: int, action: Any, state: Any) -> None:
        self.due = due
        self.order = order
        self.action: Any = action
        self.state: Any = state
        self.inner: abc.DisposableBase | None = None
        self.live = True

    def __lt__(self, other: _Timer) -> bool:
        return (self.due, self.order) < (other.due, other.order)

    def run(self, scheduler: TimerThreadScheduler) -> None:
        if not self.live:
            return
        inner = self.action(scheduler, self.state)
        if isinstance(inner, abc.DisposableBase):
            if self.live:
                self.inner = inner
            else:
                inner.dispose()

    def dispose(self) -> None:
        if not self.live:
            return
        self.live = False
        self.action = self.state = None
        inner, self.inner = self.inner, None
        if inner is not None:
            inner.dispose()


class TimerThreadScheduler(PeriodicScheduler):
    """Run actions one after another on a daemon thread, in monotonic time.

    The thread starts with the first action and ends soon after the last. An action that raises
    is reported to ``threading.excepthook``; the others go on.

    Args:
        context: The context in which actions run, for a scheduler that serves one stream.

    Attributes:
        private: Whether it serves one stream, and ends with it.
    """

    _shared: TimerThreadScheduler | None = None
    _shared_lock = threading.Lock()
    _all: ClassVar[weakref.WeakSet[TimerThreadScheduler]] = weakref.WeakSet()

    def __init__(self, context: contextvars.Context | None = None) -> None:
        super().__init__()
        self.private = context is not None
        self._context = context or contextvars.Context()
        self._queue: list[_Timer] = []
        self._order = itertools.count()
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None
        self._linger = _LINGER
        self._sweep_at = _SMALL
        self._all.add(self)

    @classmethod
    def shared(cls) -> TimerThreadScheduler:
        """Return the scheduler that all streams of this process use by default."""
        if cls._shared is not None:
            return cls._shared
        with cls._shared_lock:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    def schedule(
        self, action: typing.ScheduledAction[_State], state: _State | None = None
    ) -> abc.DisposableBase:
        """Run an action as soon as the thread is free."""
        return self._enqueue(time.monotonic(), action, state)

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: typing.ScheduledAction[_State],
        state: _State | None = None,
    ) -> abc.DisposableBase:
        """Run an action after a time in seconds."""
        return self._enqueue(time.monotonic() + max(0.0, self.to_seconds(duetime)), action, state)

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: typing.ScheduledAction[_State],
        state: _State | None = None,
    ) -> abc.DisposableBase:
        """Run an action at a wall-clock time, as it stands now."""
        return self.schedule_relative(self.to_datetime(duetime) - self.now, action, state)

    def close(self) -> None:
        """Drop what is scheduled, and return when the thread has ended."""
        with self._changed:
            self._queue.clear()
            self._linger = 0.0
            thread = self._thread
            self._changed.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _enqueue(self, due: float, action: Any, state: Any) -> _Timer:
        with self._lock:
            timer = _Timer(due, next(self._order), action, state)
            if len(self._queue) >= self._sweep_at:
                self._sweep()
            heapq.heappush(self._queue, timer)
            if self._thread is None:
                self._start()
            elif self._queue[0] is timer:
                self._changed.notify()
        return timer

    def _start(self) -> None:
        thread = threading.Thread(
            target=self._context.copy().run,
            args=(self._run,),
            name="rx_stream timers",
            daemon=True,
        )
        thread.start()
        self._thread = thread  # Not before: a thread that could not start would be waited for.

    def _sweep(self) -> None:
        """Forget the disposed; so rarely that a timer bears the cost of looking at two at most."""
        self._queue = [timer for timer in self._queue if timer.live]
        heapq.heapify(self._queue)
        self._sweep_at = max(_SMALL, 2 * len(self._queue))

    def _next(self) -> _Timer | None:
        """Wait for the next timer that is due; None when the thread may end."""
        with self._changed:
            idle_until: float | None = None
            while True:
                while self._queue and not self._queue[0].live:
                    heapq.heappop(self._queue)
                now = time.monotonic()
                if self._queue:
                    idle_until = None
                    wait = self._queue[0].due - now
                    if wait <= 0:
                        return heapq.heappop(self._queue)
                else:
                    idle_until = idle_until or now
                    wait = idle_until + self._linger - now
                    if wait <= 0:
                        self._thread = None
                        return None
                self._changed.wait(min(wait, threading.TIMEOUT_MAX))

    def _run(self) -> None:
        while (timer := self._next()) is not None:
            try:
                timer.run(self)
            except BaseException as error:  # noqa: BLE001 - one stream must not stop the others' timers
                threading.excepthook(
                    threading.ExceptHookArgs(
                        (type(error), error, error.__traceback__, threading.current_thread())
                    )
                )
            # Or the last stream would live on while the thread waits for work.
            del timer

    @classmethod
    def after_fork(cls) -> None:
        """Begin anew in a child process, whose parent keeps the threads and what they wait for."""
        cls._shared_lock = threading.Lock()
        for scheduler in cls._all:
            scheduler._forget()

    def _forget(self) -> None:
        self._queue = []
        self._lock = threading.RLock()  # The old one may be held for ever.
        self._changed = threading.Condition(self._lock)
        if self._thread is not threading.current_thread():
            self._thread = None


if hasattr(os, "register_at_fork"):  # Windows does not fork.
    os.register_at_fork(after_in_child=TimerThreadScheduler.after_fork)
