from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st
from reactivex.subject import BehaviorSubject, Subject
from reactivex.testing import ReactiveTest, TestScheduler

from rx_stream import (
    BackpressureError,
    StreamChunk,
    StreamProgress,
    TokenLimiter,
    from_async_iterable,
    from_iterable,
    throttle_tokens,
    to_async_iterable,
)
from rx_stream.schedulers.flow import Flow, FlowScheduler
from rx_stream.schedulers.timer_thread import TimerThreadScheduler
from rx_stream.testing import TextMarbles

on_next, on_completed, on_error = (
    ReactiveTest.on_next,
    ReactiveTest.on_completed,
    ReactiveTest.on_error,
)


def chunks(*counts: int) -> dict[str, StreamChunk]:
    """Chunks a, b, c … of so many tokens."""
    return {"abcdefgh"[i]: StreamChunk(f"{i} ", count) for i, count in enumerate(counts)}


def ticks(messages: list[Any], **options: Any) -> list[tuple[float, str]]:
    scheduler = TestScheduler()
    source = scheduler.create_hot_observable(*messages)
    observer = scheduler.create_observer()
    scheduler.advance_to(200)
    source.pipe(throttle_tokens(**options)).subscribe(observer, scheduler=scheduler)
    scheduler.advance_to(2000)
    return [(m.time, m.value.kind) for m in observer.messages]


def chunk(count: int) -> StreamChunk:
    return StreamChunk("x", count)


# ------------------------------------------------------------------------------ the exact times


def test_after_n_tokens_the_next_item_waits_n_times_the_period() -> None:
    messages = [
        on_next(210, chunk(1)),
        on_next(210, chunk(5)),
        on_next(210, chunk(1)),
        on_next(211, chunk(1)),
        on_next(300, chunk(1)),
        on_completed(300.01),
    ]
    assert ticks(messages, rate=0.1) == [
        (210, "N"),
        (220, "N"),
        (270, "N"),
        (280, "N"),
        (300, "N"),
        (300.01, "C"),
    ]


def test_a_burst_leaves_at_once_and_an_error_comes_after_the_items_before_it() -> None:
    messages = [
        *[on_next(210, chunk(1)) for _ in range(6)],
        on_next(500, chunk(1)),
        on_next(500, chunk(1)),
        on_error(501, RuntimeError("x")),
    ]
    assert ticks(messages, rate=0.1, burst=3) == [
        (210, "N"),
        (210, "N"),
        (210, "N"),
        (220, "N"),
        (230, "N"),
        (240, "N"),
        (500, "N"),
        (500, "N"),
        (501, "E"),
    ]


@pytest.mark.parametrize("rate", [1 / 3, 3, 7.7])
def test_ten_thousand_items_are_on_time_to_two_microseconds(rate: float) -> None:
    scheduler = TestScheduler()
    times: list[float] = []
    done: list[float] = []
    rx.from_iterable([chunk(1)] * 10_000).pipe(throttle_tokens(rate, max_catch_up=1)).subscribe(
        lambda _: times.append(scheduler.clock),
        on_completed=lambda: done.append(scheduler.clock),
        scheduler=scheduler,
    )
    scheduler.advance_to(10_000 / rate + 1)
    assert len(times) == 10_000
    assert max(abs(at - i / rate) for i, at in enumerate(times)) <= 2e-6
    assert done == times[-1:]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=40),
    st.integers(1, 6),
)
def test_nothing_leaves_faster_than_a_bucket_that_is_paid_afterwards_allows(
    arrivals: list[tuple[int, int]], burst: int
) -> None:
    rate, at = 2.0, 0.0
    scheduler = TestScheduler()
    source: Subject[StreamChunk] = Subject()
    left: list[tuple[float, StreamChunk]] = []
    source.pipe(throttle_tokens(rate, burst=burst)).subscribe(
        lambda item: left.append((scheduler.clock, item)), scheduler=scheduler
    )
    sent = []
    for gap, tokens in arrivals:
        at += gap / 10
        scheduler.advance_to(at)
        sent.append((at, chunk(tokens)))
        source.on_next(sent[-1][1])
    source.on_completed()
    scheduler.advance_to(at + 1000)
    assert [item for _, item in left] == [item for _, item in sent]
    level, seen, before = float(burst), 0.0, 0.0
    for (arrived, item), (when, _) in zip(sent, left, strict=True):
        tokens = item.token_count or 0
        level = min(burst, level + (when - seen) * rate)
        seen = when
        assert level >= 1 - 1e-4
        # It did not wait for nothing: it came just now, or the one before did, or the bucket
        # held no more than this one token.
        assert when <= max(arrived, before) + 1e-5 or level <= 1 + 1e-4
        level -= tokens
        before = when


