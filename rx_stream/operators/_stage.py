"""One operator of one subscription: a core, driven by the events of a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Literal, TypeVar

from reactivex import abc

from rx_stream.core.notes import add_note
from rx_stream.core.protocols import Core
from rx_stream.operators._link import LinkedObserver

__all__ = ["Stage", "no_items", "nothing"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def nothing(_: object) -> None:
    """Take an item of a stage that has ended."""


def no_items(_: object) -> tuple[()]:
    """Take an item in place of a core whose stream is over."""
    return ()


class Stage(LinkedObserver[_In], Generic[_In, _Out]):
    """Drives a core with the events of a source and sends what it returns.

    Args:
        core: The machine of this subscription.
        down: The observer below.
    """

    __slots__ = ("_upstream", "core", "down", "ended", "on_next")

    def __init__(self, core: Core[_In, _Out], down: abc.ObserverBase[_Out]) -> None:
        self.core = core
        self.down = down
        self.ended = False
        self._upstream: abc.DisposableBase | None = None
        # A closure, not a method: this call is made for every item of every stage.
        self.on_next = self.receiver()  # pyright: ignore[reportAttributeAccessIssue]

    def receiver(self) -> Callable[[_In], None]:
        """Return the function that takes an item."""
        feed, emit = self.core.feed, self.down.on_next

        def on_next(value: _In) -> None:
            nonlocal feed
            try:
                out = feed(value)
            except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
                feed = no_items  # A source that sends while it is subscribed cannot be stopped.
                self.finish(error)
                return
            try:
                for item in out:
                    emit(item)
            except BaseException:
                self.dispose()
                raise

        return on_next

    def on_completed(self) -> None:
        """Send what the core still holds, then the completion."""
        if self.ended:
            return
        try:
            out = self.core.flush()
        except Exception as error:  # noqa: BLE001 - whatever the core raises is an event
            self.finish(error)
            return
        if self.send(out):
            self._tell(getattr(self.core, "outcome", None))

    def on_error(self, error: Exception) -> None:
        """Send what the core still holds, then the error: no text is lost."""
        if self.ended:
            return
        swallow = getattr(self.core, "swallows_errors", False)
        if self.send(self._last_words(error)):
            self._tell(None if swallow else error)

    def _last_words(self, error: Exception) -> Sequence[_Out]:
        fail: Callable[[Exception], Sequence[_Out]] | None = getattr(self.core, "fail", None)
        try:
            return self.core.flush() if fail is None else fail(error)
        except Exception as second:  # noqa: BLE001 - the source's own error matters more
            add_note(error, f"and then, while sending what was held: {second!r}")
            return ()

    def send(self, out: Iterable[_Out]) -> bool:
        """Send items; tell whether the stage is still in use afterwards."""
        emit = self.down.on_next
        try:
            for item in out:
                emit(item)
                if self.ended:
                    return False
        except BaseException:
            self.dispose()
            raise
        return True

    def finish(self, outcome: Exception | Literal[True]) -> None:
        """End the stream before its source does, which is let go first: those below may be slow."""
        if self.ended:
            return
        self.ended = True
        try:
            self._let_go()
        finally:
            self._tell(outcome)

    def _tell(self, outcome: Exception | Literal[True] | None) -> None:
        """End the stream below: completed, unless the outcome is an error."""
        self.ended = True
        if isinstance(outcome, Exception):
            self.down.on_error(outcome)
        else:
            self.down.on_completed()

    @property
    def over(self) -> bool:
        """Whether it has sent a terminal event, or has been disposed."""
        return self.ended

    def attach(self, upstream: abc.DisposableBase) -> None:
        """Take over the subscription to the source."""
        self._upstream = upstream
        if self.ended:
            self.dispose()

    def dispose(self) -> None:
        """Stop at once, and dispose the source."""
        cancelled, self.ended = not self.ended, True
        # It holds the stage, and the stage held it: no work for the cyclic collector.
        self.on_next = nothing  # pyright: ignore[reportAttributeAccessIssue]
        self._let_go()
        if cancelled:
            cancel: Callable[[], None] | None = getattr(self.core, "cancel", None)
            if cancel is not None:
                cancel()

    def _let_go(self) -> None:
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()
