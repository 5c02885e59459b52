"""Encoding a text as it arrives: tokens come once they are final, and all of them come."""

from __future__ import annotations

import random
import time

import pytest
from conftest import LONG
from token_texts import PROSE, RUNS, cut, random_text, run_text

from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.token_settler import TokenSettler
from rx_stream.core.tokens.vocabulary import encoding_of

ENCODINGS = [encoding_of("o200k_base"), encoding_of("cl100k_base")]
by_encoding = pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding.name)


def settler(name: str = "o200k_base") -> TokenSettler:
    return TokenSettler(pieces_of(encoding_of(name)))


def settled(core: TokenSettler, pieces: list[str]) -> list[int]:
    return [*(token for piece in pieces for token in core.feed(piece)), *core.flush()]


@by_encoding
def test_all_tokens_together_are_the_encoding_of_random_texts(encoding) -> None:
    rnd = random.Random(1)
    core = settler(encoding.name)
    for _ in range(5_000 if LONG else 250):
        text = random_text(rnd)
        pieces = cut(text, rnd, rnd.choice((1, 5, 60)))
        assert settled(core, pieces) == encoding.encode_ordinary(text), repr(text)
        assert core.exact


@by_encoding
def test_all_tokens_together_are_the_encoding_of_long_runs(encoding) -> None:
    rnd = random.Random(2)
    for _ in range(600 if LONG else 25):
        text = run_text(rnd)
        core = settler(encoding.name)
        tokens = settled(core, cut(text, rnd, rnd.choice((3, 60, 700))))
        assert tokens == encoding.encode_ordinary(text) or not core.exact, repr(text[:60])


@by_encoding
@pytest.mark.parametrize("unit", RUNS)
def test_a_run_of_one_thing_is_encoded_exactly(encoding, unit: str) -> None:
    text = unit * (2_000 // len(unit))
    core = settler(encoding.name)
    assert settled(core, cut(text, random.Random(3), 40)) == encoding.encode_ordinary(text)
    assert core.exact


def test_what_came_out_is_never_taken_back() -> None:
    text = "".join(PROSE) * 2
    core, seen = settler(), []
    whole = encoding_of().encode_ordinary(text)
    for piece in cut(text, random.Random(4), 9):
        seen += core.feed(piece)
        assert seen == whole[: len(seen)]


def test_of_prose_all_but_a_word_is_final() -> None:
    text = PROSE[0] * 4
    core, seen = settler(), []
    for at, character in enumerate(text):
        seen += core.feed(character)
        held = len(text[: at + 1].encode()) - len(encoding_of().decode_bytes(seen))
        assert held <= 24


def test_a_token_comes_with_the_blank_that_ends_it() -> None:
    core = settler()
    assert core.feed("kett") == core.feed("le") == []
    assert core.feed(" ") == encoding_of().encode_ordinary("kettle")


def test_after_the_end_it_is_as_new() -> None:
    core = settler()
    assert settled(core, ["incompre"]) + settled(core, ["hensible"]) == (
        encoding_of().encode_ordinary("incompre") + encoding_of().encode_ordinary("hensible")
    )
    assert core.flush() == []


def test_no_text_gives_no_tokens() -> None:
    assert settled(settler(), ["", ""]) == []


@pytest.mark.parametrize("unit", ["a", "字", "=", " ", "\n", "🙂", "'"])
def test_a_run_is_held_up_to_a_bound_only(unit: str) -> None:
    core = settler()
    for _ in range(3_000):
        core.feed(unit)
    for _ in range(3_000):
        core.feed(unit)
        assert core._size < 2_500
    assert core.exact


@pytest.mark.parametrize("unit", ["a", "=", "字", " ", "\n", "ab "])
def test_the_cost_is_linear(unit: str) -> None:
    def seconds(size: int) -> float:
        core, begin = settler(), time.process_time()
        for _ in range(size):
            core.feed(unit)
        core.flush()
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(24_000) < 12 * max(seconds(6_000), 0.01)


def test_a_text_in_one_piece_of_any_length_does_not_make_the_engine_panic() -> None:
    text = " " * 1_000_001 + "x"
    core = settler()
    tokens = settled(core, [text])
    assert core.exact
    assert encoding_of().decode(tokens) == text