# ------------------------------------------------------------------------------------ the costs


def test_text_without_a_count_costs_what_it_adds_to_the_exact_count() -> None:
    lab = TextMarbles()
    source = lab.cold("'The quick' ' brown' ' fox jumps' ' over' |")
    assert lab.run(source.pipe(throttle_tokens(10))) == lab.expect(
        "'The quick' 200ms ' brown' 100ms ' fox jumps' 200ms ' over' |"
    )


def test_a_piece_that_completes_a_token_waits_its_turn_and_costs_nothing() -> None:
    lab = TextMarbles()
    # "Hel" is one token, and so is "Hello".
    source = lab.cold("'Hel' 'lo' ' world' ' again' |")
    got = lab.run(source.pipe(throttle_tokens(1)))
    assert got == lab.expect("'Hel' 1s 'lo' ' world' 1s ' again' |")


def test_words_that_carry_their_blank_behind_them_leave_evenly() -> None:
    lab = TextMarbles()
    source = lab.cold("'Hello ' 'world ' 'again ' 'and ' 'more' |")
    got = lab.run(source.pipe(throttle_tokens(1)))
    assert got == lab.expect("'Hello ' 1s 'world ' 1s 'again ' 1s 'and ' 1s 'more' |")


def test_a_count_that_is_set_wins_over_the_text() -> None:
    lab = TextMarbles()
    lookup = {"a": StreamChunk("many words in this one", 1), "b": StreamChunk("b", 1)}
    got = lab.run(lab.cold("a b |", lookup=lookup).pipe(throttle_tokens(1)))
    assert got == lab.expect("a 1s b |", lookup=lookup)


def test_a_chunk_without_text_costs_nothing_and_keeps_its_place() -> None:
    lab = TextMarbles()
    lookup = chunks(1, 1) | {"e": StreamChunk(), "z": StreamChunk(is_complete=True)}
    source = lab.cold("e a e b z |", lookup=lookup)
    got = lab.run(source.pipe(throttle_tokens(1)))
    assert got == lab.expect("e a e 1s b z |", lookup=lookup)


def test_what_is_not_text_is_not_held_back() -> None:
    lab = TextMarbles()
    lookup = chunks(1, 1) | {"p": StreamProgress()}
    got = lab.run(lab.cold("a b p |", lookup=lookup).pipe(throttle_tokens(1)))
    assert got == lab.expect("a p 1s b |", lookup=lookup)


def test_what_is_not_text_does_not_overtake_a_terminal_chunk() -> None:
    lab = TextMarbles()
    lookup = chunks(1, 1) | {"z": StreamChunk(is_complete=True), "p": StreamProgress()}
    got = lab.run(lab.cold("a b z p |", lookup=lookup).pipe(throttle_tokens(1)))
    assert got == lab.expect("a 1s b z p |", lookup=lookup)


# ----------------------------------------------------------------------------------------- split


def test_split_cuts_a_dear_item_at_its_tokens() -> None:
    lab = TextMarbles()
    source = lab.cold("'The quick brown' ' fox' |")
    assert lab.run(source.pipe(throttle_tokens(10, split=True))) == lab.expect(
        "'The' 100ms ' quick' 100ms ' brown' 100ms ' fox' |"
    )


def test_split_leaves_what_the_burst_can_pay() -> None:
    lab = TextMarbles()
    source = lab.cold("'The quick brown' ' fox' |")
    assert lab.run(source.pipe(throttle_tokens(10, burst=3, split=True))) == lab.expect(
        "'The quick brown' 100ms ' fox' |"
    )


def test_split_chunks_share_the_count_and_the_end_comes_last() -> None:
    lab = TextMarbles()
    metadata = {"model": "m", "reasoning": "r"}
    dear = StreamChunk("The quick brown", 4, True, "stop", metadata)
    got = lab.run(lab.cold("a |", lookup={"a": dear}).pipe(throttle_tokens(10, split=True)))
    assert [(row.time, row.value) for row in got[:-1]] == [
        (0.0, StreamChunk("The", 1, False, None, {"model": "m"})),
        (0.1, StreamChunk(" quick", 1, False, None, {"model": "m"})),
        (0.2, StreamChunk(" brown", 2, False, None, {"model": "m"})),
        (0.2, StreamChunk("", None, True, "stop", metadata)),
    ]


