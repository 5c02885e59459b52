"""The text and tokens of which the next chunk is cut, held as long as it takes."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from token_texts import PROSE, cut, run_text

from rx_stream.core.chunking.chunk_window import ChunkWindow
from rx_stream.core.tokens.text_tokens import TextTokens, tokens_factory
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of

O200K = encoding_of()
ENGLISH = "one two three four five six seven eight nine ten. "


def count(text: str) -> int:
    return len(O200K.encode_ordinary(text))


def window(*pieces: str, ended: bool = True) -> ChunkWindow:
    held = ChunkWindow(TextTokens(pieces_of(O200K)))
    for piece in pieces:
        held.feed(piece)
    if ended:
        held.end()
    return held


def whole(text: str) -> str:
    """Return a text as tiktoken sees it, but lone halves as they are."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize("text", [ENGLISH, "".join(PROSE), "👩‍👩‍👧‍👦🧠" * 3, "\ud83d a \ude42"])
def test_tokens_end_where_those_of_the_whole_text_end(text: str) -> None:
    held = window(*cut(text, random.Random(1), 7))
    assert held.available == count(text)
    ends = [held.end_of(token) for token in range(held.available)]
    data = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    at = 0
    for token, end in zip(O200K.encode_ordinary(text), ends, strict=True):
        at += len(O200K.decode_single_token_bytes(token))
        # A token that ends inside a character has all of it.
        inside = at < len(data) and data[at] & 0xC0 == 0x80
        assert end == len(data[:at].decode(errors="ignore")) + inside
    assert ends[-1] == held.size == len(text)


def test_what_is_before_a_place_and_what_ends_before_it() -> None:
    held = window("one two three")
    assert [held.tokens_before(at) for at in (0, 2, 3, 6, 7, 13)] == [0, 0, 1, 1, 2, 3]
    assert [held.end_before(at) for at in (0, 3, 4, 7, 13)] == [0, 0, 3, 3, 7]


def test_a_place_at_an_end_of_the_text_is_a_border_once_it_has_ended() -> None:
    held = window("one", ended=False)
    assert held.is_border(0)
    assert not held.is_border(3)
    held.end()
    assert held.is_border(3)
    held.feed("two")
    assert not held.is_border(3)


@pytest.mark.parametrize(
    ("pair", "border"),
    [("a b", 1), ("a1", 1), ("a.b", 1), ("a\nb", 1), ("字。", 1), ("ab", 0), ("a's", 0), ("  ", 0)],
)
def test_a_border_is_a_place_that_no_token_of_any_text_spans(pair: str, border: int) -> None:
    assert window(pair).is_border(1) is bool(border)


@pytest.mark.parametrize("seed", range(12))
def test_a_part_has_the_tokens_that_it_has_by_itself(seed: int) -> None:
    rnd = random.Random(seed)
    text = whole(rnd.choice(PROSE) * 3 + run_text(rnd, 90) + rnd.choice(PROSE))
    held = window(*cut(text, rnd, 30))
    for _ in range(200):
        start, end = sorted((rnd.randint(0, len(text)), rnd.randint(0, len(text))))
        if start < end:
            known = held.is_border(start)
            for from_border in {known, False}:
                got = held.count(start, end, from_border=from_border)
                assert got == count(text[start:end]), (start, end, from_border)


def test_strides_end_after_so_many_tokens_as_long_as_that_is_a_border() -> None:
    held = window(ENGLISH * 4)
    ends = [*held.strides(3)]
    assert ends == [held.end_of(token) for token in range(2, held.available - 1, 3)]
    parts = [held.slice(start, end) for start, end in pairwise([0, *ends])]
    assert {count(part) for part in parts} == {3}


def test_strides_stop_at_what_is_no_border() -> None:
    text = "one two threefourfivesix seven eight nine ten"
    held = window(text)
    assert held.is_border(held.end_of(1))
    assert not held.is_border(held.end_of(3))
    assert [*held.strides(2)] == [held.end_of(1)]


