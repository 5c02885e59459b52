"""A stage whose core is told the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar, cast

from reactivex import abc

from rx_stream.core.protocols import TimedCore
from rx_stream.operators._alarm import Alarm
from rx_stream.operators._backlog import Backlog, Holding
from rx_stream.operators._serial import SerialStage
from rx_stream.schedulers.clock import clock_of
from rx_stream.schedulers.flow import Flow, FlowScheduler, Gate

__all__ = ["TimedStage"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def _nothing() -> None: ...


class _Failing(Protocol):
    @property
    def failure(self) -> Exception | None: ...


class TimedStage(SerialStage[_In], Generic[_In, _Out]):
    """Drives a timed core with the events of a source, of side inputs, and of one timer."""

    __slots__ = (
        "_alarm",
        "_backlog",
        "_clock",
        "_core",
        "_down",
        "_emit",
        "_failing",
        "_feed",
        "_others",
        "_state",
        "_stopped",
        "_terminal",
        "_timers",
        "_upstream",
        "_wake_at",
    )

    def __init__(
        self,
        core: TimedCore[_In, _Out],
        down: abc.ObserverBase[_Out],
        timers: abc.SchedulerBase,
        gate: Gate | None,
    ) -> None:
        super().__init__(settles=gate is not None)
        self._core = core
        self._failing = hasattr(core, "failure")
        self._feed: Callable[[_In, float], Sequence[_Out]] = (
            self._first if hasattr(core, "pausable") else core.feed
        )
        self._wake_at = core.wake_at
        self._down = down
        self._emit = down.on_next
        self._timers = timers
        self._clock = clock_of(timers)
        self._alarm = Alarm(timers, self._clock)
        self._backlog = None if gate is None else Backlog(cast("Holding", core), gate)
        self._terminal: Callable[[], None] | None = None
        self._state = "completed"
        self._stopped = False
        self._upstream: abc.DisposableBase | None = None
        self._others: list[abc.DisposableBase] = []

    # -------------------------------------------------------------------- events, on any thread

    def start(self, scheduler: abc.SchedulerBase | None) -> None:
        """Begin, before the source is subscribed."""
        core: Any = self._core
        if hasattr(core, "poke"):
            core.poke = self._poke
        if hasattr(core, "start"):
            self.post(self._begin)
        inputs: Any = getattr(core, "inputs", ())
        if inputs:
            # A gate of their own: they wait for no queue, least of all for one that they let go.
            scheduler = FlowScheduler.around(scheduler, self._timers, Flow(1))
        for observable, receive in inputs:
            self._others.append(
                observable.subscribe(
                    partial(self._receive, receive), self._receive_error, scheduler=scheduler
                )
            )

    def _begin(self) -> None:
        core: Any = self._core
        self._send(core.start(self._clock()))

    def on_completed(self) -> None:
        self.handle(partial(self._end, None))

    def on_error(self, error: Exception) -> None:
        self.handle(partial(self._end, error))

    @property
    def over(self) -> bool:
        return self._stopped or self._terminal is not None

    def attach(self, upstream: abc.DisposableBase) -> None:
        self._upstream = upstream
        if self.over:
            self._let_go()

    def dispose(self) -> None:
        cancelled = not self._stopped
        self._stopped = True
        self._let_go()
        if cancelled:
            self.put(self._cancel)
        self.calm()

    def _let_go(self) -> None:
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()

    def _receive(self, receive: Callable[[Any, float], Sequence[_Out]], value: object) -> None:
        self.post(partial(self._step, partial(receive, value)))

    def _receive_error(self, error: Exception) -> None:
        self.post(partial(self._break_off, error))

    def _poke(self) -> None:
        self._timers.schedule(self._on_poke)

    def _on_poke(self, _: abc.SchedulerBase, __: object = None) -> None:
        self.post(self._tick)

    def _ring(self, _: abc.SchedulerBase, __: object = None) -> None:
        self.post(self._on_ring)

    def settle(self) -> None:
        if self._backlog is not None:
            self._backlog.settle()

    # ------------------------------------------------------------------------ one at a time

    def _first(self, value: _In, now: float) -> Sequence[_Out]:
        # The source has been subscribed by now, so the gate knows whether it obeys.
        core: Any = self._core
        core.pausable = self._backlog is not None and self._backlog.pausable
        self._feed = self._core.feed
        return self._feed(value, now)

    def take(self, value: _In) -> None:
        if self._stopped:
            return
        try:
            out = self._feed(value, self._clock())
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        self._send(out)

    def _tick(self) -> None:
        self._step(self._core.tick)

    def _step(self, step: Callable[[float], Sequence[_Out]]) -> None:
        if self._stopped:
            return
        try:
            out = step(self._clock())
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        self._send(out)

    def _end(self, error: Exception | None) -> None:
        if self._stopped or self._terminal is not None:
            return
        down, core = self._down, self._core
        fail: Any = getattr(core, "fail", None)
        self._terminal = down.on_completed if error is None else partial(down.on_error, error)
        self._state = "completed" if error is None else "error"
        try:
            now = self._clock()
            out = core.flush(now) if error is None or fail is None else fail(error, now)
        except Exception as second:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error or second)
            return
        self._send(out)

    def _break_off(self, error: Exception) -> None:
        """The core or a side input has failed: the source is not wanted any more."""
        self._let_go()
        if self._state != "error":
            self._terminal = None  # The source may have completed already: that does not count.
            self._end(error)

    def _send(self, out: Sequence[_Out]) -> None:
        """Send what the core returned, keep the account of what it holds, set the timer."""
        backlog = self._backlog
        if backlog is None:
            if out:
                self._emit_all(out)
        else:
            leaving = backlog.count()
            self._emit_all(out)
            backlog.owe(leaving)
        if self._stopped:
            return
        if self._failing:
            failure = cast("_Failing", self._core).failure
            if failure is not None and self._state != "error":
                self._break_off(failure)
                return
        wake = self._wake_at()
        if wake is None:
            if self._terminal is not None and not (backlog is not None and backlog.held):
                self._conclude(self._terminal)
        elif not self._alarm.rings_by(wake):
            self._alarm.set(wake, self._ring)
            if self._stopped:
                self._alarm.cancel()

    def _emit_all(self, out: Iterable[_Out]) -> None:
        emit = self._emit
        try:
            for item in out:
                emit(item)
                if self._stopped:
                    return
        except BaseException:
            self.dispose()
            raise

    def _on_ring(self) -> None:
        self._alarm.rung()
        self._tick()

    def _conclude(self, terminal: Callable[[], None]) -> None:
        self._close()
        terminal()

    def _fail(self, error: Exception) -> None:
        if self._stopped:
            return
        self._close()
        try:
            self._let_go()
        finally:
            self._down.on_error(error)

    def _cancel(self) -> None:
        cancel: Any = getattr(self._core, "cancel", None)
        self._close()
        if cancel is not None:
            cancel(self._clock())

    def _close(self) -> None:
        self._stopped = True
        self._alarm.cancel()
        core: Any = self._core
        if hasattr(core, "poke"):
            core.poke = _nothing  # The core held the stage, and the stage holds the core.
        self._feed = core.feed  # Without an item it was the stage's own still.
        for other in self._others:
            other.dispose()
        self._others.clear()
        if self._backlog is not None:
            self._backlog.drop()
