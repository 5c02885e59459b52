"""A vocabulary made to defeat the proofs: what cannot be proven is said, never guessed silently."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import tiktoken
from token_texts import cut

from rx_stream import TokenCounter
from rx_stream.core.tokens.token_pieces import TokenPieces
from rx_stream.core.tokens.token_settler import TokenSettler
from rx_stream.core.tokens.vocabulary import encoding_of


def doubling(longest: int) -> tiktoken.Encoding:
    """Return an encoding whose tokens are runs of 1, 2, 4 … letters: each merge reaches far."""
    ranks = {bytes([byte]): byte for byte in range(256)}
    size = 2
    while size <= longest:
        ranks[b"a" * size] = len(ranks)
        size *= 2
    pattern = encoding_of("o200k_base")._pat_str
    return tiktoken.Encoding("doubling", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


@pytest.mark.parametrize("longest", [2, 64, 128, 4096, 1 << 15])
@pytest.mark.parametrize("piece", [1, 7, 300, 20_000])
def test_a_count_is_right_or_says_that_it_may_not_be(longest: int, piece: int) -> None:
    encoding = doubling(longest)
    counter = TokenCounter(encoding)
    text = "a" * 40_000
    for start in range(0, len(text), piece):
        counter.feed(text[start : start + piece])
        seen = text[: start + piece]
        if counter.exact and start % 1_000 < piece:
            assert counter.total == len(encoding.encode_ordinary(seen)), len(seen)
    if longest <= 64:
        assert counter.exact
    if longest == 1 << 15 and piece <= 300:
        assert not counter.exact


@pytest.mark.parametrize("longest", [2, 64, 128, 1 << 15])
def test_a_run_of_tokens_is_right_or_says_that_it_may_not_be(longest: int) -> None:
    encoding = doubling(longest)
    settler = TokenSettler(TokenPieces(encoding))
    text = "a" * 40_000 + " b"
    ids = [token for piece in cut(text, random.Random(1), 700) for token in settler.feed(piece)]
    ids += settler.flush()
    assert encoding.decode(ids) == text
    assert (ids == encoding.encode_ordinary(text)) >= settler.exact
    assert settler.exact is (longest <= 128)


@pytest.mark.parametrize("make", [TokenCounter, lambda e: TokenSettler(TokenPieces(e))])
def test_what_is_held_of_an_unprovable_run_is_bounded(
    make: Callable[[tiktoken.Encoding], TokenCounter | TokenSettler],
) -> None:
    core = make(doubling(1 << 15))
    for _ in range(400):
        core.feed("a" * 250)
        held = core.pending if isinstance(core, TokenCounter) else "".join(core._held)
        assert len(held) <= 2 * 16_384
    assert not core.exact


def test_a_run_without_a_place_to_cut_is_cut_at_the_bound_and_that_is_said() -> None:
    counter = TokenCounter(doubling(1 << 15))
    counter.feed("a" * 16_384)
    assert (counter.total, counter.exact) == (1, True)
    counter.feed("a" * 16_384)
    assert (counter.total, counter.exact) == (2, False)  # One token of 32,768 letters.
    assert len(counter.pending) <= 16_384


def test_a_run_of_tokens_without_a_place_to_cut_is_cut_at_the_bound() -> None:
    encoding = doubling(1 << 15)
    settler = TokenSettler(TokenPieces(encoding))
    half = encoding.encode_ordinary("a" * 16_384)
    assert settler.feed("a" * 16_384) == []
    assert settler.exact
    assert settler.feed("a" * 16_384) == half
    assert not settler.exact
    assert settler.flush() == half


def test_where_two_engines_split_a_text_differently_nothing_is_settled_by_guessing() -> None:
    pieces = TokenPieces(doubling(2))
    pieces.pattern = "(?s)."  # As if a newer Unicode table took letters for something else.
    counter = TokenCounter.of(pieces)
    for _ in range(100):
        counter.feed("a" * 99)
    assert (counter.total, counter.exact) == (99 * 50, True)
    assert counter.settled == 0
