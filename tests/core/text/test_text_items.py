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


def test_the_tokens_of_a_piece_are_known_where_it_is_made_of_whole_chunks() -> None:
    items = TextItems(Words())
    chunks = [
        *(StreamChunk("on", 2), StreamChunk("e ", 3), StreamChunk("x ", 1)),
        *(StreamChunk("two th", 4), StreamChunk("ree ", 1)),
        *(StreamChunk("four", None), StreamChunk(" ", 1), StreamChunk("five ", 7)),
    ]
    pieces = [(p.content, p.token_count) for chunk in chunks for p in items.feed(chunk)]
    assert pieces == [
        *(("one ", 5), ("x ", 1), ("two ", None), ("three ", None)),
        *(("four ", None), ("five ", 7)),
    ]


def test_a_chunk_without_text_that_says_nothing_is_left_out() -> None:
    items = TextItems(Words())
    empty = StreamChunk("", metadata={"model": "m", "reasoning": ""})
    assert [*items.feed(StreamChunk("o")), *items.feed(empty), *items.feed(empty)] == []
    assert [*items.feed(StreamChunk("ne ")), *items.feed(empty)] == [StreamChunk("one ")]
    assert list(items.flush()) == []


def test_a_piece_has_the_metadata_of_the_last_chunk_that_is_in_it() -> None:
    items = TextItems(Words())
    texts = ["on", "e", " two", " 字", "字", " "]
    pieces = [
        piece
        for n, text in enumerate(texts)
        for piece in items.feed(StreamChunk(text, metadata={"n": n}))
    ]
    assert [(p.content, p.metadata["n"]) for p in pieces] == [
        *(("one ", 2), ("two ", 3), ("字", 3), ("字 ", 5)),
    ]


def test_what_a_chunk_says_once_comes_once_behind_its_text() -> None:
    items = TextItems(Words())
    last = StreamChunk("a b", 2, True, "stop", {"n": 1, "tool_calls": [{"id": "c"}]})
    assert list(items.feed(last)) == [
        StreamChunk("a ", None, metadata={"n": 1}),
        StreamChunk("b", None, metadata={"n": 1}),
        StreamChunk("", None, True, "stop", {"n": 1, "tool_calls": [{"id": "c"}]}),
    ]
    end = StreamChunk("", 0, True, "stop")
    assert list(items.feed(end)) == [end]
