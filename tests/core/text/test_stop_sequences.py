"""A text up to a stop sequence; its laws are tested with the operator."""

from __future__ import annotations

from rx_stream.core.text.stop_sequences import StopItems, StopSequences


def test_nothing_comes_after_the_stop() -> None:
    core = StopSequences(["END"], include=False)
    assert list(core.feed("a EN")) == ["a "]
    assert list(core.feed("D b")) == []
    assert core.stopped
    assert list(core.feed("c")) == []
    assert list(core.flush()) == []


def test_the_items_end_as_completed_with_the_stop() -> None:
    items = StopItems[str](["END"], include=False)
    assert list(items.feed("a EN")) == ["a "]
    assert items.outcome is None
    assert list(items.feed("D")) == []
    assert items.outcome is True
