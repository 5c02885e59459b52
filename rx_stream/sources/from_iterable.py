"""The source :func:`from_iterable`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar, cast

from reactivex import Observable, abc
from reactivex.scheduler import CurrentThreadScheduler

from rx_stream.operators._link import SerialSource
from rx_stream.schedulers.action_slot import ActionSlot
from rx_stream.schedulers.closing import Closing
from rx_stream.schedulers.flow import FlowScheduler, gate_of
from rx_stream.schedulers.reporting import report
from rx_stream.schedulers.scheduler_argument import scheduler_argument
from rx_stream.sources._closing import close_quietly

__all__ = ["from_iterable"]

_T = TypeVar("_T")

_BURST = 256
"""Items pulled in one scheduled action, so that a source without end lets others run."""


class _Pump(abc.DisposableBase):
    """Pulls from one iterator for one subscription."""

    __slots__ = (
        "_burst",
        "_closed",
        "_closing",
        "_disposed",
        "_gate",
        "_iterator",
        "_observer",
        "_pulling",
        "_scheduler",
        "_tasks",
        "_thread",
        "_timer",
    )

    def __init__(
        self,
        iterator: Iterator[object],
        observer: abc.ObserverBase[object],
        scheduler: abc.SchedulerBase,
        subscriber: abc.SchedulerBase | None,
    ) -> None:
        self._iterator = iterator
        self._observer = observer
        self._scheduler = scheduler
        self._gate = gate_of(subscriber)
        self._tasks = subscriber.tasks if isinstance(subscriber, FlowScheduler) else None
        self._closing: Closing | None = None
        self._thread = 0
        # A pull may bring many items; between two, other work of the same thread gets its turn.
        self._burst = _BURST
        self._closed = threading.Lock()
        self._timer = ActionSlot()
        self._disposed = False
        self._pulling = False

    def arm(self) -> None:
        """Pull soon."""
        if not self._disposed:
            self._timer.fill(partial(self._scheduler.schedule, self._pull))

    def _pull(self, _: abc.SchedulerBase, __: object = None) -> None:
        self._thread = threading.get_ident()
        # Said before looking: another thread that disposes looks the other way round, so that one
        # of the two sees the other.
        self._pulling = True
        go_on: Callable[[], None] | None = None
        try:
            if not self._disposed:
                go_on = self._pull_some()
        finally:
            self._pulling = False
            if self._disposed:
                self._close()
        # Not before this pull is over: the next one may begin at once, on another thread.
        if go_on is not None:
            go_on()

    def _pull_some(self) -> Callable[[], None] | None:
        """Pull a few items; return what leads to the next pull, or None after the end."""
        gate, observer, left = self._gate, self._observer, self._burst
        if gate is not None and gate.paused:
            return partial(gate.when_ready, self.arm)
        on_next, sending = observer.on_next, False
        try:
            for item in self._iterator:
                sending = True
                on_next(item)
                sending = False
                if self._disposed:
                    return None
                if gate is not None and gate.paused:
                    return partial(gate.when_ready, self.arm)
                left -= 1
                if not left:
                    return self.arm
        except BaseException as error:
            if sending:
                self._subscriber_failed(error)
            if sending or not isinstance(error, Exception):
                raise
            self._end(partial(observer.on_error, error))
            return None
        if not self._disposed:
            self._end(observer.on_completed)
        return None

    def _end(self, event: Callable[[], None]) -> None:
        self._disposed = True
        event()

    def _subscriber_failed(self, error: BaseException) -> None:
        # Told once that the stream is over; its own exception goes to whoever runs the pump.
        self._disposed = True
        self._close()
        if not isinstance(error, Exception):
            return
        try:
            self._observer.on_error(error)
        except Exception as second:  # noqa: BLE001 - the first one is raised already
            report(second)

    def dispose(self) -> None:
        self._disposed = True
        self._timer.dispose()
        # An iterator that is running cannot be closed; the pump does it when it comes back.
        if not self._pulling:
            self._close()
        elif self._tasks is not None and self._thread != threading.get_ident():
            self._closing = closing = Closing()
            self._tasks.add(closing)
            if not self._pulling:  # It came back just now, and may not have seen the note.
                self._close()

    def _close(self) -> None:
        if self._closed.acquire(blocking=False):  # Two threads may come here at once.
            iterator, self._iterator = self._iterator, iter(())
            close_quietly(iterator)
        if self._closing is not None:
            self._closing.finish()


def from_iterable(
    iterable: Iterable[_T], *, scheduler: abc.SchedulerBase | None = None
) -> Observable[_T]:
    """Emit the items of an iterable, no faster than the subscriber takes them.

    Loses nothing. With a sink of this library below (:func:`to_async_iterable`,
    :func:`to_iterable`, :func:`sse_response`), or a queue such as :func:`throttle_tokens`, the next
    item is pulled only when there is room. Each subscription asks the iterable for a new iterator;
    leaving early closes it.

    .. marble::

        |
        [ from_iterable(["Hel", "lo"]) ]
        'Hel' 'lo' |

    Args:
        iterable: Where the items come from. If its ``next`` blocks, it blocks the thread that
            pulls.
        scheduler: Where items are pulled. By default the subscriber's scheduler, else the thread
            that subscribes; after a pause, the thread that makes room.

    Returns:
        An Observable of the items. What the iterator raises is sent as the error.

    Raises:
        TypeError: ``iterable`` is not iterable.
    """
    own = scheduler_argument("from_iterable", scheduler)
    # An Observable has an index, so that it would be iterated over without end.
    known = hasattr(iterable, "__iter__") or hasattr(iterable, "__getitem__")
    if not known or isinstance(iterable, Observable):
        raise TypeError(f"from_iterable: iterable must be iterable, not {iterable!r}")

    def subscribe(
        observer: abc.ObserverBase[_T], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        gate = gate_of(subscriber)
        if gate is not None:
            gate.attach()
        timers = own or subscriber or CurrentThreadScheduler.singleton()
        pump = _Pump(iter(iterable), cast("abc.ObserverBase[object]", observer), timers, subscriber)
        pump.arm()
        return pump

    return SerialSource(subscribe)
