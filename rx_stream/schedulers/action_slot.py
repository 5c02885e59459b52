"""The next action of something that schedules itself."""

from __future__ import annotations

from collections.abc import Callable

from reactivex import abc
from reactivex.disposable import MultipleAssignmentDisposable
from reactivex.internal import DisposedException

__all__ = ["ActionSlot"]


class ActionSlot(MultipleAssignmentDisposable):
    """Holds what cancels the action that is scheduled next.

    Not a serial disposable: the next action may begin, on its thread, and note the one after it
    before this one is noted.
    """

    def fill(self, schedule: Callable[[], abc.DisposableBase]) -> None:
        """Call what schedules the action, and keep what it returns.

        Raises:
            DisposedException: Its scheduler has been disposed, and the slot has not. Where another
                thread has disposed both since the caller looked, nothing is wanted any more.
        """
        try:
            self.disposable = schedule()
        except DisposedException:
            if not self.is_disposed:
                raise
