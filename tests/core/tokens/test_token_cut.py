from __future__ import annotations

from rx_stream import StreamChunk
from rx_stream.core.tokens.token_cut import TokenCut
from rx_stream.core.tokens.token_splitter import split_tokens

CUT = TokenCut(split_tokens()).cut


def test_a_string_is_cut_into_its_tokens_and_the_cost_is_shared_out() -> None:
    assert CUT("The quick fox", 3) == [("The", 1), (" quick", 1), (" fox", 1)]
    assert CUT("The quick fox", 5) == [("The", 1), (" quick", 2), (" fox", 2)]


def test_one_token_stays_whole() -> None:
    chunk = StreamChunk(" quick", 4)
    assert CUT(chunk, 4) == [(chunk, 4)]
    assert CUT("", 0) == [("", 0)]


def test_pieces_of_a_chunk_that_told_its_count_tell_theirs() -> None:
    about = {"model": "m"}
    pieces = CUT(StreamChunk("The quick fox", 6, metadata=about), 6)
    assert [(p.content, p.token_count, p.metadata, cost) for p, cost in pieces] == [
        ("The", 2, about, 2),
        (" quick", 2, about, 2),
        (" fox", 2, about, 2),
    ]


def test_pieces_of_an_uncounted_chunk_are_uncounted() -> None:
    assert [piece.token_count for piece, _ in CUT(StreamChunk("The fox"), 2)] == [None, None]


def test_what_a_chunk_says_beside_its_text_is_said_once_after_it() -> None:
    last = StreamChunk("The fox", 2, True, "stop", {"model": "m", "reasoning": "hm"})
    pieces = CUT(last, 2)
    assert [(piece.content, cost) for piece, cost in pieces] == [("The", 1), (" fox", 1), ("", 0)]
    assert [piece.is_complete for piece, _ in pieces] == [False, False, True]
    assert [piece.metadata for piece, _ in pieces[:2]] == [{"model": "m"}] * 2
    assert pieces[-1][0] == StreamChunk("", None, True, "stop", last.metadata)
