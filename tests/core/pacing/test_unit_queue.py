"""Units in their order, and the chunks that they came in."""

from __future__ import annotations

from typing import Any

from rx_stream import StreamChunk
from rx_stream.core.pacing.unit_queue import UnitQueue


def queue(*chunks: StreamChunk) -> UnitQueue[Any]:
    made: UnitQueue[Any] = UnitQueue()
    made.switch(chunks=True)
    for chunk in chunks:
        made.describe(chunk, chunk.metadata)
        made.add(list(chunk.content))
    return made


def test_text_is_given_as_strings_until_it_is_to_be_chunks() -> None:
    made: UnitQueue[Any] = UnitQueue()
    made.add(["a", "b", "c"])
    assert made.take(2) == ["ab"]
    assert made.take(1) == ["c"]


def test_tokens_are_counted_with_the_last_character_of_their_chunk() -> None:
    made = queue(StreamChunk("aa", 1), StreamChunk("bb", 2), StreamChunk("c", 3))
    assert [made.take(n)[0] for n in (1, 2, 2)] == [
        *(StreamChunk("a", 0), StreamChunk("ab", 1), StreamChunk("bc", 5)),
    ]


def test_a_piece_of_a_chunk_whose_tokens_are_unknown_has_unknown_tokens() -> None:
    made = queue(StreamChunk("a", 1), StreamChunk("bb"), StreamChunk("c", 3))
    assert [made.take(1)[0].token_count for _ in range(4)] == [1, None, None, 3]


def test_a_piece_has_the_metadata_of_the_last_chunk_in_it() -> None:
    made = queue(*(StreamChunk(text, metadata={"n": text}) for text in ("aa", "bb", "c")))
    pieces = [made.take(n)[0] for n in (2, 1, 2)]
    assert [(p.content, p.metadata["n"]) for p in pieces] == [
        ("aa", "aa"),
        ("b", "bb"),
        ("bc", "c"),
    ]


def test_what_stands_between_the_text_leaves_right_after_what_is_before_it() -> None:
    made: UnitQueue[Any] = UnitQueue()
    made.add_border(1)
    made.add(["a"])
    made.add_border(2)
    made.add(["b", "c"])
    assert made.take(0) == [1]
    assert made.take(1) == ["a", 2]
    assert made.take(2) == ["bc"]


def test_from_where_it_switches_on_text_is_a_new_piece() -> None:
    made = queue(StreamChunk("ab", 1))
    made.switch(chunks=True)
    made.describe(StreamChunk("cd", 2), {"choice": 1})
    made.add(["c", "d"])
    assert made.take(3) == [
        *(StreamChunk("ab", 1), StreamChunk("c", 0, metadata={"choice": 1})),
    ]