@given(st.text(min_size=1, max_size=40))
def test_split_loses_nothing_of_any_text(text: str) -> None:
    lab = TextMarbles()
    source = lab.cold("a |", lookup={"a": text})
    got = lab.run(source.pipe(throttle_tokens(1000, split=True)))
    assert "".join(got.values) == text


# -------------------------------------------------------------------------- rates that change


def test_what_is_owed_is_owed_at_the_new_rate_at_once() -> None:
    lab = TextMarbles()
    rates = lab.cold("f 1s s", lookup={"f": 10, "s": 1})
    source = lab.cold("a b |", lookup=chunks(20, 1))
    # After 1 s ten of twenty tokens are paid for; the other ten take ten seconds.
    got = lab.run(source.pipe(throttle_tokens(rates)))
    assert got == lab.expect("a 11s b |", lookup=chunks(20, 1))


def test_a_faster_rate_does_not_wait_for_the_old_timer() -> None:
    lab = TextMarbles()
    rates = lab.cold("s 1s f", lookup={"f": 10.0, "s": 0.1})
    got = lab.run(lab.cold("a b |", lookup=chunks(1, 1)).pipe(throttle_tokens(rates)))
    assert got == lab.expect("a 1s 90ms b |", lookup=chunks(1, 1))


def test_nothing_leaves_at_rate_0_and_no_credit_gathers() -> None:
    lab = TextMarbles()
    lookup = chunks(1, 1, 1)
    rates = lab.cold("o 500ms z 10s o", lookup={"o": 1, "z": 0})
    got = lab.run(lab.cold("a b c |", lookup=lookup).pipe(throttle_tokens(rates, burst=1)))
    assert got == lab.expect("a 11s b 1s c |", lookup=lookup)


def test_a_full_bucket_stays_full_through_a_pause_and_no_fuller() -> None:
    lab = TextMarbles()
    lookup = chunks(1, 1, 1, 1)
    rates = lab.cold("o 1s z 9s o", lookup={"o": 1, "z": 0})
    source = lab.cold("5s a b c d |", lookup=lookup)
    got = lab.run(source.pipe(throttle_tokens(rates, burst=2)))
    assert got == lab.expect("10s a b 1s c 1s d |", lookup=lookup)


def test_none_lifts_the_limit_while_running() -> None:
    lab = TextMarbles()
    lookup = chunks(1, 1, 1, 1)
    rates = lab.cold("o 1500ms n", lookup={"o": 1, "n": None})
    got = lab.run(lab.cold("a b c d |", lookup=lookup).pipe(throttle_tokens(rates)))
    assert got == lab.expect("a 1s b 500ms c d |", lookup=lookup)


def test_nothing_leaves_before_the_first_rate() -> None:
    lab = TextMarbles()
    rates = lab.cold("3s o", lookup={"o": 1})
    got = lab.run(lab.cold("a b |", lookup=chunks(1, 1)).pipe(throttle_tokens(rates)))
    assert got == lab.expect("3s a 1s b |", lookup=chunks(1, 1))


@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=12),
    st.lists(st.tuples(st.integers(1, 4000), st.sampled_from([0, 1, 2.5, 10, 40])), max_size=8),
    st.sampled_from([1, 5]),
)
def test_what_an_item_costs_is_what_the_changing_rate_gives_until_the_next_leaves(
    costs: list[int], changes: list[tuple[int, float]], first: float
) -> None:
    lab = TextMarbles()
    rates: list[tuple[float, float]] = [(0.0, first)]
    for after, rate in [*changes, (1, 5.0)]:
        rates.append((rates[-1][0] + after / 1000, rate))
    subject: BehaviorSubject[float | None] = BehaviorSubject(first)
    start = lab.scheduler.clock
    for at, rate in rates[1:]:
        lab.scheduler.schedule_absolute(start + at, lambda *_, r=rate: subject.on_next(r))
    left: list[float] = []
    rx.from_iterable([chunk(cost) for cost in costs]).pipe(throttle_tokens(subject)).subscribe(
        lambda _: left.append(lab.scheduler.clock - start), scheduler=lab.scheduler
    )
    lab.scheduler.advance_to(start + 120)
    assert len(left) == len(costs)

    def given_by(at: float) -> float:
        ends = [begin for begin, _ in rates[1:]] + [float("inf")]
        pairs = zip(rates, ends, strict=True)
        return sum(rate * max(0.0, min(end, at) - begin) for (begin, rate), end in pairs)

    for before, after, cost in zip(left, left[1:], costs, strict=False):
        assert given_by(after) - given_by(before) == pytest.approx(cost, abs=1e-3)


