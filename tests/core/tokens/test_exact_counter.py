from __future__ import annotations

import random
import sys
import time
import tracemalloc

import pytest
from conftest import LONG
from token_texts import PROSE, cut, random_text, run_text

from rx_stream import TokenCounter
from rx_stream.core.tokens.token_counter import count_text
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of

ENCODINGS = [encoding_of("o200k_base"), encoding_of("cl100k_base")]
by_encoding = pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding.name)


@by_encoding
def test_every_prefix_of_random_texts_is_counted_exactly(encoding):
    rnd = random.Random(1)
    prefixes = 0
    while prefixes < (600_000 if LONG else 12_000):
        text = random_text(rnd)
        counter = TokenCounter(encoding)
        seen, total = "", 0
        for piece in cut(text, rnd, rnd.choice((1, 3, 12, 100))):
            seen += piece
            total += counter.feed(piece)
            prefixes += 1
            assert total == counter.total == len(encoding.encode_ordinary(seen)), repr(seen)
        assert counter.exact


@by_encoding
def test_long_pathological_texts_are_counted_exactly_or_say_that_they_are_not(encoding):
    rnd = random.Random(2)
    flagged = 0
    texts = 1_500 if LONG else 25
    for _ in range(texts):
        text = run_text(rnd)
        counter = TokenCounter(encoding)
        pieces = cut(text, rnd, rnd.choice((3, 12, 60, 700)))
        looks = {rnd.randrange(len(pieces)) for _ in range(5)} | {len(pieces) - 1}
        seen = 0
        for index, piece in enumerate(pieces):
            counter.feed(piece)
            seen += len(piece)
            if index in looks and counter.exact:
                assert counter.total == len(encoding.encode_ordinary(text[:seen])), repr(text[:60])
        flagged += not counter.exact
    assert flagged <= texts // 20


@by_encoding
@pytest.mark.parametrize("unit", ["a", "=", "字", " ", "\n", "0", "🙂", "e\u0301", "'", "ﷺ"])
def test_a_run_of_100_000_equal_characters_is_exact_in_linear_time(encoding, unit):
    size = 100_000 if LONG else 20_000
    counter = TokenCounter(encoding)
    for _ in range(size // 5):
        counter.feed(unit * 5)
    assert counter.exact
    assert counter.total == len(encoding.encode_ordinary(unit * size))


def test_the_cost_of_a_run_is_linear():
    def seconds(size):
        counter = TokenCounter()
        begin = time.process_time()
        for _ in range(size):
            counter.feed("a")
        return time.process_time() - begin

    seconds(2_000)
    assert seconds(24_000) < 12 * max(seconds(6_000), 0.01)


@by_encoding
def test_every_code_point_in_context(encoding):
    points = range(0x110000) if LONG else range(0, 0x110000, 97)
    pieces = pieces_of(encoding)
    for point in points:
        if not 0xD800 <= point < 0xE000:
            c = chr(point)
            text = f"a{c}b B{c}D {c}{c}1{c} !{c}x '{c} {c}s"
            assert pieces.count(text) == len(encoding.encode_ordinary(text)), hex(point)


@by_encoding
@pytest.mark.parametrize("text", PROSE)
def test_prose_of_many_scripts_in_any_cutting(encoding, text):
    for longest in (1, 4, 15, 80):
        counter = TokenCounter(encoding)
        for piece in cut(text * 3, random.Random(longest), longest):
            counter.feed(piece)
        assert counter.total == len(encoding.encode_ordinary(text * 3))


@by_encoding
def test_what_looks_like_a_special_token_is_text(encoding):
    text = "a <|endoftext|> b<|endofprompt|>"
    counter = TokenCounter(encoding)
    for character in text:
        counter.feed(character)
    assert counter.total == len(encoding.encode_ordinary(text)) > 6


@by_encoding
def test_lone_surrogates_count_as_tiktoken_counts_them(encoding):
    rnd = random.Random(3)
    halves = ["\ud83d", "\ude42", "\ud83d\ude42", "a", " ", "é", "!\n", "🙂"]
    for _ in range(300):
        text = "".join(rnd.choice(halves) for _ in range(rnd.choice((3, 30, 400))))
        counter, seen = TokenCounter(encoding), ""
        for piece in cut(text, rnd, 9):
            counter.feed(piece)
            seen += piece
        assert counter.total == len(encoding.encode_ordinary(seen))


def test_more_than_a_million_blanks_do_not_panic():
    counter = TokenCounter()
    counter.feed(" " * 1_000_001)
    counter.feed("x")
    assert counter.total == count_text(" " * 1_000_001 + "x")
    assert counter.exact


@pytest.mark.parametrize("unit", ["word ", "a", "字", "\n", "!?"])
def test_memory_is_bounded_whatever_arrives(unit):
    counter = TokenCounter()
    for _ in range(2_000):
        counter.feed(unit * 4)
    tracemalloc.start()
    for _ in range(4_000):
        counter.feed(unit * 4)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1_000_000
    assert len(counter.pending) < 16_384


def test_a_change_is_negative_where_a_piece_completes_a_longer_token():
    counter = TokenCounter()
    assert [counter.feed(piece) for piece in ("diff", "eren", "t")] == [1, 2, -2]
    assert counter.total == 1


def test_the_change_of_a_long_piece_is_that_of_all_its_slices():
    counter = TokenCounter()
    before = counter.feed("diff")
    long = "erent words" * 4_000
    assert counter.feed(long) == counter.total - before == count_text("diff" + long) - before


def test_settled_tokens_only_grow_and_pending_text_is_what_is_left():
    rnd = random.Random(4)
    text = "".join(PROSE)
    counter, before = TokenCounter(), 0
    for piece in cut(text, rnd, 7):
        counter.feed(piece)
        assert counter.settled >= before
        before = counter.settled
        assert text.find(counter.pending) >= 0
        assert counter.settled + count_text(counter.pending) == counter.total


def test_counters_are_independent():
    first, second = TokenCounter(), TokenCounter()
    first.feed("Hello ")
    assert second.total == 0
    second.feed("world")
    assert (first.total, second.total) == (count_text("Hello "), 1)


def test_an_empty_piece_changes_nothing():
    counter = TokenCounter()
    assert counter.feed("") == 0
    counter.feed("a")
    assert counter.feed("") == 0
    assert counter.total == 1


def test_a_counter_takes_whatever_counts():
    assert TokenCounter("gpt-4o").name == "o200k_base"
    assert TokenCounter("cl100k_base").name == "cl100k_base"
    assert TokenCounter(ENCODINGS[1]).name == "cl100k_base"
    words = TokenCounter(lambda text: len(text.split()))
    words.feed("a b")
    words.feed("c d")
    assert words.total == 3


def test_a_counter_keeps_little():
    counter = TokenCounter()
    counter.feed("Hello world")
    assert sys.getsizeof(counter) < 200
    assert not hasattr(counter, "__dict__")