def test_strides_end_at_borders_only_whatever_is_beside_them() -> None:
    held = window("one two 1zkthex.x zk end")
    assert [*held.strides(1)] == [3, 7]
    held.begin(7, 7)
    held.forget()
    assert [*held.strides(1)] == []
    held.begin(9, 9)
    held.forget()
    assert [*held.strides(1)] == []


def test_strides_leave_out_the_last_token_there_is() -> None:
    assert [*window("one two").strides(2)] == []
    assert [*window("one two three").strides(2)] == [7]
    assert [*window("one two three four").strides(1)] == [3, 7, 13]


def test_strides_never_end_beside_a_character_that_is_not_ascii() -> None:
    assert [*window("a。b。c。d").strides(1)] == []


def test_strides_begin_where_the_chunk_begins() -> None:
    held = window(ENGLISH * 2)
    held.begin(7, 7)
    held.forget()
    assert next(held.strides(2)) == len("one two three four")


def test_a_chunk_begins_at_a_token_and_knows_whether_that_is_a_border() -> None:
    held = window("one two threefourfive six")
    held.begin(7, 7)
    assert (held.start, held.fresh, held.first, held.bordered) == (7, 7, 2, True)
    held.begin(13, 15)
    assert (held.start, held.fresh, held.bordered) == (13, 15, False)


def test_places_go_on_counting_from_the_start_of_the_text_after_what_was_forgotten() -> None:
    held = window(ENGLISH * 3)
    ends = [held.end_of(token) for token in range(held.available)]
    held.begin(ends[9], ends[9])
    held.forget()
    assert held.base == ends[9] - 1
    assert held.text == (ENGLISH * 3)[ends[9] - 1 :]
    assert held.slice(ends[9], ends[10]) == (ENGLISH * 3)[ends[9] : ends[10]]
    assert [held.end_of(token) for token in range(9, len(ends))] == ends[9:]
    assert held.tokens_before(ends[12]) == 13
    assert held.is_border(ends[9])
    assert held.count(ends[9], ends[12], from_border=True) == 3


def test_what_is_before_the_first_token_ends_where_the_text_begins() -> None:
    held = window("one two three")
    assert [held.end_of(token) for token in (-1, 0)] == [0, 3]


def test_what_is_held_is_bounded_by_what_is_not_chunked() -> None:
    held = window(ended=False)
    for _ in range(200):
        held.feed(ENGLISH)
        end = held.end_of(held.first + held.available - 1)
        held.begin(end, end)
        held.forget()
    assert len(held.text) < 2 * len(ENGLISH)
    assert held.size == 200 * len(ENGLISH)


def test_an_overlap_is_given_up_token_by_token_and_never_inside_a_cluster() -> None:
    text = "a b 🇩🇪🇫🇷 c"
    held = window(text)
    held.begin(0, len(text) - 2)
    starts = [0]
    while held.start < held.fresh:
        held.shorten_overlap()
        starts.append(held.start)
    assert starts == [0, 1, 3, 6, 8]


def test_a_place_inside_a_cluster_is_told_by_its_ends_also_after_some_was_forgotten() -> None:
    text = "one two 🇩🇪🇫🇷 e\u0301"
    held = window(text)
    held.begin(7, 7)
    held.forget()
    assert held.cluster_at(9, 7) == (8, 10)
    assert held.cluster_at(10, 7) == (10, 10)
    assert held.cluster_at(len(text) - 1, 7) == (len(text) - 2, len(text))
    assert held.cluster_at(held.base, held.base) == (held.base, held.base)


def test_of_what_only_counts_no_place_is_known_to_be_a_border() -> None:
    held = ChunkWindow(tokens_factory(lambda text: len(text.split()), name="test")())
    held.feed("one two three")
    held.end()
    assert not any(held.is_border(at) for at in (0, 3, 13))
    assert held.count(4, 13, from_border=False) == 2
    assert [*held.strides(1)] == []
