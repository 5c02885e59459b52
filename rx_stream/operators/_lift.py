"""Turn a core into an operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from reactivex import Observable, abc

from rx_stream.core.protocols import Core, EndingCore, Tap
from rx_stream.core.text.settle_after import SettleAfter
from rx_stream.core.text.text_items import TextItems
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.operators._link import Operator, StageObservable
from rx_stream.operators._stage import Stage, no_items, nothing
from rx_stream.schedulers.clock import Clock, clock_of
from rx_stream.types import TextT

__all__ = ["lift", "lift_clocked", "lift_ending", "lift_tap", "lift_text"]

_T = TypeVar("_T")
_In = TypeVar("_In")
_Out = TypeVar("_Out")


def _operator(
    make: Callable[[abc.ObserverBase[_Out], abc.SchedulerBase | None], Stage[_In, _Out]],
) -> Operator[_In, _Out]:
    def stage(
        observer: abc.ObserverBase[_Out], scheduler: abc.SchedulerBase | None
    ) -> tuple[Stage[_In, _Out], abc.SchedulerBase | None]:
        return make(observer, scheduler), scheduler

    def operator(source: Observable[_In]) -> Observable[_Out]:
        return StageObservable(source, stage)

    return operator


def lift(make: Callable[[], Core[_In, _Out]]) -> Operator[_In, _Out]:
    """Return an operator that runs a new core from ``make`` for each subscription."""
    return _operator(lambda down, _: Stage(make(), down))


def lift_clocked(make: Callable[[Clock], Core[_In, _Out]]) -> Operator[_In, _Out]:
    """Return an operator like that of :func:`lift`, whose core is given the subscriber's clock."""
    return _operator(lambda down, scheduler: Stage(make(clock_of(scheduler)), down))


class _TapStage(Stage[_T, _T]):
    """Shows every item to its core and passes it on."""

    __slots__ = ()

    def receiver(self) -> Callable[[_T], None]:
        see, emit = cast("Tap[_T]", self.core).see, self.down.on_next

        def on_next(value: _T) -> None:
            nonlocal see, emit
            try:
                see(value)
            except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
                see = emit = nothing
                self.finish(error)
                return
            try:
                emit(value)
            except BaseException:
                self.dispose()
                raise

        return on_next


def lift_tap(
    make: Callable[[Clock], Tap[_T]], *, scheduler: abc.SchedulerBase | None = None
) -> Operator[_T, _T]:
    """Return an operator that passes items on as they are, after its core has seen them.

    The core is given the clock of the scheduler, or of the subscriber's.
    """
    return _operator(
        lambda down, subscriber: _TapStage(make(clock_of(scheduler or subscriber)), down)
    )


class _EndingStage(Stage[_In, _Out]):
    """Ends when its core says so."""

    __slots__ = ()

    def receiver(self) -> Callable[[_In], None]:
        receive, core = super().receiver(), cast("EndingCore[_In, _Out]", self.core)

        def on_next(value: _In) -> None:
            receive(value)
            if core.outcome is not None:
                self.finish(core.outcome)

        return on_next


def lift_ending(make: Callable[[], EndingCore[_In, _Out]]) -> Operator[_In, _Out]:
    """Return an operator whose core may end the stream before its source does."""
    return _operator(lambda down, _: _EndingStage(make(), down))


class _TextStage(Stage[TextT, TextT]):
    """Feeds strings straight to a core for text; anything else goes the way round by its items.

    The way of a string is the hot path of the whole library.

    Args:
        make: Makes the core for text, and those of further choices.
        down: The observer below.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], Core[str, str]], down: abc.ObserverBase[TextT]) -> None:
        self._make = make
        super().__init__(cast("Core[TextT, TextT]", make()), down)

    def receiver(self) -> Callable[[TextT], None]:
        feed, emit, strings = self.core.feed, self.down.on_next, True

        def on_next(value: TextT) -> None:
            nonlocal feed, strings
            if strings and type(value) is not str:
                # From now on the items keep the account of what is held, for strings too.
                strings = False
                core = cast("Core[str, str]", self.core)
                items: TextItems[TextT] = TextItems(core, make=self._make)
                self.core, feed = items, items.feed
            try:
                out = feed(value)
            except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
                feed, strings = no_items, False
                self.finish(error)
                return
            try:
                for item in out:
                    emit(item)
            except BaseException:
                self.dispose()
                raise

        return on_next


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

    def items() -> TextItems[TextT]:
        return TextItems(make(), make=make, trim=trim)

    if flush_after is not None:
        after = flush_after
        return lift_timed(lambda: SettleAfter(items(), after), scheduler=scheduler)
    if trim:
        return lift(items)
    # Strings, which most streams are, need no more than the core for text.
    return _operator(lambda down, _: _TextStage(make, down))
