"""Whose turn it is, where a shared rate holds as well."""

from __future__ import annotations

from collections.abc import Callable

from rx_stream.core.pacing.gcra import Gcra
from rx_stream.core.pacing.turns import Turns


class Answering:
    """A limiter, and a place in it, with one answer."""

    def __init__(self, answer: float | None) -> None:
        self.answer = answer
        self.asked: list[tuple[int, float, float]] = []
        self.given_back: list[str] = []

    def reserve(
        self, tokens: int, anchor: float, now: float, changed: Callable[[], None], /
    ) -> Answering:
        self.asked.append((tokens, anchor, now))
        return self

    def due(self, now: float, /) -> float | None:
        return self.answer

    def leave(self, now: float, /) -> None:
        self.given_back.append("left")

    def cancel(self, now: float, /) -> None:
        self.given_back.append("cancelled")


def turns(limiter: Answering) -> Turns:
    made = Turns(Gcra(1, 1), limiter, lambda: None)
    made.begin(5.0)
    return made


def test_what_costs_nothing_asks_for_no_place() -> None:
    limiter = Answering(9.0)
    assert turns(limiter).due(0, 5.0, 5.0) == 5.0
    assert limiter.asked == []


def test_the_later_of_both_rates_holds() -> None:
    for answer, due in ((4.0, 5.0), (5.0, 5.0), (7.0, 7.0), (None, None)):
        assert turns(Answering(answer)).due(1, 5.0, 5.0) == due


def test_a_place_is_asked_for_only_once_and_only_when_the_own_rate_lets_go() -> None:
    limiter = Answering(5.0)
    made = turns(limiter)
    assert made.due(2, 5.0, 5.0) == 5.0
    assert made.due(2, 5.0, 5.0) == 5.0
    made.leave(2, 5.0, 5.0)
    assert made.due(3, 5.0, 5.5) == 7.0
    assert limiter.asked == [(2, 5.0, 5.0)]
    assert made.due(3, 5.0, 7.0) == 7.0
    assert limiter.asked[1:] == [(3, 7.0, 7.0)]
    made.cancel(7.0)
    assert limiter.given_back == ["left", "cancelled"]


def test_who_goes_on_without_the_limiter_gives_the_place_up() -> None:
    limiter = Answering(9.0)
    made = turns(limiter)
    assert made.due(1, 5.0, 5.0) == 9.0
    made.lift(5.0)
    assert limiter.given_back == ["cancelled"]
    assert made.due(1, 5.0, 5.0) == 5.0
    made.cancel(5.0)
    assert (len(limiter.asked), limiter.given_back) == (1, ["cancelled"])
