"""A slim scheduler for one asyncio loop."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from reactivex import abc, typing
from reactivex.scheduler.eventloop import AsyncIOScheduler

__all__ = ["LoopScheduler"]

_State = TypeVar("_State")


class _Job(abc.DisposableBase):
    """One action on the loop: the handle, and what the action returned."""

    __slots__ = ("_action", "_done", "_inner", "_scheduler", "_state", "handle")

    def __init__(self, scheduler: LoopScheduler, action: Any, state: Any) -> None:
        self._scheduler = scheduler
        self._action: Any = action
        self._state: Any = state
        self._inner: abc.DisposableBase | None = None
        self._done = False
        self.handle: asyncio.Handle | None = None

    def run(self) -> None:
        if self._done:
            return
        inner = self._action(self._scheduler, self._state)
        if isinstance(inner, abc.DisposableBase):
            if self._done:  # The action disposed its own job.
                inner.dispose()
            else:
                self._inner = inner

    def run_at(self, due: float) -> None:
        """Set its timer; called on the loop."""
        if not self._done:
            self.handle = self._scheduler.loop.call_at(due, self.run)
            if self._done:  # By another thread, just now: it has not seen the handle.
                self.handle.cancel()

    def dispose(self) -> None:
        if self._done:
            return
        self._done = True
        self._action = self._state = None
        handle, self.handle = self.handle, None
        if handle is not None:
            self._scheduler.cancel(handle)
        inner, self._inner = self._inner, None
        if inner is not None:
            inner.dispose()


class LoopScheduler(AsyncIOScheduler):
    """Run actions on one loop, from any thread, in the loop's monotonic time.

    What reactivex's own asyncio schedulers do, with one small object for each action, and safe
    to use and to dispose from another thread.

    Args:
        loop: The loop; None means the running one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        loop = loop or asyncio.get_running_loop()
        super().__init__(loop)
        self.loop = loop
        self.monotonic = loop.time

    def _is_here(self) -> bool:
        # Not get_running_loop(): it raises, which is slow, where no loop runs.
        return asyncio._get_running_loop() is self.loop  # pyright: ignore[reportPrivateUsage]

    def cancel(self, handle: asyncio.Handle) -> None:
        """Cancel a handle; handles are not safe to touch from other threads."""
        if self._is_here() or not self.loop.is_running():
            handle.cancel()
        else:
            self.loop.call_soon_threadsafe(handle.cancel)

    def schedule(
        self, action: typing.ScheduledAction[_State], state: _State | None = None
    ) -> abc.DisposableBase:
        """Run an action on the next turn of the loop."""
        job = _Job(self, action, state)
        if self._is_here():
            job.handle = self.loop.call_soon(job.run)
        else:
            job.handle = self.loop.call_soon_threadsafe(job.run)
        return job

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: typing.ScheduledAction[_State],
        state: _State | None = None,
    ) -> abc.DisposableBase:
        """Run an action after a time in seconds."""
        delay = self.to_seconds(duetime)
        if delay <= 0:
            return self.schedule(action, state)
        job = _Job(self, action, state)
        if self._is_here():
            job.handle = self.loop.call_later(delay, job.run)
        else:
            due = self.monotonic() + delay
            self.loop.call_soon_threadsafe(job.run_at, due)
        return job

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: typing.ScheduledAction[_State],
        state: _State | None = None,
    ) -> abc.DisposableBase:
        """Run an action at a wall-clock time, as it stands now."""
        return self.schedule_relative(self.to_datetime(duetime) - self.now, action, state)
