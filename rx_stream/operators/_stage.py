"""One operator of one subscription, and how neighbours are joined.

``Observable.subscribe`` puts an auto-detach observer between every two operators. Neighbours that
are both ours are linked without it, which is cheaper per item and per subscription; so each stage
keeps the Rx grammar itself: serial, nothing after a terminal event or after dispose.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Literal, TypeVar

from reactivex import Observable, abc

from rx_stream.core.protocols import Core

__all__ = ["LinkedObserver", "Operator", "Stage", "StageObservable"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_A = TypeVar("_A")
_B = TypeVar("_B")

Operator = Callable[[Observable[_A]], Observable[_B]]
"""What every operator function returns: something to put in ``pipe()``."""

_IDLE, _BUSY, _STOPPED = 0, 1, 2


class LinkedObserver(abc.ObserverBase[_In], abc.DisposableBase):
    """An observer that keeps the grammar itself and owns its subscription to the source."""

    __slots__ = ()

    @abstractmethod
    def attach(self, upstream: abc.DisposableBase) -> None:
        """Take over the subscription to the source; dispose it if all is over already."""


class Stage(LinkedObserver[_In], Generic[_In, _Out]):
    """Drives a core with the events of a source and sends what it returns.

    An event that arrives while another is being sent, from inside the subscriber, waits its turn.

    Args:
        core: The machine of this subscription.
        down: The observer below.
    """

    __slots__ = (
        "_complete",
        "_emit",
        "_error",
        "_feed",
        "_state",
        "_upstream",
        "_waiting",
        "core",
    )

    def __init__(self, core: Core[_In, _Out], down: abc.ObserverBase[_Out]) -> None:
        self.core = core
        self._upstream: abc.DisposableBase | None = None
        self._feed: Callable[[_In], Sequence[_Out]] = core.feed
        self._emit = down.on_next
        self._error = down.on_error
        self._complete = down.on_completed
        self._state = _IDLE
        self._waiting: deque[Callable[[], None]] | None = None

    def on_next(self, value: _In) -> None:
        """Feed the core and send what is complete."""
        if self._state:
            self._later(lambda: self._next(value))
            return
        self._state = _BUSY
        try:
            out = self._feed(value)
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        emit = self._emit
        try:
            for item in out:
                emit(item)
                if self._state != _BUSY:
                    return
        except BaseException:
            self.dispose()
            raise
        if self._waiting:
            self._drain()
        else:
            self._state = _IDLE

    def on_completed(self) -> None:
        """Send what the core still holds, then the completion."""
        if self._state:
            self._later(self._end)
        else:
            self._state = _BUSY
            self._end()

    def on_error(self, error: Exception) -> None:
        """Send what the core still holds, then the error: no text is lost."""
        if self._state:
            self._later(lambda: self._break(error))
        else:
            self._state = _BUSY
            self._break(error)

    def attach(self, upstream: abc.DisposableBase) -> None:
        """Take over the subscription to the source."""
        self._upstream = upstream
        if self._state == _STOPPED:
            self.dispose()

    @property
    def is_live(self) -> bool:
        """Whether neither a terminal event nor a dispose has come."""
        return self._state != _STOPPED

    def dispose(self) -> None:
        """Stop at once, and dispose the source."""
        if self._state != _STOPPED:
            self._state = _STOPPED
            cancel = getattr(self.core, "cancel", None)
            if cancel is not None:
                cancel()
        self._waiting = None
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()

    # ------------------------------------------------------------- with the state set to busy

    def _send(self, out: Iterable[_Out]) -> bool:
        """Send items; tell whether the stage is still in use afterwards."""
        emit = self._emit
        try:
            for item in out:
                emit(item)
                if self._state != _BUSY:
                    return False
        except BaseException:
            self.dispose()
            raise
        return True

    def _next(self, value: _In) -> None:
        try:
            out = self._feed(value)
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        self._send(out)

    def _end(self) -> None:
        try:
            out = self.core.flush()
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        if self._send(out):
            self._state = _STOPPED
            self._complete()

    def _break(self, error: Exception) -> None:
        if self._send(self._last_words(error)):
            self._state = _STOPPED
            if getattr(self.core, "swallows_errors", False):
                self._complete()
            else:
                self._error(error)

    def _last_words(self, error: Exception) -> Sequence[_Out]:
        try:
            fail: Callable[[Exception], Sequence[_Out]] | None = getattr(self.core, "fail", None)
            return self.core.flush() if fail is None else fail(error)
        except Exception as second:  # noqa: BLE001 - the source's own error matters more
            error.add_note(f"and then, while sending what was held: {second!r}")
            return ()

    def _finish(self, outcome: Exception | Literal[True] | None) -> None:
        """End the stream below: completed, unless the outcome is an error."""
        self._state = _STOPPED
        if isinstance(outcome, Exception):
            self._error(outcome)
        else:
            self._complete()

    def _fail(self, error: Exception) -> None:
        """The core has failed: nothing more can come."""
        self._state = _STOPPED
        self._error(error)

    def _later(self, event: Callable[[], None]) -> None:
        if self._state == _BUSY:
            if self._waiting is None:
                self._waiting = deque()
            self._waiting.append(event)

    def _drain(self) -> None:
        """Handle what came in while sending, in its order."""
        while self._state == _BUSY:
            if not self._waiting:
                self._state = _IDLE
                return
            self._waiting.popleft()()


class StageObservable(Observable[_Out]):
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
        if isinstance(source, StageObservable):
            stage.attach(source._subscribe_core(stage, scheduler))
        else:
            stage.attach(source.subscribe(stage, scheduler=scheduler))
        return stage