def test_the_value_of_a_behaviour_subject_holds_from_the_start() -> None:
    lab = TextMarbles()
    rate: BehaviorSubject[float | None] = BehaviorSubject(1.0)
    got = lab.run(lab.cold("a b |", lookup=chunks(1, 1)).pipe(throttle_tokens(rate)))
    assert got == lab.expect("a 1s b |", lookup=chunks(1, 1))
    assert not rate.observers


def test_a_completed_rate_goes_on_as_it_was() -> None:
    lab = TextMarbles()
    rates = lab.cold("o |", lookup={"o": 1})
    got = lab.run(lab.cold("a b |", lookup=chunks(1, 1)).pipe(throttle_tokens(rates)))
    assert got == lab.expect("a 1s b |", lookup=chunks(1, 1))


@pytest.mark.parametrize(
    ("bad", "kind", "words"),
    [
        (-1, ValueError, "throttle_tokens: rate must be at least 0 tokens per second, not -1"),
        ("x", TypeError, "throttle_tokens: rate must be at least 0 tokens per second, not 'x'"),
        (float("nan"), ValueError, "not nan"),
    ],
)
def test_a_bad_rate_in_the_stream_is_an_error_after_the_text(
    bad: Any, kind: type[Exception], words: str
) -> None:
    lab = TextMarbles()
    source = lab.cold("a b 30s", lookup=chunks(3, 1))
    rates = lab.cold("o 1s x", lookup={"o": 1, "x": bad})
    got = lab.run(source.pipe(throttle_tokens(rates)))
    assert [(row.time, row.kind) for row in got] == [(0, "N"), (3, "N"), (3, "E")]
    assert isinstance(got.error, kind)
    assert words in str(got.error)
    assert [s.end for s in source.subscriptions] == [1.0]


def test_a_rate_that_fails_or_never_comes_lets_the_text_out_and_is_an_error() -> None:
    lab = TextMarbles()
    broken = KeyError("rates")
    source = lab.cold("a b 30s", lookup=chunks(3, 1))
    got = lab.run(source.pipe(throttle_tokens(lab.cold("1s #", error=broken))))
    assert got == lab.expect("1s a b #", lookup=chunks(3, 1), error=broken)
    for rates in ("1s |", "z 1s |", "y z 1s |"):
        told = lab.cold(rates, lookup={"y": 5, "z": 0})
        got = lab.run(source.pipe(throttle_tokens(told)))
        assert isinstance(got.error, ValueError)
        assert "rate must give a value above 0 before it completes" in str(got.error)
        assert got == lab.expect("1s a b #", lookup=chunks(3, 1), error=got.error)
    told = lab.cold("z 1s y |", lookup={"y": 5, "z": 0})
    assert lab.run(source.pipe(throttle_tokens(told))).error is None


# ----------------------------------------------------------------------- unlimited, and bounds


def test_a_rate_does_not_wait_for_the_queue_that_it_lets_go() -> None:
    async def main() -> list[str]:
        full = asyncio.Event()

        def words() -> Iterator[str]:
            for number in range(20):
                if number == 7:
                    full.set()
                yield "w "

        async def rates() -> AsyncIterator[float]:
            yield 0
            await full.wait()
            yield 0
            yield 1e6

        paced = throttle_tokens(from_async_iterable(rates()))
        stream = to_async_iterable(from_iterable(words()).pipe(paced), capacity=8)
        return [word async for word in stream]

    assert len(asyncio.run(asyncio.wait_for(main(), 20))) == 20


def test_a_rate_that_can_wait_does_not_speak_for_the_source() -> None:
    lab = TextMarbles()
    source = lab.cold("a a a a a a |", lookup=chunks(1))
    got = lab.run(source.pipe(throttle_tokens(from_iterable([1]), max_pending_tokens=3)))
    assert len(got.values) == 5
    assert isinstance(got.error, BackpressureError)


