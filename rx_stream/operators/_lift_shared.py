"""One subscription to a source for any number of subscribers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, Literal, TypeAlias, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.scheduler import CurrentThreadScheduler

from rx_stream.core.flow.coalescer import Coalescer
from rx_stream.core.flow.mailbox import BoundedMailbox, CoalescingMailbox
from rx_stream.errors import StreamTruncatedError
from rx_stream.operators._flow_stage import FlowStage
from rx_stream.schedulers.closing import CleanUp
from rx_stream.schedulers.flow import Flow, FlowScheduler, Gate, gate_of
from rx_stream.schedulers.joined_gate import JoinedGate
from rx_stream.schedulers.reporting import report
from rx_stream.schedulers.resolve import timers_for
from rx_stream.schedulers.timer_thread import TimerThreadScheduler
from rx_stream.types import StreamChunk

__all__ = ["Slow", "share"]

_T = TypeVar("_T")

Slow: TypeAlias = Literal["wait", "coalesce", "disconnect"]
"""What happens to a subscriber that is slower than the source."""

_MAX_CHARACTERS = 1 << 20
_NAME = "share_stream"


def _client(
    slow: Slow, capacity: int, down: abc.ObserverBase[_T], below: Gate | None
) -> tuple[FlowStage[_T], Gate | None]:
    """Return the stage of one subscriber, and the gate for which the source waits."""
    above = Flow(capacity)
    if slow == "coalesce":
        mailbox: CoalescingMailbox[_T] = CoalescingMailbox(capacity, _MAX_CHARACTERS)
        return FlowStage(mailbox, down, below, above, "if possible", _NAME), above
    if slow == "disconnect":
        return FlowStage(BoundedMailbox(capacity), down, below, above, "never", _NAME), None
    return FlowStage(BoundedMailbox(capacity), down, None, above, "never", _NAME), below


class _Hub(abc.ObserverBase[_T], Generic[_T]):
    """Sends what the source sends to all that are subscribed, and keeps the text for others.

    Under the lock an item is only put into the log and into every client's own queue. So a client
    that joins meanwhile neither misses nor repeats one, and no lock is held while user code runs.
    """

    __slots__ = (
        "_clients",
        "_error",
        "_gate",
        "_lock",
        "_log",
        "_over",
        "_sinks",
        "_started",
        "_tasks",
        "_up",
    )

    def __init__(self, capacity: int, replay: bool) -> None:
        self._lock = threading.Lock()
        self._log: Coalescer[_T] | None = Coalescer() if replay else None
        self._clients: tuple[FlowStage[_T], ...] = ()
        self._gate = JoinedGate(capacity)
        self._started = False
        self._over = False
        self._error: Exception | None = None
        self._up: abc.DisposableBase | None = None
        self._tasks: set[CleanUp] = set()
        self._sinks: dict[FlowStage[_T], set[CleanUp]] = {}  # What each sink waits for.

    # ------------------------------------------------------------------------- from the source

    def on_next(self, value: _T) -> None:
        with self._lock:
            if self._log is not None and isinstance(value, (str, StreamChunk)):
                self._log.append(value)
            clients = self._clients
            for client in clients:
                client.leave(value)
        self._drain(clients)

    def on_completed(self) -> None:
        self._end(None)

    def on_error(self, error: Exception) -> None:
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        with self._lock:
            clients, self._clients = self._clients, ()
            self._over, self._error = True, error
            self._up = None  # It has ended by itself, and holds the hub.
            for tasks in self._sinks.values():
                tasks.update(self._tasks)
            self._sinks.clear()
            for client in clients:
                client.leave_end(error)
        self._drain(clients)

    def _drain(self, clients: tuple[FlowStage[_T], ...]) -> None:
        failed: Exception | None = None
        for client in clients:
            try:
                client.drain()
            except Exception as error:  # noqa: BLE001 - one subscriber must not stop the others
                if failed is not None:
                    report(failed)
                failed = error
        if failed is not None:
            if not self._clients:
                raise failed
            report(failed)

    # ---------------------------------------------------------------------- from the subscribers

    def join(
        self,
        source: Observable[_T],
        client: FlowStage[_T],
        gate: Gate | None,
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        """Take in a subscriber; the first one starts the source."""
        with self._lock:
            for item in () if self._log is None else self._log.items():
                client.leave(item)
            if self._over:
                client.leave_end(self._error)
            else:
                self._clients = (*self._clients, client)
                if isinstance(scheduler, FlowScheduler):
                    self._sinks[client] = scheduler.tasks
            first, self._started = not self._started, True
        if gate is not None:
            self._gate.add(gate)
        client.attach(Disposable(partial(self._leave, client, gate, scheduler)))
        client.drain()
        if first and not self._over:
            self._connect(source, scheduler)

    def _connect(self, source: Observable[_T], first: abc.SchedulerBase | None) -> None:
        timers = timers_for(None, first)
        immediate = first or CurrentThreadScheduler.singleton()
        while isinstance(immediate, FlowScheduler):
            immediate = immediate.immediate
        apart: TimerThreadScheduler | None = None
        if isinstance(timers, TimerThreadScheduler) and timers.private:
            # The subscriber's own end with it.
            apart, timers = TimerThreadScheduler(), TimerThreadScheduler()
            immediate = timers
        flow = FlowScheduler(timers, self._gate, immediate, self._tasks, apart)
        up = source.subscribe(self, scheduler=flow)
        with self._lock:
            unwanted = self._over
            self._up = None if unwanted else up
        if unwanted:
            up.dispose()

    def _leave(
        self, client: FlowStage[_T], gate: Gate | None, scheduler: abc.SchedulerBase | None
    ) -> None:
        with self._lock:
            clients = tuple(other for other in self._clients if other is not client)
            last = not clients and not self._over
            self._clients = clients
            self._sinks.pop(client, None)
            if last:
                self._over = True
                self._error = StreamTruncatedError(
                    "share_stream: all subscribers had left before the stream ended, and with the "
                    "last one its source was disposed"
                )
            up: abc.DisposableBase | None = None
            if last:
                up, self._up = self._up, None
            over = self._over
        if gate is not None:
            self._gate.remove(gate)
        if up is not None:
            up.dispose()
        if over and isinstance(scheduler, FlowScheduler):
            scheduler.tasks.update(self._tasks)  # This subscriber's sink waits for the clean-up.


def share(*, capacity: int, replay: bool, slow: Slow) -> Callable[[Observable[_T]], Observable[_T]]:
    """Return an operator whose Observable subscribes its source once in its life."""

    def operator(source: Observable[_T]) -> Observable[_T]:
        hub: _Hub[_T] = _Hub(capacity, replay)

        def subscribe(
            observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            client, gate = _client(slow, capacity, observer, gate_of(scheduler))
            hub.join(source, client, gate, scheduler)
            return client

        return Observable(subscribe)

    return operator
