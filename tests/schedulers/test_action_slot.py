"""What holds the next action of something that schedules itself."""

from __future__ import annotations

import pytest
from reactivex import abc
from reactivex.disposable import Disposable
from reactivex.internal import DisposedException

from rx_stream.schedulers.action_slot import ActionSlot


def test_what_it_was_filled_with_last_is_what_it_disposes() -> None:
    slot, disposed = ActionSlot(), list[int]()
    slot.fill(lambda: Disposable(lambda: disposed.append(1)))
    slot.fill(lambda: Disposable(lambda: disposed.append(2)))
    slot.dispose()
    assert disposed == [2]


def test_what_is_scheduled_after_it_was_disposed_is_disposed_at_once() -> None:
    slot, disposed = ActionSlot(), list[int]()
    slot.dispose()
    slot.fill(lambda: Disposable(lambda: disposed.append(1)))
    assert disposed == [1]


@pytest.mark.parametrize("both", [True, False])
def test_a_disposed_scheduler_is_an_error_unless_the_slot_is_disposed_too(both: bool) -> None:
    slot = ActionSlot()

    def schedule() -> abc.DisposableBase:
        if both:  # Another thread was faster.
            slot.dispose()
        raise DisposedException

    if both:
        slot.fill(schedule)
        assert slot.is_disposed
    else:
        with pytest.raises(DisposedException):
            slot.fill(schedule)
