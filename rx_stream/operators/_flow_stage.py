"""A stage that holds items in a mailbox while the gate below is shut."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Generic, Literal, TypeVar

from reactivex import abc

from rx_stream.core.flow.mailbox import Mailbox
from rx_stream.errors import BackpressureError
from rx_stream.operators._serial import SerialStage
from rx_stream.schedulers.flow import Flow, Gate

__all__ = ["FlowStage", "Pausing"]

_T = TypeVar("_T")

Pausing = Literal["never", "if possible", "always"]
"""Whether a full mailbox makes the source wait."""


class _NotPausable(BackpressureError, TypeError):
    """The source cannot wait, and the strategy demands it."""


class FlowStage(SerialStage[_T], Generic[_T]):
    """Holds items while the gate below is shut.

    What it holds does not count in that gate, which would then never open; it shuts a gate of its
    own for the source above.

    Args:
        mailbox: Where items wait.
        down: The observer below.
        below: The gate of the consumer; without one it is always ready.
        above: The gate that the source sees; its capacity must not be reached by others.
        pausing: Whether the source has to wait when the mailbox is full.
        name: What the error of a full mailbox calls this stage.
    """

    __slots__ = (
        "_above",
        "_asked",
        "_below",
        "_down",
        "_emit",
        "_mailbox",
        "_name",
        "_pausing",
        "_shut",
        "_stopped",
        "_terminal",
        "_upstream",
    )

    def __init__(
        self,
        mailbox: Mailbox[_T],
        down: abc.ObserverBase[_T],
        below: Gate | None,
        above: Flow,
        pausing: Pausing,
        name: str = "backpressure",
    ) -> None:
        super().__init__(settles=True)
        self._mailbox = mailbox
        self._down = down
        self._emit = down.on_next
        self._below = below
        self._above = above
        above.full = lambda: mailbox.full
        self._pausing = pausing
        self._name = name
        self._asked = False
        self._shut = False
        self._terminal: Callable[[], None] | None = None
        self._stopped = False
        self._upstream: abc.DisposableBase | None = None
        if below is not None:
            below.attach()  # This stage obeys it, whatever the source does.

    # -------------------------------------------------------------------- events, on any thread

    def on_completed(self) -> None:
        self.handle(partial(self._end, self._down.on_completed))

    def on_error(self, error: Exception) -> None:
        self.handle(partial(self._end, partial(self._down.on_error, error)))

    def leave(self, value: _T) -> None:
        """Leave an item for the next :meth:`drain`."""
        self.put(partial(self.take, value))

    def leave_end(self, error: Exception | None) -> None:
        """Leave a terminal event for the next :meth:`drain`."""
        down = self._down
        terminal = down.on_completed if error is None else partial(down.on_error, error)
        self.put(partial(self._end, terminal))

    @property
    def over(self) -> bool:
        return self._stopped or self._terminal is not None

    def attach(self, upstream: abc.DisposableBase) -> None:
        self._upstream = upstream
        if self._pausing == "always" and not self._above.pausable:
            self.post(self._refuse)
        if self.over:
            self._let_go()

    def dispose(self) -> None:
        self._stopped = True
        self._let_go()
        self.calm()

    def settle(self) -> None:
        # Looked at and noted in one step, or two threads would both open the gate. Whoever holds
        # the guard settles by himself afterwards.
        if not self._shut or not self._guard.acquire(blocking=False):
            return
        try:
            opens = self._shut and (self._mailbox.roomy or self._stopped)
            self._shut = self._shut and not opens
        finally:
            self._guard.release()
        if self._events:  # Left by another thread meanwhile.
            self.drain()
        if opens:
            self._above.release(self._above.capacity)

    # ------------------------------------------------------------------------ one at a time

    def ready(self) -> bool:
        """Tell whether the consumer takes an item now."""
        return self._below is None or not self._below.paused

    def ask(self) -> None:
        """Ask to be called when the consumer is ready."""
        if self._below is not None and not self._asked:
            self._asked = True
            self._below.when_ready(self._on_ready)

    def _on_ready(self) -> None:
        self.post(self._resume)

    def _resume(self) -> None:
        self._asked = False
        self.deliver()

    def take(self, value: _T) -> None:
        if self._stopped or self._terminal is not None:
            return
        mailbox = self._mailbox
        if not mailbox and self.ready():
            self._send(value)
            return
        if not self._waits() and not mailbox.fits(value):
            self._overflow()
            return
        try:
            mailbox.put(value)
        except Exception as error:  # noqa: BLE001 - what on_dropped raises is an event
            self._break_off(error)
            return
        if not self._shut and mailbox.full and self._waits():
            self._shut = True
            self._above.hold(self._above.capacity)
        self.deliver()

    def _waits(self) -> bool:
        return self._pausing != "never" and self._above.pausable

    def deliver(self) -> None:
        """Send what waits, as long as the consumer is ready."""
        mailbox = self._mailbox
        while mailbox and not self._stopped:
            if not self.ready():
                self.ask()
                return
            self._send(mailbox.take())
        terminal = self._terminal
        if terminal is not None and not self._stopped:
            self._stopped = True
            terminal()

    def _send(self, value: _T) -> None:
        try:
            self._emit(value)
        except BaseException:
            self.dispose()
            raise

    def _end(self, terminal: Callable[[], None]) -> None:
        if self._terminal is None and not self._stopped:
            self._terminal = terminal
            self.deliver()

    def _break_off(self, error: Exception) -> None:
        self._let_go()
        self._end(partial(self._down.on_error, error))

    def _refuse(self) -> None:
        self._break_off(
            _NotPausable(
                f"{self._name}: the strategy 'block' needs a source that can wait, and this one "
                "cannot. Make it with from_iterable or from_async_iterable, or use 'coalesce'",
                waiting=len(self._mailbox),
            )
        )

    def _overflow(self) -> None:
        self._break_off(
            BackpressureError(
                f"{self._name}: {len(self._mailbox)} items wait, the limit is reached, and the "
                "source cannot wait",
                waiting=len(self._mailbox),
            )
        )

    def _let_go(self) -> None:
        upstream, self._upstream = self._upstream, None
        if upstream is not None:
            upstream.dispose()
