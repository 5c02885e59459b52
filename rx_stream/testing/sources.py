"""Sources that play a diagram in virtual time and note who subscribed when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.subject import Subject

from rx_stream.testing.recording import Row
from rx_stream.testing.scheduler import LabScheduler

__all__ = ["ColdSource", "HotSource", "Subscription"]

_T = TypeVar("_T")


class Subscription(NamedTuple):
    """When a source was subscribed and left, in seconds since the start of the run.

    Args:
        start: When it was subscribed.
        end: When it ended or was disposed; None if the run ended first.
    """

    start: float
    end: float | None


def _send(row: Row, observer: abc.ObserverBase[Any]) -> None:
    if row.kind == "N":
        observer.on_next(row.value)
    elif isinstance(row.value, Exception):
        observer.on_error(row.value)
    else:
        observer.on_completed()


class _Played(Observable[_T]):
    """What the two kinds of source share.

    Attributes:
        subscriptions: A :class:`Subscription` for each subscriber, in the order they came.
    """

    def __init__(self, rows: Sequence[Row], scheduler: LabScheduler) -> None:
        super().__init__()
        self.subscriptions: list[Subscription] = []
        self._rows = rows
        self._virtual = scheduler
        self._base = scheduler.next_start()

    def _clock(self) -> float:
        return round(self._virtual.to_seconds(self._virtual.now) - self._base, 6)

    def _note(self) -> Callable[[], None]:
        """Note a subscription and return what notes its end."""
        subscriptions, index = self.subscriptions, len(self.subscriptions)
        subscriptions.append(Subscription(self._clock(), None))

        def end() -> None:
            # A later run has its own list.
            if subscriptions is self.subscriptions and subscriptions[index].end is None:
                subscriptions[index] = Subscription(subscriptions[index].start, self._clock())

        return end

    def begin(self, base: float) -> None:
        """Note that a run starts."""
        self._base = base
        self.subscriptions = []

    def play(self, observer: abc.ObserverBase[Any]) -> abc.DisposableBase:
        """Send the rows to an observer, from now on."""
        over = False

        def stop() -> None:
            nonlocal over
            over = True
            for timer in timers:
                timer.dispose()

        def action(_: abc.SchedulerBase, row: Row | None) -> None:
            if row is not None and not over:
                _send(row, observer)

        schedule = self._virtual.schedule_relative
        timers = [schedule(row.time, action, row) for row in self._rows]
        return Disposable(stop)


class ColdSource(_Played[_T]):
    """Plays its diagram from the start for each subscriber."""

    def _subscribe_core(
        self, observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        note_end = self._note()
        playing = self.play(observer)

        def dispose() -> None:
            playing.dispose()
            note_end()

        return Disposable(dispose)


class HotSource(_Played[_T]):
    """Plays its diagram once in each run, to whoever is there; the end is kept for those late."""

    def __init__(self, rows: Sequence[Row], scheduler: LabScheduler) -> None:
        super().__init__(rows, scheduler)
        self._subject: Subject[_T] = Subject()
        self._playing: abc.DisposableBase = Disposable()

    def begin(self, base: float) -> None:
        """Note that a run starts: nobody listens and nothing has ended yet."""
        super().begin(base)
        self._playing.dispose()
        self._subject = Subject()

    def _subscribe_core(
        self, observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        note_end = self._note()
        listening = self._subject.subscribe(observer, scheduler=scheduler)

        def dispose() -> None:
            listening.dispose()
            note_end()

        return Disposable(dispose)

    def emit(self) -> None:
        """Start to play."""
        self._playing = self.play(self._subject)
