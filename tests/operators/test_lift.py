"""The lift itself: linking, errors of cores, events that come while one is being sent."""

from collections.abc import Sequence
from typing import Any

import pytest
import reactivex as rx
from reactivex import operators as ops
from reactivex.observer import AutoDetachObserver
from reactivex.subject import Subject

from rx_stream import (
    StreamChunk,
    buffer_characters,
    buffer_lines,
    buffer_paragraphs,
    buffer_sentences,
    buffer_words,
)
from rx_stream.operators._lift import lift, lift_ending, lift_text
from rx_stream.operators._lift_timed import lift_timed
from rx_stream.testing import TextMarbles


class Pairs:
    """Holds one item back."""

    def __init__(self) -> None:
        self.held: list[str] = []

    def feed(self, item: str) -> Sequence[str]:
        if item == "bad":
            raise ValueError("core")
        self.held.append(item)
        if len(self.held) < 2:
            return ()
        out, self.held = self.held, []
        return out

    def flush(self) -> Sequence[str]:
        out, self.held = self.held, []
        return out


class UpTo(Pairs):
    outcome: Any = None

    def feed(self, item: str) -> Sequence[str]:
        if item == "end":
            self.outcome = True
        elif item == "fail":
            self.outcome = RuntimeError("outcome")
        return (item,)


def record(source: rx.Observable[Any]) -> list[Any]:
    got: list[Any] = []
    source.subscribe(got.append, lambda e: got.append(repr(e)), lambda: got.append("|"))
    return got


def test_what_a_core_raises_ends_the_stream() -> None:
    assert record(rx.of("a", "bad", "b").pipe(lift(Pairs))) == ["ValueError('core')"]


def test_held_items_come_before_the_error_of_the_source() -> None:
    failing = rx.of("a").pipe(ops.concat(rx.throw(KeyError("source"))))
    assert record(failing.pipe(lift(Pairs))) == ["a", "KeyError('source')"]


def test_an_error_while_flushing_does_not_hide_the_error_of_the_source() -> None:
    class Broken(Pairs):
        def flush(self) -> Sequence[str]:
            raise ValueError("flush")

    errors: list[Exception] = []
    rx.throw(KeyError("source")).pipe(lift(Broken)).subscribe(on_error=errors.append)
    assert [repr(e) for e in errors] == ["KeyError('source')"]
    assert "flush" in errors[0].__notes__[0]


def test_a_core_can_end_the_stream_and_the_source_is_let_go() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 1s 'end' 1s 'b' |")
    assert lab.run(source.pipe(lift_ending(UpTo))) == lab.expect("'a' 1s 'end' |")
    assert [s.end for s in source.subscriptions] == [1.0]


def test_a_core_can_fail_the_stream_after_what_it_returned() -> None:
    got = record(rx.of("a", "fail", "b").pipe(lift_ending(UpTo)))
    assert got == ["a", "fail", "RuntimeError('outcome')"]


