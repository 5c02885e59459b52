from __future__ import annotations

from collections.abc import Iterable

import pytest

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.sentences.sentences import Sentences
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


def spoken(*texts: tuple[str, int]) -> list[StreamChunk]:
    return [StreamChunk(text, 1, metadata={"choice": choice}) for text, choice in texts]


def told(pieces: Iterable[StreamChunk]) -> list[tuple[str, object]]:
    return [(piece.content, piece.metadata.get("choice")) for piece in pieces]


def test_every_choice_is_a_text_of_its_own() -> None:
    items = TextItems[StreamChunk](Words(), make=Words)
    chunks = spoken(("Hel", 0), ("Bon", 1), ("lo ", 0), ("jour ", 1), ("du", 1), ("you", 0))
    pieces = [piece for chunk in chunks for piece in items.feed(chunk)]
    assert told(pieces) == [("Hello ", 0), ("Bonjour ", 1)]
    assert [piece.token_count for piece in pieces] == [2, 2]
    assert told(items.flush()) == [("you", 0), ("du", 1)]
    assert list(items.flush()) == []


def test_what_is_held_leaves_in_the_order_of_the_choices() -> None:
    items = TextItems[StreamChunk](Words(), make=Words)
    for chunk in spoken(("c", 2), ("a", 0), ("b", 1)):
        assert list(items.feed(chunk)) == []
    assert told(items.flush()) == [("a", 0), ("b", 1), ("c", 2)]


def test_what_one_choice_says_is_no_boundary_in_another() -> None:
    items = TextItems[StreamChunk](Words(), make=Words)
    for chunk in spoken(("one", 0), ("two", 1)):
        items.feed(chunk)
    ended = StreamChunk("", None, False, "stop", {"choice": 1})
    assert list(items.feed(ended)) == [*spoken(("two", 1)), ended]
    assert told(items.feed(spoken((" ", 0))[0])) == [("one ", 0)]


def test_the_last_chunk_is_a_boundary_in_every_choice() -> None:
    for metadata in ({}, {"choice": 0}, {"choice": 1}):
        items = TextItems[StreamChunk](Words(), make=Words)
        for chunk in spoken(("two", 1), ("one", 0)):
            items.feed(chunk)
        last = StreamChunk("", None, True, "stop", metadata)
        assert list(items.feed(last)) == [*spoken(("one", 0), ("two", 1)), last]


def test_strings_among_choices_are_a_text_of_their_own_too() -> None:
    items = TextItems[StreamChunk | str](Words(), make=Words)
    items.feed("s")
    assert list(items.feed(spoken(("b", 1))[0])) == ["s"]
    items.feed(spoken(("a", 0))[0])
    assert list(items.feed("t")) == spoken(("a", 0), ("b", 1))
    assert list(items.feed(spoken(("c", 1))[0])) == ["t"]
    assert list(items.flush()) == spoken(("c", 1))


def test_every_choice_settles() -> None:
    items = TextItems[StreamChunk](Words(), make=Words)
    for chunk in spoken(("one ", 0), ("zwei ", 1)):
        items.feed(chunk)
    assert told(items.settle()) == []
    items = TextItems[StreamChunk](Sentences("en"), make=lambda: Sentences("en"))
    for chunk in spoken(("Zwei. ", 1), ("One. ", 0)):
        items.feed(chunk)
    assert told(items.settle()) == [("One. ", 0), ("Zwei. ", 1)]


def test_without_more_cores_choices_are_cut_where_they_change_but_never_mixed() -> None:
    items = TextItems[StreamChunk](Words())
    chunks = spoken(("Hel", 0), ("Bon", 1), ("lo ", 0), ("jour ", 1))
    pieces = [piece for chunk in chunks for piece in items.feed(chunk)] + [*items.flush()]
    assert told(pieces) == [("Hel", 0), ("Bon", 1), ("lo ", 0), ("jour ", 1)]


USED = StreamChunk(metadata={"usage": {"output_tokens": 3}})


def test_a_report_of_usage_is_no_boundary_and_keeps_its_place() -> None:
    items = TextItems[StreamChunk](Words(), make=Words)
    a, b, c = StreamChunk("on"), StreamChunk("e two"), StreamChunk(" ")
    out = [piece for chunk in (USED, a, USED, b, c) for piece in items.feed(chunk)]
    assert out == [USED, StreamChunk("one "), USED, StreamChunk("two ")]


def test_a_report_behind_white_space_that_is_dropped_is_not() -> None:
    items = TextItems[StreamChunk](Words(), make=Words, trim=True)
    fed = [
        piece
        for chunk in (StreamChunk("a "), StreamChunk(" "), USED)
        for piece in items.feed(chunk)
    ]
    assert [*fed, *items.flush()] == [StreamChunk("a"), USED]


def test_a_report_comes_behind_the_held_text_of_its_own_choice() -> None:
    items = TextItems[StreamChunk](Words(), make=Words)
    for chunk in spoken(("one", 0), ("two", 1)):
        items.feed(chunk)
    second = StreamChunk(metadata={"choice": 1, "usage": {"output_tokens": 1}})
    assert list(items.feed(second)) == []
    assert list(items.flush()) == [*spoken(("one", 0), ("two", 1)), second]


@pytest.mark.parametrize(
    "empty", [StreamChunk(), StreamChunk(metadata={"id": 1}), StreamChunk(metadata={"usage": None})]
)
def test_an_empty_chunk_that_says_nothing_is_nothing(empty: StreamChunk) -> None:
    items = TextItems[StreamChunk](Words(), make=Words)
    assert [*items.feed(StreamChunk("Hel")), *items.feed(empty)] == []
    assert list(items.feed(StreamChunk("lo "))) == [StreamChunk("Hello ")]
