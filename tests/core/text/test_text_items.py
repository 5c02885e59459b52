from __future__ import annotations

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.text.text_items import TextItems
from rx_stream.core.text.words import Words


def test_text_comes_out_as_what_it_came_in_as_also_where_that_changes() -> None:
    items = TextItems[StreamChunk | str](Words())
    assert list(items.feed("one tw")) == ["one "]
    assert list(items.feed(StreamChunk("o three"))) == ["tw", StreamChunk("o ")]
    assert list(items.feed("four ")) == [StreamChunk("three"), "four "]
    assert list(items.flush()) == []


def test_what_is_not_text_passes_at_once() -> None:
    items = TextItems[StreamChunk | str](Words())
    report = StreamProgress(1, None, None, 0.0)
    assert list(items.feed("wo")) == []
    assert list(items.feed(report)) == [report]  # type: ignore[arg-type]
    assert list(items.flush()) == ["wo"]
