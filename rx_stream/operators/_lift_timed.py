"""Turn a core that is told the time into an operator: the only code that sets timers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar, cast

from reactivex import Observable, abc

from rx_stream.core.protocols import TimedCore
from rx_stream.operators._serial import SerialStage
from rx_stream.operators._stage import Operator, StageObservable
from rx_stream.schedulers.clock import clock_of
from rx_stream.schedulers.flow import Flow, FlowScheduler, Gate, gate_of
from rx_stream.schedulers.resolve import timers_for

__all__ = ["TimedStage", "lift_timed"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")

# Virtual clocks are rounded to microseconds; a timer may be this early.
_EPSILON = 2e-6


def _nothing() -> None: ...


class _Holding(Protocol):
    @property
    def backlog(self) -> int: ...


class _Failing(Protocol):
    @property
    def failure(self) -> Exception | None: ...


class TimedStage(SerialStage[_In], Generic[_In, _Out]):
    """Drives a timed core with the events of a source, of side inputs, and of one timer."""

    __slots__ = (
        "_armed",
        "_clock",
        "_core",
        "_down",
        "_emit",
        "_failing",
        "_feed",
        "_gate",
        "_held",
        "_others",
        "_owed",
        "_state",
        "_stopped",
        "_terminal",
        "_timer",
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
        self._gate = gate
        self._held: int = 0
        self._owed: list[int] = []  # Not a deque: an empty one has 760 bytes.
        self._timer: abc.DisposableBase | None = None
        self._armed: float | None = None
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
            self.post(lambda: self._send(core.start(self._clock())))
        for observable, receive in getattr(core, "inputs", ()):
            self._others.append(
                observable.subscribe(
                    partial(self._receive, receive), self._receive_error, scheduler=scheduler
                )
            )

    def on_completed(self) -> None:
        self.handle(partial(self._end, None))

    def on_error(self, error: Exception) -> None:
        self.handle(partial(self._end, error))

    def attach(self, upstream: abc.DisposableBase) -> None:
        self._upstream = upstream
        if self._stopped:
            self.dispose()

    def dispose(self) -> None:
        cancelled = not self._stopped
        self._stopped = True
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()
        self.calm()
        if cancelled:
            self.post(self._cancel)

    def _receive(self, receive: Callable[[Any, float], Sequence[_Out]], value: object) -> None:
        self.post(partial(self._side, receive, value))

    def _receive_error(self, error: Exception) -> None:
        self.post(partial(self._break_off, error))

    def _poke(self) -> None:
        self._timers.schedule(self._on_poke)

    def _on_poke(self, _: abc.SchedulerBase, __: object = None) -> None:
        self.post(self._tick)

    def settle(self) -> None:
        owed = self._owed
        while owed:
            try:
                count = owed.pop()
            except IndexError:  # Another thread was faster.
                return
            self._gate.release(count)  # pyright: ignore[reportOptionalMemberAccess]

    # ------------------------------------------------------------------------ one at a time

    def _first(self, value: _In, now: float) -> Sequence[_Out]:
        # The source has been subscribed by now, so the gate knows whether it obeys.
        core: Any = self._core
        core.pausable = self._gate is not None and self._gate.pausable
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

    def _side(self, receive: Callable[[Any, float], Sequence[_Out]], value: object) -> None:
        if self._stopped:
            return
        try:
            out = receive(value, self._clock())
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        self._send(out)

    def _tick(self) -> None:
        if self._stopped:
            return
        try:
            out = self._core.tick(self._clock())
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
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()
        if self._state != "error":
            self._terminal = None  # The source may have completed already: that does not count.
            self._end(error)

    def _send(self, out: Sequence[_Out]) -> None:
        """Send what the core returned, keep the account of what it holds, set the timer."""
        if self._gate is None:
            if out:
                self._emit_all(out)
        else:
            held = cast("_Holding", self._core).backlog
            grown = held - self._held
            self._held = held
            if grown > 0:
                self._gate.hold(grown)
            self._emit_all(out)
            if grown < 0:
                self._owed.append(-grown)
        if self._stopped:
            return
        if self._failing:
            failure = cast("_Failing", self._core).failure
            if failure is not None and self._state != "error":
                self._break_off(failure)
                return
        wake, armed = self._wake_at(), self._armed
        if wake is None or armed is None or armed > wake + _EPSILON:
            self._arm(wake)
        # Else it fires early, finds nothing due, and is set again: cheaper than to move it.

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

    def _arm(self, wake: float | None) -> None:
        if wake is None:
            if self._terminal is not None and not (self._gate is not None and self._held):
                self._last(self._terminal)
            return
        self._disarm()
        self._armed = wake
        delay = wake - self._clock()
        self._timer = self._timers.schedule_relative(max(0.0, delay), self._on_timer)
        if self._stopped:
            self._disarm()

    def _on_timer(self, _: abc.SchedulerBase, __: object = None) -> None:
        self.post(self._timer_event)

    def _timer_event(self) -> None:
        self._timer = self._armed = None
        self._tick()

    def _disarm(self) -> None:
        timer, self._timer = self._timer, None
        self._armed = None
        if timer is not None:
            timer.dispose()

    def _last(self, terminal: Callable[[], None]) -> None:
        """Send the core's last words, if it has any, and the terminal event."""
        final: Any = getattr(self._core, "final", None)
        if final is not None:
            try:
                out = final(self._clock(), self._state)
            except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
                self._fail(error)
                return
            self._emit_all(out)
            if self._stopped:
                return
        self._conclude(terminal)

    def _conclude(self, terminal: Callable[[], None]) -> None:
        self._close()
        terminal()

    def _fail(self, error: Exception) -> None:
        if not self._stopped:
            self._conclude(partial(self._down.on_error, error))

    def _cancel(self) -> None:
        cancel: Any = getattr(self._core, "cancel", None)
        self._close()
        if cancel is not None:
            cancel(self._clock())

    def _close(self) -> None:
        self._stopped = True
        self._disarm()
        core: Any = self._core
        if hasattr(core, "poke"):
            core.poke = _nothing  # The core held the stage, and the stage holds the core.
        for other in self._others:
            other.dispose()
        self._others.clear()
        if self._gate is not None and self._held:
            held, self._held = self._held, 0
            self._owed.append(held)


def lift_timed(
    make: Callable[[], TimedCore[_In, _Out]],
    *,
    scheduler: abc.SchedulerBase | None = None,
    capacity: int = 64,
    kind: type[TimedStage[Any, Any]] | None = None,
) -> Operator[_In, _Out]:
    """Return an operator that runs a new core from ``make`` for each subscription.

    Args:
        make: Makes the core.
        scheduler: Where timers run, before the subscriber's own.
        capacity: Items that a core with a ``backlog`` may hold before a pausable source waits,
            where no sink has set a limit.
        kind: The class of the stage.
    """
    new: type[TimedStage[_In, _Out]] = kind or TimedStage

    def stage(
        observer: abc.ObserverBase[_Out], subscriber: abc.SchedulerBase | None
    ) -> tuple[TimedStage[_In, _Out], abc.SchedulerBase | None]:
        core = make()
        timers = timers_for(scheduler, subscriber)
        gate = gate_of(subscriber) if hasattr(core, "backlog") else None
        if gate is None and hasattr(core, "backlog"):
            gate = Flow(capacity)
            subscriber = FlowScheduler.around(subscriber, timers, gate)
        timed = new(core, observer, timers, gate)
        timed.start(subscriber)
        return timed, subscriber

    def operator(source: Observable[_In]) -> Observable[_Out]:
        return StageObservable(source, stage)

    return operator
