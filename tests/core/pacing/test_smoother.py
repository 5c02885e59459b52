"""Units on their way to the screen; their pace is tested with the playout."""

from __future__ import annotations

from typing import Any

import pytest

from rx_stream import StreamChunk
from rx_stream.core.pacing.playout import Playout
from rx_stream.core.pacing.smoother import Smoother
from rx_stream.core.text.graphemes import Graphemes
from rx_stream.core.text.words import Words

FRAME = 1 / 60


class Notes(Playout):
    """A playout that notes what it is told, and shows what it is told to."""

    def __init__(self, show: int = 0) -> None:
        super().__init__(0.6, 0.25, 500.0, FRAME)
        self.added: list[tuple[int, float]] = []
        self.least: list[int] = []
        self.show = show

    def add(self, units: int, since: float) -> None:
        self.added.append((units, since))
        super().add(units, since)

    def step(self, now: float, least: int = 0) -> int:
        self.least.append(least)
        return self.show


def smoother(playout: Playout, *, words: bool = False) -> Smoother[str]:
    made: Smoother[str] = Smoother(
        Words() if words else Graphemes(), playout, FRAME, 10.0 if words else None
    )
    made.start(0.0)
    return made


def test_a_unit_waits_from_when_its_first_character_came() -> None:
    playout = Notes()
    made = smoother(playout, words=True)
    for now, text in ((1.0, "He"), (2.0, "llo wor"), (3.0, "ld a b"), (4.0, "c "), (5.0, "d e ")):
        made.feed(text, now)
    assert playout.added == [(1, 1.0), (1, 2.0), (1, 3.0), (1, 3.0), (2, 5.0)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Hi", "Hi"), ("é!", "é!"), ("Hé", "H"), ("\rHi", "\rHi"), ("a\r", "a")],
)
def test_the_first_text_is_shown_whole_where_its_last_character_is_surely_one(
    text: str, shown: str
) -> None:
    made = smoother(Playout(0.6, 0.25, 500.0, FRAME))
    assert "".join(made.feed(text, 0.0)) == shown


@pytest.mark.parametrize(("units", "at_once"), [(32, True), (33, False)])
def test_only_a_first_text_as_short_as_a_delta_is_shown_at_once(units: int, at_once: bool) -> None:
    made = smoother(Playout(0.6, 0.25, 500.0, FRAME))
    assert ("".join(made.feed("x" * units, 0.0)) == "x" * units) is at_once


def test_the_gate_is_shut_from_a_thousand_units_on() -> None:
    made = smoother(Notes())
    made.feed("x" * 1023, 0.0)
    assert made.backlog == 0
    made.feed("x", 0.0)
    made.feed("x", 0.0)
    assert made.backlog > 1_000_000


def test_of_a_source_that_is_held_back_a_quarter_of_the_backlog_is_shown_at_least() -> None:
    for units, pausable, least in ((1200, True, 300), (1200, False, 0), (1000, True, 0)):
        playout = Notes()
        made = smoother(playout)
        assert made.pausable is False
        made.pausable = pausable
        made.feed("x" * units, 0.0)
        assert playout.least == [least]


def test_nothing_is_shown_between_two_frames() -> None:
    made = smoother(Notes(show=1))
    assert made.feed("x" * 40, 0.0) == ["x"]
    assert made.tick(FRAME / 2) == ()
    assert made.wake_at() == FRAME
    assert made.tick(FRAME) == ["x"]


def test_no_piece_and_no_unit_has_text_of_two_choices() -> None:
    made: Any = smoother(Notes(show=100))
    texts = [("x", 0), ("e", 0), ("\u0301a", 1), ("\u0301b", 0), ("c", 0), ("d", 1)]
    for text, choice in texts:
        made.feed(StreamChunk(text, metadata={"choice": choice}), 0.0)
    pieces = [(p.content, p.metadata["choice"]) for p in (*made.tick(1.0), *made.flush(2.0))]
    assert pieces == [("e", 0), ("\u0301a", 1), ("\u0301bc", 0), ("d", 1)]


def test_a_report_of_usage_keeps_its_place() -> None:
    made: Any = smoother(Notes(show=100))
    report = StreamChunk(metadata={"usage": {"output_tokens": 1}})
    items = [StreamChunk("one"), report, StreamChunk(), StreamChunk("two")]
    out = [piece for item in items for piece in made.feed(item, 0.0)]
    out += [*made.tick(1.0), *made.flush(2.0)]
    assert "".join(map(str, out[: out.index(report)])) == "one"
    assert "".join(map(str, out)) == "onetwo"
    assert out.count(StreamChunk()) == 0