def test_neighbours_are_linked_without_an_observer_between(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    original = AutoDetachObserver.__init__

    def count(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        original(self, *args, **kwargs)

    monkeypatch.setattr(AutoDetachObserver, "__init__", count)
    source: Subject[str] = Subject()
    source.pipe(*[lift(Pairs)] * 5).subscribe(print)
    assert len(made) == 1  # At the subscriber; an entrance does its work at the source.
    made.clear()
    source.pipe(*[ops.map(str)] * 5).subscribe(print)
    assert len(made) == 6


def test_terminal_events_pushed_from_inside_wait_for_the_items_before_them() -> None:
    source: Subject[str] = Subject()
    got: list[str] = []

    def on_next(item: str) -> None:
        got.append(item)
        if item == "a":
            source.on_next("c")
            source.on_completed()

    source.pipe(lift(Pairs)).subscribe(on_next, on_completed=lambda: got.append("|"))
    source.on_next("a")
    source.on_next("b")
    assert got == ["a", "b", "c", "|"]


def test_dispose_between_two_items_of_one_list_stops_the_second() -> None:
    source: Subject[str] = Subject()
    got: list[str] = []

    def on_next(item: str) -> None:
        got.append(item)
        subscription.dispose()

    subscription = source.pipe(lift(Pairs)).subscribe(on_next)
    source.on_next("a")
    source.on_next("b")
    assert got == ["a"]
    assert source.observers == []


def test_take_below_a_linked_chain_disposes_the_source_once() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 'b' 1s 'c' 'd' |")
    assert lab.run(source.pipe(lift(Pairs), lift(Pairs), ops.take(1))) == lab.expect("'a' |")
    assert len(source.subscriptions) == 1
    assert source.subscriptions[0].end == 0.0


class Echo:
    """Sends each item again after a second."""

    poke: Any = None

    def __init__(self) -> None:
        self.waiting: list[tuple[float, str]] = []
        self.cancelled_at: float | None = None

    def feed(self, item: str, now: float) -> Sequence[str]:
        self.waiting.append((now + 1.0, item.upper()))
        return (item,)

    def tick(self, now: float) -> Sequence[str]:
        due = [item for time, item in self.waiting if time <= now + 2e-6]
        del self.waiting[: len(due)]
        return due

    def flush(self, now: float) -> Sequence[str]:
        return ()

    def wake_at(self) -> float | None:
        return self.waiting[0][0] if self.waiting else None

    def cancel(self, now: float) -> None:
        self.cancelled_at = now


def test_a_timed_core_is_woken_when_it_says_and_the_end_waits_for_it() -> None:
    lab = TextMarbles()
    source = lab.cold("'a' 250ms 'b' |")
    assert lab.run(source.pipe(lift_timed(Echo))) == lab.expect(
        "'a' 250ms 'b' 750ms 'A' 250ms 'B' |"
    )


def test_an_error_waits_its_turn_too() -> None:
    lab = TextMarbles()
    assert lab.run(lab.cold("'a' #").pipe(lift_timed(Echo))) == lab.expect("'a' 1s 'A' #")


class Failing(Echo):
    """Fails when it is woken."""

    failure: Exception | None = None

    def tick(self, now: float) -> Sequence[str]:
        self.failure = RuntimeError("core")
        return super().tick(now)


@pytest.mark.parametrize("end", ["5s |", "|"])
def test_a_failure_of_the_core_is_an_error_also_after_the_source_has_completed(end: str) -> None:
    lab = TextMarbles()
    source = lab.cold(f"'a' {end}")
    expected = lab.expect("'a' 1s 'A' #", error=RuntimeError("core"))
    assert lab.run(source.pipe(lift_timed(Failing))) == expected


def test_dispose_cancels_the_timer_and_tells_the_core() -> None:
    cores: list[Echo] = []

    def make() -> Echo:
        cores.append(Echo())
        return cores[-1]

    lab = TextMarbles()
    assert lab.run(lab.cold("'a' 9s |").pipe(lift_timed(make)), dispose_at=0.5) == lab.expect("'a'")
    assert cores[0].cancelled_at == 200.5
    assert lab.scheduler.to_seconds(lab.scheduler.now) == 200.5  # No timer was left to run.


def test_items_that_come_while_one_is_sent_by_the_timer_keep_their_order() -> None:
    lab = TextMarbles()
    source: Subject[str] = Subject()
    got: list[str] = []

    def on_next(item: str) -> None:
        if item == "A":
            source.on_next("b")
        got.append(item)

    source.pipe(lift_timed(Echo)).subscribe(on_next, scheduler=lab.scheduler)
    source.on_next("a")
    lab.scheduler.advance_by(1.5)
    assert got == ["a", "A", "b"]


class Upper:
    def feed(self, text: str) -> Sequence[str]:
        return (text.upper(),) if text else ()

    def flush(self) -> Sequence[str]:
        return ()


def test_strings_and_other_items_may_be_mixed() -> None:
    marker = object()
    assert record(rx.of("a", marker, "b").pipe(lift_text(Upper))) == ["A", marker, "B", "|"]


class LetsGo(Pairs):
    """Disposes its own subscription from inside, as what it calls may do, and then fails."""

    def __init__(self) -> None:
        super().__init__()
        self.leave: Any = None

    def feed(self, item: str, now: float = 0.0) -> Sequence[str]:
        self.leave()
        raise ValueError("core")

    def tick(self, now: float) -> Sequence[str]:
        return ()

    def wake_at(self) -> float | None:
        return None


@pytest.mark.parametrize("make", [lift, lift_timed])
def test_what_a_core_raises_after_a_dispose_is_told_to_nobody(make: Any) -> None:
    core, source = LetsGo(), Subject[str]()
    got: list[Any] = []
    subscription = source.pipe(make(lambda: core)).subscribe(got.append, got.append)
    core.leave = subscription.dispose
    source.on_next("a")
    assert got == []


@pytest.mark.parametrize("end", ["completed", "error"])
def test_a_subscriber_that_leaves_while_held_items_come_is_told_no_end(end: str) -> None:
    source = Subject[str]()
    got: list[Any] = []

    def leave(item: str) -> None:
        got.append(item)
        subscription.dispose()

    subscription = source.pipe(lift(Pairs)).subscribe(
        leave, got.append, lambda: got.append("completed")
    )
    source.on_next("a")
    if end == "completed":
        source.on_completed()
    else:
        source.on_error(KeyError("source"))
    assert got == ["a"]


def test_an_end_from_inside_the_subscriber_comes_after_the_item() -> None:
    class Passes(Pairs):
        def feed(self, item: str, now: float = 0.0) -> Sequence[str]:
            return (item, item)

        def flush(self, now: float = 0.0) -> Sequence[str]:
            return ()

        def tick(self, now: float) -> Sequence[str]:
            return ()

        def wake_at(self) -> float | None:
            return None

    source = Subject[str]()
    got: list[str] = []

    def end(item: str) -> None:
        got.append(item)
        source.on_completed()

    source.pipe(lift_timed(Passes)).subscribe(end, None, lambda: got.append("|"))
    source.on_next("a")
    assert got == ["a", "a", "|"]


def chunks_of(choice: int, *texts: str) -> list[StreamChunk]:
    metadata = {"choice": choice}
    return [StreamChunk(text, metadata=metadata) for text in texts]


@pytest.mark.parametrize(
    "operator",
    [
        buffer_characters(),
        buffer_words(),
        buffer_words(max_length=4),
        buffer_sentences(),
        buffer_sentences(strip=True),
        buffer_lines(),
        buffer_paragraphs(),
        buffer_words(flush_after=60),
    ],
    ids=range(8),
)
def test_every_choice_is_a_text_of_its_own(operator: Any) -> None:
    first = chunks_of(0, "Hel", "lo the", "re. How a", "re you?\n\nFi", "ne")
    second = chunks_of(1, "Bon", "jour. Com", "ment ça va", "?\n\nBi", "en")
    mixed: list[StreamChunk] = []
    items = [chunk for pair in zip(first, second, strict=True) for chunk in pair]
    rx.from_iterable(items).pipe(operator).subscribe(mixed.append)
    for choice, alone in enumerate((first, second)):
        pieces: list[StreamChunk] = []
        rx.from_iterable(alone).pipe(operator).subscribe(pieces.append)
        got = [piece.content for piece in mixed if piece.metadata["choice"] == choice]
        assert got == [piece.content for piece in pieces]
