"""Notice that nothing comes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from rx_stream.core.protocols import EPSILON, Waits, never
from rx_stream.errors import StreamStalledError
from rx_stream.types import StreamChunk, StreamProgress, carries_meaning

__all__ = ["FirstTokenTimeout", "GapTimeout"]

_Item = TypeVar("_Item")

_LOOKS = 4
"""How often a wait looks whether the source is held back: a shorter pause counts as waiting."""


def _is_token(item: object) -> bool:
    """Tell whether an item is a sign that the model answers: an empty chunk is none."""
    if isinstance(item, StreamChunk):
        return bool(item.content) or carries_meaning(item)
    if isinstance(item, (str, bytes)):
        return bool(item)
    # A report on the stream, which comes also while nothing else does.
    return not isinstance(item, StreamProgress)


class _Timeout(ABC, Generic[_Item]):
    """What both timeouts share: one deadline.

    Time in which whoever is below holds the source back does not count: it is not the source that
    is late then.

    Args:
        limit: Seconds without an item that are allowed.
    """

    __slots__ = ("_deadline", "_limit", "_look", "_since", "held_back")

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._since = 0.0
        self._deadline: float | None = None
        self._look = 0.0
        self.held_back: Waits = never

    def _wait(self, now: float) -> None:
        """Begin to wait anew."""
        self._since = now
        self._deadline = now + self._limit
        self._look = now + self._limit / _LOOKS

    def start(self, now: float) -> Sequence[_Item]:
        """Begin to wait."""
        self._wait(now)
        return ()

    def tick(self, now: float, /) -> Sequence[_Item]:
        """Raise if nothing has come in time.

        Raises:
            StreamStalledError: Nothing has come.
        """
        if self._deadline is None:
            return ()
        if self.held_back():
            self._wait(now)
        elif now >= self._deadline - EPSILON:
            self._deadline = None
            raise self._error(now - self._since)
        self._look = now + self._limit / _LOOKS
        return ()

    @abstractmethod
    def _error(self, waited: float) -> StreamStalledError:
        """Return what is raised after so many seconds."""

    def flush(self, now: float, /) -> Sequence[_Item]:
        """Note the end: nothing more is waited for."""
        del now
        self._deadline = None
        return ()

    def wake_at(self) -> float | None:
        """Return when the wait is over, or when to see whether it is one."""
        if self._deadline is None or self.held_back is never:
            return self._deadline
        return min(self._deadline, self._look)


class FirstTokenTimeout(_Timeout[_Item]):
    """Fails if nothing that says something has come within ``limit`` seconds of the start."""

    __slots__ = ()

    def feed(self, item: _Item, now: float, /) -> Sequence[_Item]:
        """Pass an item."""
        del now
        if self._deadline is not None and _is_token(item):
            self._deadline = None
        return (item,)

    def _error(self, waited: float) -> StreamStalledError:
        return StreamStalledError(
            f"timeout_first_token: no token came within {self._limit:g} s", waited=waited
        )


class GapTimeout(_Timeout[_Item]):
    """Fails if after an item nothing has come for ``limit`` seconds."""

    __slots__ = ()

    def start(self, now: float) -> Sequence[_Item]:
        """Wait for the first item as long as it takes."""
        self._since = now
        return ()

    def feed(self, item: _Item, now: float, /) -> Sequence[_Item]:
        """Pass an item; the wait begins anew."""
        if not isinstance(item, StreamProgress):
            self._wait(now)
        return (item,)

    def _error(self, waited: float) -> StreamStalledError:
        return StreamStalledError(
            f"timeout_between_tokens: nothing came for {self._limit:g} s", waited=waited
        )
