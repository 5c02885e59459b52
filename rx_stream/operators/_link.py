"""How operators that are neighbours are joined.

``Observable.subscribe`` puts an auto-detach observer between every two operators. Neighbours that
are both ours are linked without it, which is cheaper per item and per subscription. What keeps the
Rx grammar then: at the subscriber's end the one auto-detach observer that stays; at the source's
end the :class:`Entrance`, which lets one event in at a time.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from reactivex import Observable, abc

__all__ = ["Entrance", "LinkedObserver", "Operator", "SerialSource", "StageObservable"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_A = TypeVar("_A")
_B = TypeVar("_B")

Operator = Callable[[Observable[_A]], Observable[_B]]
"""What every operator function returns: something to put in ``pipe()``."""


class LinkedObserver(abc.ObserverBase[_In], abc.DisposableBase):
    """An observer that owns its subscription to the source.

    Attributes:
        serial: Whether it copes by itself with events that arrive while it is busy.
    """

    __slots__ = ()
    serial = False

    @abstractmethod
    def attach(self, upstream: abc.DisposableBase) -> None:
        """Take over the subscription to the source; dispose it if all is over already."""


class Entrance(abc.ObserverBase[_In]):
    """Lets one event at a time into a chain of stages.

    A subscriber may push into the source from inside its own ``on_next``. Such an event waits until
    the one being handled has gone through, so that text keeps the order of the input.

    Args:
        inner: The first stage of the chain.
    """

    __slots__ = ("_busy", "_inner", "_next", "_waiting")

    def __init__(self, inner: abc.ObserverBase[_In]) -> None:
        self._inner = inner
        self._next = inner.on_next
        self._busy = False
        self._waiting: deque[Callable[[], None]] | None = None

    def on_next(self, value: _In) -> None:
        """Let an item in."""
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

    def on_error(self, error: Exception) -> None:
        """Let an error in."""
        self._enter(partial(self._inner.on_error, error))

    def on_completed(self) -> None:
        """Let the completion in."""
        self._enter(self._inner.on_completed)

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


class SerialSource(Observable[_Out]):
    """A source that a stage can be linked to.

    It sends one event after another, none from inside another, none after a terminal event, and
    stops when its subscription is disposed; so nothing need stand between it and a stage.
    """


class StageObservable(SerialSource[_Out]):
    """An Observable that knows its source, so that the stage can be linked to the one above.

    Args:
        source: Where the items come from.
        make: Makes the stage of one subscription, and says which scheduler the source gets.
    """

    def __init__(
        self,
        source: Observable[_In],
        make: Callable[
            [abc.ObserverBase[_Out], abc.SchedulerBase | None],
            tuple[LinkedObserver[_In], abc.SchedulerBase | None],
        ],
    ) -> None:
        super().__init__()
        self._source = source
        self._make = make

    def _subscribe_core(
        self, observer: abc.ObserverBase[_Out], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        stage, scheduler = self._make(observer, scheduler)
        source = self._source
        # Not isinstance(): for an abstract class that is ten times slower.
        if SerialSource in type(source).__mro__:
            stage.attach(source._subscribe_core(stage, scheduler))
        else:
            entrance = stage if stage.serial else Entrance(stage)
            stage.attach(source.subscribe(entrance, scheduler=scheduler))
        return stage
