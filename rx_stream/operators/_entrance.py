"""Where the events of a source that is not ours enter a chain of stages.

An entrance stands in for the auto-detach observer of ``Observable.subscribe``, which costs several
times as much: it takes nothing after a terminal event and lets the source go at one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable

__all__ = ["Entrance", "SerialEntrance"]

_In = TypeVar("_In")

_SUBSCRIBE = Observable[Any].subscribe


class SerialEntrance(abc.ObserverBase[_In], abc.DisposableBase):
    """Lets events in until a terminal one, for a stage that copes with several at a time.

    It is the subscription to the source as well.

    Args:
        inner: The first stage of the chain.
    """

    __slots__ = ("_inner", "_lock", "_next", "_stopped", "_subscription")

    def __init__(self, inner: abc.ObserverBase[_In]) -> None:
        self._inner = inner
        self._next = inner.on_next
        self._stopped = False
        self._subscription: abc.DisposableBase | None = None
        self._lock = threading.Lock()

    def open(self, source: Observable[_In], scheduler: abc.SchedulerBase | None) -> None:
        """Subscribe a source; whoever calls has been subscribed by reactivex itself."""
        kind: type[Observable[Any]] = type(source)
        if kind.subscribe is not _SUBSCRIBE:  # Its class has a way of its own.
            self._keep(source.subscribe(self, scheduler=scheduler))
            return
        try:
            made = source._subscribe_core(self, scheduler)  # pyright: ignore[reportPrivateUsage]
        except Exception as error:
            if self._stopped:
                raise
            self.on_error(error)
        else:
            self._keep(made)

    def _keep(self, made: Any) -> None:
        # Where nobody checks types, it may be a function, or nothing at all.
        self._subscription = made if hasattr(made, "dispose") else Disposable(made)
        if self._stopped:
            self.dispose()

    def on_next(self, value: _In) -> None:
        """Let an item in."""
        if not self._stopped:
            self._next(value)

    def on_error(self, error: Exception) -> None:
        """Let an error in."""
        self._end(partial(self._inner.on_error, error))

    def on_completed(self) -> None:
        """Let the completion in."""
        self._end(self._inner.on_completed)

    def _end(self, event: Callable[[], None]) -> None:
        if self._stopped:
            return
        self._stopped = True
        try:
            self._enter(event)
        finally:
            self.dispose()

    def _enter(self, event: Callable[[], None]) -> None:
        event()

    def dispose(self) -> None:
        """Let nothing in any more, and let the source go."""
        self._stopped = True
        with self._lock:
            subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()


class Entrance(SerialEntrance[_In]):
    """Lets one event at a time into a chain of stages.

    A subscriber may push into the source from inside its own ``on_next``. Such an event waits until
    the one being handled has gone through, so that text keeps the order of the input.
    """

    __slots__ = ("_busy", "_waiting")

    def __init__(self, inner: abc.ObserverBase[_In]) -> None:
        super().__init__(inner)
        self._busy = False
        self._waiting: deque[Callable[[], None]] | None = None

    def on_next(self, value: _In) -> None:
        """Let an item in."""
        if self._stopped:
            return
        if self._busy:
            self._later(partial(self._next, value))
            return
        self._busy = True
        try:
            self._next(value)
            if self._waiting:
                self._drain(self._waiting)
        finally:
            self._busy = False

    def _enter(self, event: Callable[[], None]) -> None:
        waiting = self._later(event)
        if not self._busy:
            self._busy = True
            try:
                self._drain(waiting)
            finally:
                self._busy = False

    def _later(self, event: Callable[[], None]) -> deque[Callable[[], None]]:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(event)
        return self._waiting

    def _drain(self, waiting: deque[Callable[[], None]]) -> None:
        while waiting:
            waiting.popleft()()
