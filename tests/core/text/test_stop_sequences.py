"""A text up to a stop sequence; its laws are tested with the operator."""

from __future__ import annotations

from rx_stream import StreamChunk
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


def test_every_choice_ends_at_its_own_stop_and_the_stream_with_the_last() -> None:
    items = StopItems[StreamChunk](["END"], include=False)
    steps = [("aE", 0), ("bE", 1), ("ND x", 0), ("more", 0), ("ac", 1), ("END", 1)]
    pieces: list[tuple[str, object]] = []
    outcomes: list[object] = []
    for text, choice in steps:
        fed = items.feed(StreamChunk(text, metadata={"choice": choice}))
        pieces += [(piece.content, piece.metadata["choice"]) for piece in fed]
        outcomes.append(items.outcome)
    assert pieces == [("a", 0), ("b", 1), ("Eac", 1)]
    assert outcomes == [None] * 5 + [True]


def test_a_choice_that_has_ended_says_nothing_more_until_the_last_chunk() -> None:
    items = StopItems[StreamChunk](["END"], include=False)
    first, second = {"choice": 0}, {"choice": 1}
    items.feed(StreamChunk("b", metadata=second))
    items.feed(StreamChunk("END", metadata=first))
    assert list(items.feed(StreamChunk("", None, False, "length", first))) == []
    ended = StreamChunk("", None, False, "length", second)
    assert list(items.feed(ended)) == [ended]
    last = StreamChunk("", None, True, "length", first)
    assert list(items.feed(last)) == [last]


def test_a_stream_of_another_choice_alone_ends_at_its_stop() -> None:
    items = StopItems[StreamChunk](["END"], include=False)
    assert list(items.feed(StreamChunk("END", metadata={"choice": 3}))) == []
    assert items.outcome is True