def test_no_rate_is_no_operator_at_all() -> None:
    source = rx.from_iterable(["a"])
    assert source.pipe(throttle_tokens(None)) is source


def test_more_tokens_than_may_wait_are_an_error_after_those_that_wait() -> None:
    lab = TextMarbles()
    source = lab.cold("a b c d e |", lookup=chunks(1, 1, 1, 1, 1))
    got = lab.run(source.pipe(throttle_tokens(1, max_pending_tokens=2)))
    assert [row.time for row in got] == [0, 1, 2, 3, 3]
    assert isinstance(got.error, BackpressureError)
    assert got.error.waiting == 3


def test_a_pausable_source_waits_instead() -> None:
    lab = TextMarbles()
    pulled: list[int] = []

    def produce() -> Any:
        for i in range(50):
            pulled.append(i)
            yield chunk(1)

    got: list[StreamChunk] = []
    done: list[bool] = []
    from_iterable(produce()).pipe(throttle_tokens(1, max_pending_tokens=8)).subscribe(
        got.append, on_completed=lambda: done.append(True), scheduler=lab.scheduler
    )
    start = lab.scheduler.clock
    lab.scheduler.advance_to(start + 10)
    assert len(got) == 11
    assert len(pulled) <= 11 + 8 + 1
    lab.scheduler.advance_to(start + 60)
    assert len(got) == 50
    assert done


# ------------------------------------------------------------------------------------- limiters


def test_two_streams_of_one_limiter_take_turns() -> None:
    lab = TextMarbles()
    limiter = TokenLimiter(1)
    left: list[tuple[float, str]] = []
    start = lab.scheduler.clock
    for name in "xy":
        rx.from_iterable([StreamChunk(name, 1)] * 4).pipe(
            throttle_tokens(None, limiter=limiter)
        ).subscribe(
            lambda c: left.append((lab.scheduler.clock - start, c.content)),
            scheduler=lab.scheduler,
        )
    lab.scheduler.advance_to(start + 100)
    assert [at for at, _ in left] == pytest.approx(list(range(8)), abs=1e-5)
    order = "".join(name for _, name in left)
    assert all(abs(order[:i].count("x") - order[:i].count("y")) <= 2 for i in range(8))


@given(st.lists(st.integers(1, 5), min_size=2, max_size=6), st.integers(1, 4))
def test_streams_of_one_limiter_all_get_on_whatever_their_items_cost(
    costs: list[int], burst: int
) -> None:
    lab = TextMarbles()
    limiter = TokenLimiter(10, burst)
    left: list[tuple[float, int]] = []
    start = lab.scheduler.clock
    for stream, cost in enumerate(costs):
        rx.from_iterable([chunk(cost)] * 5).pipe(throttle_tokens(None, limiter=limiter)).subscribe(
            lambda _, n=stream: left.append((lab.scheduler.clock - start, n)),
            scheduler=lab.scheduler,
        )
    lab.scheduler.advance_to(start + 100)
    assert len(left) == 5 * len(costs)
    # In turns, but for the burst, which is there for who comes first; and at the rate together.
    for i in range(len(left)):
        so_far = [n for _, n in left[: i + 1]]
        counts = [so_far.count(n) for n in range(len(costs))]
        assert max(counts) - min(counts) <= 1 + burst
    paid = sum(costs[n] for _, n in left[:-1])
    assert left[-1][0] >= (paid - burst - max(costs)) / 10 - 1e-4
    assert left[-1][0] <= paid / 10 + 1e-3


def test_both_limits_hold() -> None:
    lab = TextMarbles()
    lookup = chunks(1, 1, 1, 1)
    source = lab.cold("a b c d |", lookup=lookup)
    slow_limiter = throttle_tokens(10, limiter=TokenLimiter(1))
    assert lab.run(source.pipe(slow_limiter)) == lab.expect("a 1s b 1s c 1s d |", lookup=lookup)
    slow_stream = throttle_tokens(1, limiter=TokenLimiter(10, burst=5))
    assert lab.run(source.pipe(slow_stream)) == lab.expect("a 1s b 1s c 1s d |", lookup=lookup)


def test_a_slow_stream_does_not_reserve_what_others_could_use() -> None:
    lab = TextMarbles()
    limiter = TokenLimiter(10)
    slow = lab.cold("a b |", lookup=chunks(1, 1)).pipe(throttle_tokens(0.1, limiter=limiter))
    fast = lab.cold("1s c d e |", lookup={name: chunk(1) for name in "cde"}).pipe(
        throttle_tokens(None, limiter=limiter)
    )
    got = lab.run(rx.merge(slow, fast))
    assert [row.time for row in got[1:4]] == [1.0, 1.1, 1.2]
    assert got[4].time == 10.0


