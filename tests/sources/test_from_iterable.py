"""Items of an iterable, pulled no faster than they are taken."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import reactivex as rx
from reactivex import abc
from reactivex import operators as ops
from reactivex.internal import DisposedException
from reactivex.scheduler import EventLoopScheduler, NewThreadScheduler

from rx_stream import from_iterable
from rx_stream.schedulers.flow import Flow, FlowScheduler
from rx_stream.testing import TextMarbles


class Numbers:
    """An endless iterable that counts and notes when it is closed."""

    def __init__(self) -> None:
        self.made = 0
        self.closed = 0
        self.is_closed = threading.Event()

    def __iter__(self) -> Iterator[int]:
        try:
            while True:
                self.made += 1
                yield self.made
        finally:
            self.closed += 1
            self.is_closed.set()


def listen(stream: Any, **options: Any) -> list[Any]:
    got: list[Any] = []
    stream.subscribe(got.append, got.append, lambda: got.append("|"), **options)
    return got


def test_all_items_come_and_then_the_end() -> None:
    assert listen(from_iterable("abc")) == ["a", "b", "c", "|"]


def test_each_subscription_asks_for_a_new_iterator() -> None:
    stream = from_iterable([1, 2])
    assert listen(stream) == listen(stream) == [1, 2, "|"]


def test_an_object_with_only_getitem_is_iterable() -> None:
    class Old:
        def __getitem__(self, index: int) -> int:
            return [7, 8][index]

    assert listen(from_iterable(Old())) == [7, 8, "|"]  # type: ignore[arg-type]


def test_what_the_iterator_raises_is_the_error() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("upstream")

    first, error = listen(from_iterable(items()))
    assert first == 1
    assert repr(error) == "ValueError('upstream')"


def test_what_iter_raises_is_the_error() -> None:
    class Broken:
        def __iter__(self) -> Iterator[int]:
            raise OSError("no")

    assert repr(listen(from_iterable(Broken()))) == "[OSError('no')]"


def test_leaving_closes_the_iterator_of_an_endless_source() -> None:
    numbers = Numbers()
    assert listen(from_iterable(numbers).pipe(ops.take(3))) == [1, 2, 3, "|"]
    assert (numbers.made, numbers.closed) == (3, 1)


def test_dispose_before_the_first_pull_closes_the_iterator() -> None:
    lab = TextMarbles()
    stream = iter(Numbers())
    assert next(stream) == 1
    from_iterable(stream).subscribe(scheduler=lab.scheduler).dispose()
    assert next(stream, None) is None


def test_an_iterator_that_fails_to_close_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append(args.exc_value))

    def items() -> Iterator[int]:
        try:
            yield from itertools.count()
        finally:
            raise KeyError("close")

    assert listen(from_iterable(items()).pipe(ops.take(1))) == [0, "|"]
    assert [repr(error) for error in seen] == ["KeyError('close')"]


@pytest.mark.parametrize("error", [KeyError("mine"), StopIteration()])
def test_what_the_subscriber_raises_closes_the_source_and_is_never_a_completion(
    error: Exception,
) -> None:
    """A plain reactivex source takes StopIteration for its own end."""
    lab, numbers, heard = TextMarbles(), Numbers(), list[Any]()

    def on_next(_: int) -> None:
        raise error

    from_iterable(numbers).subscribe(
        on_next, heard.append, lambda: heard.append("|"), scheduler=lab.scheduler
    )
    with pytest.raises(type(error)):
        lab.scheduler.advance_by(1)
    assert heard == [error]
    assert (numbers.made, numbers.closed) == (1, 1)


def test_it_stops_pulling_at_a_shut_gate_and_goes_on_when_it_opens() -> None:
    lab, gate, numbers = TextMarbles(), Flow(4), Numbers()
    from_iterable(numbers).subscribe(
        lambda _: gate.hold(), scheduler=FlowScheduler(lab.scheduler, gate)
    )
    lab.scheduler.advance_by(1)
    assert numbers.made == 4
    gate.release(1)
    lab.scheduler.advance_by(1)
    assert numbers.made == 4
    gate.release(1)
    lab.scheduler.advance_by(1)
    assert numbers.made == 6
    assert gate.pausable


def test_dispose_while_it_waits_at_the_gate_closes_it() -> None:
    lab, gate, numbers = TextMarbles(), Flow(1), Numbers()
    subscription = from_iterable(numbers).subscribe(
        lambda _: gate.hold(), scheduler=FlowScheduler(lab.scheduler, gate)
    )
    lab.scheduler.advance_by(1)
    subscription.dispose()
    assert numbers.closed == 1
    gate.release()
    lab.scheduler.advance_by(1)
    assert numbers.made == 1


def test_an_endless_source_leaves_turns_to_others_on_its_scheduler() -> None:
    worker, others = EventLoopScheduler(), threading.Event()
    subscription = from_iterable(Numbers(), scheduler=worker).subscribe()
    worker.schedule(lambda *_: others.set())
    assert others.wait(20)
    subscription.dispose()
    worker.dispose()


def test_it_is_closed_once_where_every_pull_runs_on_another_thread() -> None:
    """The next pull may begin before the one that asked for it has returned."""
    numbers = Numbers()
    got: list[int] = []
    stream = from_iterable(numbers, scheduler=NewThreadScheduler()).pipe(ops.take(1000))
    stream.subscribe(got.append)
    assert numbers.is_closed.wait(20)
    assert got == list(range(1, 1001))
    assert (numbers.made, numbers.closed) == (1000, 1)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_scheduler_disposed_before_the_next_pull_is_an_error_to_those_who_have_not_left(
    leaves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread may dispose both between the look at the one and the use of the other."""
    lab, numbers = TextMarbles(), Numbers()
    subscription = from_iterable(numbers, scheduler=lab.scheduler).subscribe()

    def schedule(*_: object) -> abc.DisposableBase:
        if leaves:
            subscription.dispose()
        raise DisposedException

    monkeypatch.setattr(lab.scheduler, "schedule", schedule)
    with nullcontext() if leaves else pytest.raises(DisposedException):
        lab.scheduler.advance_by(1)
    assert (numbers.made, numbers.closed) == (256, int(leaves))


@pytest.mark.parametrize("value", [None, 3, len, rx.of(1)])
def test_what_is_not_iterable_is_refused_at_the_call(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^from_iterable: iterable must be iterable, not "):
        from_iterable(value)
