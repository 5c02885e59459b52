from __future__ import annotations

import random

import pytest
from token_texts import PROSE, cut

from rx_stream import StreamChunk, TokenCounter
from rx_stream.core.tokens.token_cost import TokenCost
from rx_stream.core.tokens.token_counter import count_text


@pytest.mark.parametrize("text", PROSE)
def test_costs_are_never_negative_and_add_up_to_the_text(text: str) -> None:
    cost = TokenCost(TokenCounter)
    costs = [cost.of(piece) for piece in cut(text, random.Random(1), 6)]
    assert all(each is not None and each >= 0 for each in costs)
    # A piece may complete a longer token: what was paid stays paid.
    assert 0 <= sum(filter(None, costs)) - count_text(text.rstrip(" ")) <= 3


def test_the_blank_behind_a_word_is_counted_with_the_next() -> None:
    cost = TokenCost(TokenCounter)
    assert [cost.of(word) for word in ("The ", "quick ", " ", "  ", "fox")] == [1, 1, 0, 0, 2]


def test_what_a_chunk_says_of_itself_is_taken() -> None:
    cost = TokenCost(TokenCounter)
    assert cost.of(StreamChunk("many words are here", 2)) == 2
    assert cost.of(StreamChunk("", 7)) == 7
    assert cost.of(StreamChunk("odd", -1)) == 0


def test_what_has_no_text_costs_nothing_and_what_is_no_text_has_no_cost() -> None:
    cost = TokenCost(TokenCounter)
    assert cost.of("") == cost.of(StreamChunk("")) == 0
    assert cost.of(3) is None
    assert cost.of(StreamChunk(" word")) == 1


def test_every_choice_is_counted_as_a_text_of_its_own() -> None:
    def costs(choices: list[int], pieces: list[str]) -> list[int | None]:
        cost = TokenCost(TokenCounter)
        chunks = [StreamChunk(p, metadata={"choice": c}) for p in pieces for c in choices]
        return [cost.of(chunk) for chunk in chunks]

    pieces = ["diff", "er", "ent", "iate ", " ", "them"]
    alone = costs([0], pieces)
    assert costs([0, 1], pieces) == [each for each in alone for _ in range(2)]
    assert costs([7, 0, 3], pieces) == [each for each in alone for _ in range(3)]


def test_strings_are_of_the_first_choice() -> None:
    cost = TokenCost(TokenCounter)
    other = StreamChunk("Hel", metadata={"choice": 1})
    assert [cost.of("Hel"), cost.of(other), cost.of("lo"), cost.of(" you")] == [1, 1, 0, 1]
