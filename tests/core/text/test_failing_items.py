"""Text of cores that may fail."""

from __future__ import annotations

from rx_stream import StreamChunk
from rx_stream.core.text.failing_items import FailingItems
from rx_stream.core.text.words import Words
from rx_stream.core.tokens.counted_splitter import CountedSplitter


def words(text: str) -> int:
    if "boom" in text:
        raise RuntimeError(text)
    return len(text.split())


def failing() -> FailingItems[StreamChunk]:
    return FailingItems[StreamChunk](lambda: CountedSplitter(words, 3))


def test_where_a_core_fails_the_text_of_all_choices_leaves_before_the_end() -> None:
    items = failing()
    first, second = {"choice": 0}, {"choice": 1}
    assert [*items.feed(StreamChunk("one two ", metadata=first))] == []
    assert items.outcome is None
    out = items.feed(StreamChunk("boom bang ", metadata=second))
    assert out == [
        StreamChunk("boom bang ", metadata=second),
        StreamChunk("one two ", metadata=first),
    ]
    assert isinstance(items.outcome, RuntimeError)
    assert [*items.flush()] == []


def test_a_core_may_fail_at_the_end() -> None:
    items = failing()
    assert items.feed(StreamChunk("one boom")) == []
    assert items.flush() == [StreamChunk("one boom")]
    assert isinstance(items.outcome, RuntimeError)


def test_cores_that_cannot_fail_do_not() -> None:
    items = FailingItems[str](Words)
    assert [*items.feed("one two"), *items.flush()] == ["one ", "two"]
    assert items.outcome is None
