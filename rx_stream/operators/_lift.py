"""Turn a core into an operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from reactivex import Observable, abc

from rx_stream.core.protocols import Core, EndingCore
from rx_stream.core.settle_after import SettleAfter
from rx_stream.core.text_items import TextItems
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._stage import Operator, Stage, StageObservable
from rx_stream.types import TextT

__all__ = ["lift", "lift_ending", "lift_text"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def lift(make: Callable[[], Core[_In, _Out]]) -> Operator[_In, _Out]:
    """Return an operator that runs a new core from ``make`` for each subscription."""

    def stage(
        observer: abc.ObserverBase[_Out], scheduler: abc.SchedulerBase | None
    ) -> tuple[Stage[_In, _Out], abc.SchedulerBase | None]:
        return Stage(make(), observer), scheduler

    def operator(source: Observable[_In]) -> Observable[_Out]:
        return StageObservable(source, stage)

    return operator


class _EndingStage(Stage[_In, _Out]):
    """Ends when its core says so."""

    __slots__ = ()

    def on_next(self, value: _In) -> None:
        super().on_next(value)
        self._look()

    def _next(self, value: _In) -> None:
        super()._next(value)
        self._look()

    def _look(self) -> None:
        core = cast("EndingCore[_In, _Out]", self.core)
        if core.outcome is not None and self.is_live:
            self._finish(core.outcome)

    def _end(self) -> None:
        core = cast("EndingCore[_In, _Out]", self.core)
        try:
            out: Sequence[_Out] = core.flush()
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self._fail(error)
            return
        if self._send(out):
            self._finish(core.outcome)


def lift_ending(make: Callable[[], EndingCore[_In, _Out]]) -> Operator[_In, _Out]:
    """Return an operator whose core may end the stream before its source does."""

    def stage(
        observer: abc.ObserverBase[_Out], scheduler: abc.SchedulerBase | None
    ) -> tuple[Stage[_In, _Out], abc.SchedulerBase | None]:
        return _EndingStage(make(), observer), scheduler

    def operator(source: Observable[_In]) -> Observable[_Out]:
        return StageObservable(source, stage)

    return operator


class _TextStage(Stage[TextT, TextT]):
    """Feeds strings to the core for text; anything else takes the way round by its items.

    The way of a string is the hot path of the whole library, so it is spelled out here.
    """

    __slots__ = ("_text",)

    def __init__(self, core: Core[str, str], down: abc.ObserverBase[TextT]) -> None:
        items: TextItems[TextT] = TextItems(core)
        super().__init__(items, down)
        self._text = cast("Callable[[TextT], Sequence[TextT]]", core.feed)
        self._feed = self._any

    def _any(self, value: TextT) -> Sequence[TextT]:
        if type(value) is not str:
            # From now on the items keep the account of what is held, for strings too.
            self._text = self.core.feed
        return self._text(value)

    def on_next(self, value: TextT) -> None:
        if type(value) is str and not self._state:
            self._state = 1
            try:
                out = self._text(value)
            except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
                self._fail(error)
                return
            if out:
                emit = self._emit
                try:
                    for item in out:
                        emit(item)
                        if self._state != 1:
                            return
                except BaseException:
                    self.dispose()
                    raise
            if self._waiting:
                self._drain()
            else:
                self._state = 0
        else:
            super().on_next(value)


def lift_text(
    make: Callable[[], Core[str, str]],
    *,
    trim: bool = False,
    flush_after: float | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> Operator[TextT, TextT]:
    """Return an operator that cuts text with a new core from ``make`` for each subscription.

    Args:
        make: Makes the core for text.
        trim: Whether to take the white space off the ends of the pieces.
        flush_after: Seconds of silence after which what waits only for look-ahead is sent; the
            core must have ``settle``.
        scheduler: Where that silence is measured.
    """
    if flush_after is not None:
        after = flush_after
        return lift_timed(
            lambda: SettleAfter(TextItems[TextT](make(), trim=trim), after), scheduler=scheduler
        )
    if trim:
        return lift(lambda: TextItems[TextT](make(), trim=True))

    def stage(
        observer: abc.ObserverBase[TextT], subscriber: abc.SchedulerBase | None
    ) -> tuple[Stage[TextT, TextT], abc.SchedulerBase | None]:
        return _TextStage(make(), observer), subscriber

    def operator(source: Observable[TextT]) -> Observable[TextT]:
        return StageObservable(source, stage)

    return operator
