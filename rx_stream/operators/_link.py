"""How operators that are neighbours are joined.

``Observable.subscribe`` puts an auto-detach observer between every two operators. Neighbours that
are both ours are linked without it, which is cheaper per item and per subscription. What keeps the
Rx grammar then: at the subscriber's end the one auto-detach observer that stays; at the source's
end an entrance (see ``_entrance.py``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable, abc

from rx_stream.operators._entrance import Entrance, SerialEntrance

__all__ = ["LinkedObserver", "Operator", "SerialSource", "StageObservable"]

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

    @property
    @abstractmethod
    def over(self) -> bool:
        """Whether it takes no terminal event any more: it has one, or has been disposed."""

    @abstractmethod
    def attach(self, upstream: abc.DisposableBase) -> None:
        """Take over the subscription to the source; dispose it if all is over already."""


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
        try:
            # Not isinstance(): for an abstract class that is ten times slower.
            if SerialSource in type(source).__mro__:
                stage.attach(source._subscribe_core(stage, scheduler))
            else:
                entrance = SerialEntrance(stage) if stage.serial else Entrance(stage)
                entrance.open(source, scheduler)
                stage.attach(entrance)
        except Exception as error:
            if stage.over:  # Its own subscriber has raised that.
                raise
            stage.on_error(error)
        return stage
