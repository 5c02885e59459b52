"""Items that wait for their turn."""

from __future__ import annotations

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
    made.break_down(ValueError("x"))
    assert made.feed("b", 1.0) == ()
    assert made.set_rate(5.0, 1.0) == ()
    assert made.flush(1.0) == ["a"]


def test_the_first_failure_is_the_one_that_is_told() -> None:
    made = pacer(1)
    first = ValueError("first")
    made.break_down(first)
    made.break_down(ValueError("second"))
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
