"""The observer of a lab."""

from __future__ import annotations

from typing import Any

from reactivex import abc

from rx_stream.testing.recording import Recording, Row
from rx_stream.testing.scheduler import LabScheduler

__all__ = ["Recorder"]


class Recorder(abc.ObserverBase[Any]):
    """Notes what arrives and when, also what breaks the Rx grammar.

    Args:
        scheduler: Whose time it is.
        base: The time from which to count.
    """

    def __init__(self, scheduler: LabScheduler, base: float) -> None:
        self.rows = Recording()
        self._scheduler = scheduler
        self._base = base

    def _now(self) -> float:
        # Adding 0 turns a negative zero into a plain one.
        return round(self._scheduler.to_seconds(self._scheduler.now) - self._base, 6) + 0.0

    def on_next(self, value: object) -> None:
        """Note an item."""
        self.rows.append(Row(self._now(), "N", value))

    def on_error(self, error: Exception) -> None:
        """Note an error."""
        self.rows.append(Row(self._now(), "E", error))

    def on_completed(self) -> None:
        """Note the completion."""
        self.rows.append(Row(self._now(), "C"))
