"""Which chunks a piece came from, and where reports of usage have their place."""

from __future__ import annotations

from rx_stream import StreamChunk
from rx_stream.core.text.spans import Spans

ONE, TWO, USED = {"n": 1}, {"n": 2}, {"usage": {"output_tokens": 3}}


def test_a_piece_has_the_metadata_of_the_last_chunk_that_it_has_text_of() -> None:
    spans = Spans()
    spans.add((2, 5, ONE))
    spans.add((3, 7, TWO))
    assert spans.piece("a", "a") == StreamChunk("a", metadata=ONE)
    assert spans.piece("bc", "bc") == StreamChunk("bc", metadata=TWO)
    assert spans.piece("de", "de") == StreamChunk("de", metadata=TWO)


def test_the_tokens_of_whole_chunks_are_known() -> None:
    spans = Spans()
    for tokens in (5, 7, 1, None, 2):
        spans.add((2, tokens, ONE))
    counts = [spans.piece(text, text).token_count for text in ("abcd", "ef", "ghij")]
    assert counts == [12, 1, None]


def test_a_report_comes_behind_the_text_that_was_held_before_it() -> None:
    spans = Spans()
    spans.add((2, 5, ONE))
    spans.add_report(USED)
    spans.add((2, 7, TWO))
    spans.piece("a", "a")
    assert spans.take_report() is None
    assert spans.piece("bc", "bc").metadata == TWO
    assert spans.take_report() == StreamChunk(metadata=USED)
    assert spans.take_report() is None


def test_a_report_takes_no_tokens_from_a_piece() -> None:
    spans = Spans()
    spans.add((2, 5, ONE))
    spans.add_report(USED)
    spans.add((2, 7, TWO))
    assert spans.piece("abcd", "abcd") == StreamChunk("abcd", 12, metadata=TWO)


def test_of_several_reports_in_one_place_the_last_one_counts() -> None:
    spans = Spans()
    spans.add((2, 5, ONE))
    spans.add_report({"usage": {"output_tokens": 1}})
    spans.add_report(USED)
    assert spans.piece("ab", "ab") == StreamChunk("ab", 5, metadata=ONE)
    assert spans.take_report() == StreamChunk(metadata=USED)


def test_where_no_text_is_held_a_report_has_come_to_its_place() -> None:
    spans = Spans()
    assert not spans.has_reports
    spans.add_report(USED)
    assert spans.has_reports
    assert spans.take_report() == StreamChunk(metadata=USED)


def test_a_report_leaves_before_text_that_came_later_and_takes_none_of_it() -> None:
    spans = Spans()
    spans.add_report(USED)
    spans.add((2, None, ONE))
    assert spans.take_report() == StreamChunk(metadata=USED)
    assert spans.piece("ab", "ab") == StreamChunk("ab", metadata=ONE)
