"""A broken stream goes on without a hole and without a repetition."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops
from reactivex.scheduler import CurrentThreadScheduler, ImmediateScheduler
from reactivex.subject import Subject

from rx_stream import StreamChunk, StreamResult, from_iterable, resume_on_error
from rx_stream.core.flow.backoff import Backoff
from rx_stream.schedulers.flow import Flow, FlowScheduler
from rx_stream.schedulers.timer_thread import TimerThreadScheduler
from rx_stream.testing import TextMarbles

EXACT: Any = {"jitter": 0}


def test_it_continues_after_the_delay() -> None:
    lab = TextMarbles()
    seen: list[StreamResult] = []

    def resume(result: StreamResult) -> Any:
        seen.append(result)
        return lab.cold("1s 'lo' |")

    broken = ConnectionError("broken")
    source = lab.cold("'Hel' 500ms #", error=broken)
    got = lab.run(source.pipe(resume_on_error(resume, **EXACT)))
    assert got == lab.expect("'Hel' 1600ms 'lo' |")
    assert (seen[0].content, seen[0].state, seen[0].error) == ("Hel", "error", broken)
    assert seen[0].duration == pytest.approx(0.6)


def test_the_delays_grow_up_to_the_longest() -> None:
    lab = TextMarbles()
    calls: list[float] = []

    def resume(_: StreamResult) -> Any:
        calls.append(round(lab.scheduler.clock, 6))
        return lab.cold("#")

    operator = resume_on_error(
        resume, attempts=6, initial_delay=0.5, max_delay=3.0, multiplier=2.0, jitter=0
    )
    lab.run(lab.cold("#").pipe(operator))
    start = calls[0] - 0.5
    waits = [b - a for a, b in zip([start, *calls], calls, strict=False)]
    assert waits == pytest.approx([0.5, 1.0, 2.0, 3.0, 3.0, 3.0], abs=1e-5)


def test_it_gives_up_with_the_error_itself_and_the_result_so_far() -> None:
    lab = TextMarbles()
    broken = ConnectionError("broken")
    source = lab.cold("'Hel' #", error=broken)
    operator = resume_on_error(lambda _: lab.cold("#", error=broken), attempts=2, **EXACT)
    got = lab.run(source.pipe(operator))
    assert got == lab.expect("'Hel' 300ms #", error=broken)
    assert got.error is broken
    result: StreamResult = broken.result  # type: ignore[attr-defined]
    assert (result.content, result.state, result.error) == ("Hel", "error", broken)


def test_new_text_begins_the_row_of_attempts_anew() -> None:
    lab = TextMarbles()
    left = list("bcdefgh")

    def resume(_: StreamResult) -> Any:
        return lab.cold(f"'{left.pop(0)}' #") if left else lab.cold("|")

    got = lab.run(lab.cold("'a' #").pipe(resume_on_error(resume, attempts=1, **EXACT)))
    assert "".join(got.values) == "abcdefgh"
    assert got.completed
    assert got[-1].time == pytest.approx(0.8)


def test_an_error_that_cannot_be_recovered_from_passes_at_once() -> None:
    lab = TextMarbles()
    operator = resume_on_error(
        lambda _: lab.cold("'never' |"),
        retry_if=lambda error: isinstance(error, ConnectionError),
    )
    got = lab.run(lab.cold("'a' #", error=ValueError("key")).pipe(operator))
    assert got == lab.expect("'a' #", error=ValueError("key"))
    assert got.error.result.content == "a"


def test_an_error_after_the_terminal_chunk_is_not_repaired() -> None:
    lab = TextMarbles()
    end = StreamChunk("", None, True, "stop")
    operator = resume_on_error(lambda _: lab.cold("'never' |"))
    got = lab.run(lab.cold("end #", lookup={"end": end}).pipe(operator))
    assert (got.values, got.completed) == ([end], False)


def test_what_resume_raises_is_a_failed_attempt() -> None:
    lab = TextMarbles()
    outcomes: list[Any] = [OSError("down"), lab.cold("'b' |")]

    def resume(_: StreamResult) -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    got = lab.run(lab.cold("'a' #").pipe(resume_on_error(resume, **EXACT)))
    assert got == lab.expect("'a' 300ms 'b' |")


def test_what_is_not_an_observable_is_named() -> None:
    lab = TextMarbles()
    operator = resume_on_error(lambda _: "rest", **EXACT)  # type: ignore[arg-type,return-value]
    got = lab.run(lab.cold("'a' #").pipe(operator))
    assert "resume must return an Observable, not 'rest'" in str(got.error)


def test_what_the_predicate_raises_is_sent_as_the_error() -> None:
    lab = TextMarbles()
    operator = resume_on_error(lambda _: lab.cold("|"), retry_if=lambda _: 1 / 0 > 0)
    assert isinstance(lab.run(lab.cold("#").pipe(operator)).error, ZeroDivisionError)


def test_dispose_during_the_delay_leaves_no_timer() -> None:
    lab = TextMarbles()
    calls: list[int] = []
    operator = resume_on_error(lambda _: calls.append(1) or rx.never(), initial_delay=5)
    lab.run(lab.cold("'a' #").pipe(operator), dispose_at=0.5)
    assert calls == []


def test_dispose_reaches_the_resumed_source() -> None:
    lab = TextMarbles()
    rest = lab.cold("'b' 9s |")
    operator = resume_on_error(lambda _: rest, **EXACT)
    lab.run(lab.cold("'a' #").pipe(operator), dispose_at=1.0)
    assert rest.subscriptions[0].end == 1.0


def test_the_resumed_source_waits_for_the_same_gate() -> None:
    lab, gate, made = TextMarbles(), Flow(4), list[int]()

    def rest() -> Any:
        for number in range(1000):
            made.append(number)
            yield str(number)

    source: Subject[str] = Subject()
    source.pipe(resume_on_error(lambda _: from_iterable(rest()), **EXACT)).subscribe(
        lambda _: gate.hold(), scheduler=FlowScheduler(lab.scheduler, gate)
    )
    source.on_error(ValueError())
    lab.scheduler.advance_by(5)
    assert len(made) == 4


def test_a_source_that_fails_while_it_is_subscribed_is_resumed() -> None:
    got: list[str] = []
    lab = TextMarbles()
    stream = rx.throw(ValueError()).pipe(resume_on_error(lambda _: lab.cold("'a' |"), **EXACT))
    assert lab.run(stream) == lab.expect("100ms 'a' |")
    assert got == []


@given(st.floats(0, 1), st.integers(0, 1 << 30))
def test_jitter_takes_off_at_most_its_part(jitter: float, seed: int) -> None:
    backoff = Backoff(4, 0.1, 5.0, 2.0, jitter, Random(seed))
    for full in (0.1, 0.2, 0.4, 0.8):
        delay = backoff.next()
        assert delay is not None
        assert full * (1 - jitter) - 1e-9 <= delay <= full + 1e-9
    assert backoff.next() is None


def test_the_same_seed_gives_the_same_delays() -> None:
    times: list[float] = []
    for _ in range(2):
        lab = TextMarbles()
        operator = resume_on_error(lambda _, lab=lab: lab.cold("'b' |"), random=Random(7))
        got = lab.run(lab.cold("'a' #").pipe(operator))
        times.append(got[-1].time)
    assert times[0] == times[1]
    assert 0.05 <= times[0] <= 0.1


class Ahead(TimerThreadScheduler):
    """Gives a timer back only when it has run: its thread is faster than the caller's."""

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> Any:
        ran = threading.Event()

        def run(*arguments: Any) -> Any:
            try:
                return action(*arguments)
            finally:
                ran.set()

        made = super().schedule_relative(duetime, run, state)
        assert ran.wait(5)
        return made