def test_cancelled_streams_give_their_turns_to_those_that_stay() -> None:
    lab = TextMarbles()
    limiter = TokenLimiter(1)
    start = lab.scheduler.clock

    def stream() -> Any:
        return rx.from_iterable([chunk(1)] * 3).pipe(throttle_tokens(None, limiter=limiter))

    doomed = [stream().subscribe(scheduler=lab.scheduler) for _ in range(500)]
    left: list[float] = []
    stream().subscribe(lambda _: left.append(lab.scheduler.clock - start), scheduler=lab.scheduler)
    lab.scheduler.advance_to(start + 0.5)
    for subscription in doomed:
        subscription.dispose()
    lab.scheduler.advance_to(start + 20)
    assert left == pytest.approx([1, 2, 3], abs=1e-5)


def test_a_limiter_that_answers_later_holds_the_item_and_a_failing_one_ends_the_stream() -> None:
    lab = TextMarbles()
    places: list[LatePlace] = []

    class LatePlace:
        def __init__(self, changed: Any) -> None:
            self.answer: Any = None
            self.changed = changed

        def due(self, now: float) -> float | None:
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        def leave(self, now: float) -> None:
            self.answer = "left"

        def cancel(self, now: float) -> None:
            self.answer = "cancelled"

    class LateLimiter:
        def reserve(self, tokens: int, anchor: float, now: float, changed: Any) -> LatePlace:
            places.append(LatePlace(changed))
            return places[-1]

    def answer(at: float, what: Any) -> None:
        def run(*_: Any) -> None:
            places[-1].answer = what() if callable(what) else what
            places[-1].changed()

        lab.scheduler.schedule_relative(at, run)

    lost = ConnectionError("away")
    answer(1.0, lambda: lab.scheduler.clock + 0.5)
    answer(2.0, lost)
    source = lab.cold("a b c", lookup=chunks(1, 1, 1))
    got = lab.run(source.pipe(throttle_tokens(None, limiter=LateLimiter())), until=30)
    assert got == lab.expect("1500ms a 500ms b c #", lookup=chunks(1, 1, 1), error=lost)
    assert places[0].answer == "left"


def test_dispose_gives_the_place_back() -> None:
    lab = TextMarbles()
    limiter = TokenLimiter(1)
    limiter.reserve(5, lab.scheduler.clock, lab.scheduler.clock, lambda: None)
    source = lab.cold("a", lookup=chunks(1))
    lab.run(source.pipe(throttle_tokens(None, limiter=limiter)), dispose_at=1)
    assert len(limiter.queue) == 1


def test_a_rate_that_fails_gives_the_place_back() -> None:
    lab = TextMarbles()
    limiter, rates = TokenLimiter(1), Subject[float]()
    limiter.reserve(5, lab.scheduler.clock, lab.scheduler.clock, lambda: None)
    first = len(limiter.queue)
    got: list[Any] = []
    lab.cold("a b -", lookup=chunks(1, 1)).pipe(throttle_tokens(rates, limiter=limiter)).subscribe(
        got.append, got.append, scheduler=lab.scheduler
    )
    rates.on_next(100.0)
    lab.scheduler.advance_to(lab.scheduler.clock + 1)
    assert (len(got), len(limiter.queue)) == (0, first + 1)
    rates.on_error(ValueError("gone"))
    assert (len(got), len(limiter.queue)) == (3, first)


# -------------------------------------------------------------------------------- real time


def test_a_stall_of_the_program_is_made_up_for_only_in_part() -> None:
    lab = TextMarbles()
    left: list[float] = []
    rx.from_iterable([chunk(1)] * 500).pipe(throttle_tokens(100)).subscribe(
        lambda _: left.append(lab.scheduler.clock), scheduler=lab.scheduler
    )
    start = lab.scheduler.clock
    lab.scheduler.advance_to(start + 1)
    before = len(left)
    lab.scheduler.sleep(3)  # The clock goes on and no timer runs.
    late = lab.scheduler.clock
    lab.scheduler.advance_to(late + 1e-6)
    assert before == 101
    assert len(left) - before == pytest.approx(25, abs=2)
    lab.scheduler.advance_to(late + 1)
    assert len(left) - before == pytest.approx(125, abs=3)


