"""Where the tokens of a text end, as it arrives; and the shares of what only counts."""

from __future__ import annotations

import random

import pytest
import tiktoken
from token_texts import PROSE, cut, random_text, run_text

from rx_stream.core.tokens.text_tokens import CountedTokens, TextTokens, Tokens, tokens_factory
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of

O200K = encoding_of()


def tokens(name: str = "o200k_base") -> TextTokens:
    return TextTokens(pieces_of(encoding_of(name)))


def lengths(core: Tokens, *pieces: str) -> list[int]:
    return [size for piece in pieces for size in core.feed(piece)] + [*core.flush()]


def words(text: str) -> int:
    return len(text.split())


# ------------------------------------------------------------------------- of a vocabulary


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
def test_there_is_a_length_for_each_token_and_they_add_up_to_the_text(name: str) -> None:
    rnd, core = random.Random(1), tokens(name)
    for text in [*PROSE, run_text(rnd, 300).encode(errors="replace").decode()]:
        sizes = lengths(core, *cut(text, rnd, 9))
        assert len(sizes) == len(encoding_of(name).encode_ordinary(text))
        assert sum(sizes) == len(text)


def test_a_token_inside_a_character_has_the_character_and_those_that_go_on_with_it_nothing() -> (
    None
):
    assert lengths(tokens(), "𒀱") == [1] + [0] * (len(O200K.encode_ordinary("𒀱")) - 1)
    assert lengths(tokens(), "a", "𒀱", "b")[-1] == 1


def test_lengths_are_those_of_the_texts_of_the_tokens() -> None:
    text = PROSE[0]
    ends, at = list[str](), 0
    for size in lengths(tokens(), text):
        ends.append(text[at : at + size])
        at += size
    assert ends == [O200K.decode([token]) for token in O200K.encode_ordinary(text)]


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 300])
def test_a_text_by_itself_is_counted_the_short_and_the_long_way(size: int) -> None:
    rnd = random.Random(size)
    for _ in range(40):
        text = ("".join(PROSE) + random_text(rnd))[rnd.randint(0, 60) :][:size]
        assert tokens().count(text) == len(O200K.encode_ordinary(text))


def test_counting_by_itself_leaves_what_has_come_alone() -> None:
    core = tokens()
    core.feed("incompre")
    assert core.count("hensible and more") == len(O200K.encode_ordinary("hensible and more"))
    assert lengths(core, "hensible") == lengths(tokens(), "incomprehensible")


@pytest.mark.parametrize("text", ["one two.three", "ab", "字は、ア", "", "a1b", "'s 's"])
def test_the_first_and_the_last_border_are_places_that_pairs_tell(text: str) -> None:
    core = tokens()
    places = [at for at in range(1, len(text)) if core.is_border(text[at - 1 : at + 1])]
    assert core.first_border(text) == (places[0] if places else None)
    assert core.last_border(text) == (places[-1] if places else None)


@pytest.mark.parametrize("text", [*PROSE, "it's 12:30, isn't it?\n\n  Yes!!\n"])
def test_a_border_is_between_two_tokens_of_the_whole_text(text: str) -> None:
    core, ends, at = tokens(), set[int](), 0
    for size in lengths(core, text):
        at += size
        ends.add(at)
    for place in range(1, len(text)):
        if core.is_border(text[place - 1 : place + 1]):
            assert place in ends


def test_it_says_what_it_is() -> None:
    assert (tokens().name, tokens().whole) == ("o200k_base", True)
    made = CountedTokens(words, "words")
    assert (made.name, made.whole) == ("words", False)


# --------------------------------------------------------------------------- of what counts


@pytest.mark.parametrize("longest", [1, 7, 200])
def test_shares_depend_on_the_text_alone_and_add_up_to_it(longest: int) -> None:
    text = PROSE[0] * 3 + "x" * 200 + " " * 90
    whole = lengths(CountedTokens(words, "words"), text)
    assert sum(whole) == len(text)
    assert lengths(CountedTokens(words, "words"), *cut(text, random.Random(2), longest)) == whole


def test_a_word_has_as_many_shares_as_tokens() -> None:
    assert lengths(CountedTokens(words, "words"), "one two three") == [3, 4, 6]
    assert lengths(CountedTokens(len, "len"), "ab cd") == [1, 1, 1, 1, 1]
    assert lengths(CountedTokens(lambda text: (len(text) + 3) // 4, "quarter"), "abcdefgh") == [
        4,
        4,
    ]


def test_a_word_without_tokens_and_one_with_too_many_has_shares_all_the_same() -> None:
    assert lengths(CountedTokens(lambda text: 0, "none"), "one two") == [3, 4]
    assert lengths(CountedTokens(lambda text: 99, "many"), "one") == [1, 1, 1]


def test_of_what_counts_nothing_is_a_border() -> None:
    core = CountedTokens(words, "words")
    assert not core.is_border("a ")
    assert core.first_border("a b") is None
    assert core.last_border("a b") is None
    assert core.count("a b") == 2


# ------------------------------------------------------------------------- what is made of what


def test_a_name_gives_tokens_of_the_whole_text_and_a_function_shares() -> None:
    assert isinstance(tokens_factory(None, name="t")(), TextTokens)
    assert tokens_factory("gpt-4", name="t")().name == "cl100k_base"
    assert tokens_factory(O200K, name="t")().name == "o200k_base"
    made = tokens_factory(words, name="t")()
    assert isinstance(made, CountedTokens)
    assert made.name == "words"


def test_an_encoding_whose_split_pattern_is_unknown_only_counts() -> None:
    ranks = {bytes([byte]): byte for byte in range(256)}
    own = tiktoken.Encoding("own", pat_str=".", mergeable_ranks=ranks, special_tokens={})
    made = tokens_factory(own, name="t")()
    assert isinstance(made, CountedTokens)
    assert (made.name, made.count("abc")) == ("own", 3)


def test_each_text_has_its_own() -> None:
    make = tokens_factory(None, name="t")
    first, second = make(), make()
    first.feed("incompre")
    assert lengths(second, "hensible") == lengths(tokens(), "hensible")


def test_whoever_asks_is_named_when_it_does_not_count() -> None:
    with pytest.raises(TypeError, match=r"^cut_it: encoding must be .* not 3"):
        tokens_factory(3, name="cut_it")  # type: ignore[arg-type]


def test_a_run_of_blanks_at_which_the_engine_would_panic_is_counted() -> None:
    assert len(O200K.encode_ordinary(" " * 128)) == 1
    assert tokens().count(" " * 1_000_001) == -(-1_000_001 // 128)
