"""Items that wait for their turn."""

from __future__ import annotations

from rx_stream import BackpressureError
from rx_stream.core.pacing.gcra import Gcra
from rx_stream.core.pacing.pacer import Pacer


def pacer(rate: float | None) -> Pacer[str]:
    made: Pacer[str] = Pacer(lambda _: 1, Gcra(rate, 1))
    made.start(0.0)
    return made


def test_without_a_limit_an_item_passes_unseen() -> None:
    assert pacer(None).feed("a", 0.0) == ("a",)


def test_after_a_failure_nothing_is_taken_any_more_and_what_waits_leaves() -> None:
    made = pacer(0)
    assert made.feed("a", 0.0) == ()
    made.break_down(ValueError("x"), 0.5)
    assert made.feed("b", 1.0) == ()
    assert made.set_rate(5.0, 1.0) == ()
    assert made.flush(1.0) == ["a"]


def test_the_first_failure_is_the_one_that_is_told() -> None:
    made = pacer(1)
    first = ValueError("first")
    made.break_down(first, 0.0)
    made.break_down(ValueError("second"), 0.0)
    assert made.failure is first


def test_what_waits_is_forgotten_when_the_subscriber_goes() -> None:
    made = pacer(1)
    made.feed("a", 0.0)
    made.feed("b", 0.0)
    assert made.wake_at() == 1.0
    made.cancel(0.5)
    assert made.wake_at() is None
    assert made.backlog == 0
    assert made.tick(9.0) == ()


def test_an_item_that_comes_when_another_falls_due_does_not_overtake_it() -> None:
    made = pacer(1)
    assert made.feed("a", 0.0) == ("a",)
    assert list(made.feed("b", 0.0)) == []
    assert list(made.feed("c", 1.0)) == ["b"]
    assert list(made.tick(2.0)) == ["c"]


def test_only_what_costs_more_than_the_burst_is_cut() -> None:
    made: Pacer[str] = Pacer(len, Gcra(1, 3), cut=lambda item, _: [(letter, 1) for letter in item])
    made.start(0.0)
    left = [list(made.feed(item, now)) for now, item in ((0.0, "ab"), (9.0, "abc"), (19.0, "abcd"))]
    assert left == [["ab"], ["abc"], ["a", "b", "c"]]
    made.feed("ef", 19.0)
    assert [list(made.tick(now)) for now in (20.0, 21.0)] == [["d"], ["ef"]]


def test_the_gate_is_shut_from_as_many_tokens_on_as_may_wait() -> None:
    made: Pacer[str] = Pacer(len, Gcra(0, 1), max_pending_tokens=4)
    made.pausable = True
    shut: list[bool] = []
    for _ in range(3):
        made.feed("ab", 0.0)
        shut.append(made.backlog > 1_000_000)
    assert shut == [False, True, True]
    assert made.failure is None


def test_a_source_that_cannot_wait_fails_with_more_tokens_than_may_wait() -> None:
    made: Pacer[str] = Pacer(len, Gcra(0, 1), max_pending_tokens=4)
    made.feed("abcd", 0.0)
    assert made.failure is None
    made.feed("e", 0.0)
    assert isinstance(made.failure, BackpressureError)
    assert str(made.failure) == "throttle_tokens: 5 tokens wait, at most 4 may"
    assert made.failure.waiting == 2


def test_where_the_cost_cannot_be_told_the_text_still_leaves_in_its_time() -> None:
    def cost(item: str) -> int:
        return 1 // len(item.strip())

    made: Pacer[str] = Pacer(cost, Gcra(1, 1))
    made.start(0.0)
    assert [made.feed(item, 0.0) for item in ("a", "b", " ")] == [("a",), [], []]
    assert isinstance(made.failure, ZeroDivisionError)
    assert made.feed("c", 0.5) == ()
    assert [made.flush(0.5), made.tick(1.0), made.tick(2.0)] == [[], ["b"], [" "]]