@pytest.mark.parametrize("sink", [True, False])
def test_a_slow_branch_of_a_merge_leaves_the_sources_of_others_alone(sink: bool) -> None:
    lab, got = TextMarbles(), list[StreamChunk]()
    slow, fast = (from_iterable([StreamChunk(name, 1)] * 1000) for name in ("slow", "fast"))
    stream = rx.merge(slow.pipe(throttle_tokens(1)), fast.pipe(throttle_tokens(1000)))
    if not sink:
        stream = stream.pipe(throttle_tokens(1e6))  # Its queue is the consumer here.
    scheduler = FlowScheduler(lab.scheduler, Flow(64)) if sink else lab.scheduler
    stream.subscribe(got.append, scheduler=scheduler)
    lab.scheduler.advance_to(lab.scheduler.clock + 10)
    assert [sum(chunk.content == name for chunk in got) for name in ("slow", "fast")] == [11, 1000]


def test_a_thousand_streams_share_one_thread() -> None:
    before = threading.active_count()
    done = threading.Semaphore(0)
    most = 0

    def note(_: Any) -> None:
        nonlocal most
        most = max(most, threading.active_count())

    for _ in range(1000):
        rx.from_iterable([chunk(1)] * 3).pipe(throttle_tokens(50)).subscribe(
            note, on_completed=done.release
        )
    for _ in range(1000):
        assert done.acquire(timeout=20)
    assert most - before <= 1


def test_on_asyncio_it_runs_on_the_loop_and_leaves_no_timer() -> None:
    async def main() -> tuple[set[int], int]:
        loop = asyncio.get_running_loop()
        threads: set[int] = set()
        ended = loop.create_future()
        rx.from_iterable([chunk(1)] * 5).pipe(throttle_tokens(200)).subscribe(
            lambda _: threads.add(threading.get_ident()),
            on_completed=lambda: ended.set_result(None),
        )
        await asyncio.wait_for(ended, 5)
        stopped = rx.from_iterable([chunk(1)] * 5).pipe(throttle_tokens(0.01)).subscribe()
        stopped.dispose()
        pending = [h for h in loop._scheduled if not h._cancelled]  # type: ignore[attr-defined]
        return threads, len(pending)

    threads, pending = asyncio.run(main())
    assert threads == {threading.get_ident()}
    assert pending == 0


def test_dispose_leaves_nothing_behind() -> None:
    class Item(StreamChunk):
        __slots__ = ("__weakref__",)

    scheduler = TimerThreadScheduler()
    item = Item("x", 1)
    gone = weakref.ref(item)
    subscription = (
        rx.from_iterable([chunk(1), item])
        .pipe(throttle_tokens(0.01, scheduler=scheduler))
        .subscribe()
    )
    del item
    subscription.dispose()
    del subscription
    gc.collect()
    assert gone() is None


# -------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"rate": -1}, ValueError, "rate must be above 0 tokens per second, not -1"),
        ({"rate": 0}, ValueError, "rate must be above 0 tokens per second, not 0"),
        ({"rate": float("nan")}, ValueError, "rate must be above 0 tokens per second, not nan"),
        ({"rate": float("inf")}, ValueError, "not inf"),
        ({"rate": True}, TypeError, "not True"),
        ({"rate": "5"}, TypeError, "not '5'"),
        ({"rate": 1, "burst": 0}, ValueError, "burst must be a whole number of at least 1, not 0"),
        ({"rate": 1, "burst": 1.5}, TypeError, "burst must be a whole number"),
        ({"rate": 1, "limiter": 5}, TypeError, "limiter must be a TokenLimiter or the like, not 5"),
        ({"rate": 1, "split": "token"}, TypeError, "split must be True or False, not 'token'"),
        ({"rate": 1, "max_catch_up": -1}, ValueError, "max_catch_up must be at least 0 seconds"),
        ({"rate": 1, "max_pending_tokens": 0}, ValueError, "max_pending_tokens must be"),
        ({"rate": 1, "encoding": "no_such"}, ValueError, "no_such"),
        ({"rate": 1, "encoding": 5, "split": True}, TypeError, "encoding must be"),
    ],
)
def test_a_bad_argument_is_refused_at_once(
    options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match="throttle_tokens") as caught:
        throttle_tokens(**options)
    assert words in str(caught.value)