@pytest.mark.parametrize("kind", [Ahead, CurrentThreadScheduler, ImmediateScheduler])
def test_a_timer_that_runs_before_it_is_noted_does_not_stop_what_it_started(kind: Any) -> None:
    rest: Subject[str] = Subject()
    resumed, got = threading.Event(), list[Any]()

    def resume(_: StreamResult) -> rx.Observable[str]:
        resumed.set()
        return rest

    source = from_iterable(["Hel"]).pipe(ops.concat(rx.throw(OSError("broken"))))
    operator = resume_on_error(resume, initial_delay=0, jitter=0, scheduler=kind())
    source.pipe(operator).subscribe(got.append, got.append, lambda: got.append("|"))
    assert resumed.wait(5)
    rest.on_next("lo")
    rest.on_completed()
    assert got == ["Hel", "lo", "|"]


def test_a_pause_beyond_all_calendars_is_a_pause_as_any_other() -> None:
    lab = TextMarbles()
    operator = resume_on_error(
        lambda _: lab.cold("'b' |"), initial_delay=1e15, max_delay=1e15, jitter=0
    )
    got = lab.run(lab.cold("'a' #").pipe(operator), until=60)
    assert (got.values, got.error) == (["a"], None)


def test_a_very_long_row_of_failures_does_not_overflow() -> None:
    backoff = Backoff(5000, 1.0, 5.0, 10.0, 0.0, Random(0))
    assert [backoff.next() for _ in range(5000)][-1] == 5.0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"resume": None}, TypeError),
        ({"attempts": -1}, ValueError),
        ({"attempts": True}, TypeError),
        ({"initial_delay": -0.1}, ValueError),
        ({"max_delay": float("nan")}, ValueError),
        ({"multiplier": 0.5}, ValueError),
        ({"jitter": 1.5}, ValueError),
        ({"jitter": -0.1}, ValueError),
        ({"jitter": "x"}, TypeError),
        ({"retry_if": ValueError()}, TypeError),
        ({"random": 7}, TypeError),
    ],
)
def test_bad_arguments_are_refused_at_the_call(arguments: Any, error: Any) -> None:
    with pytest.raises(error, match=r"^resume_on_error: "):
        resume_on_error(**{"resume": lambda _: rx.empty(), **arguments})
