from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from segmentation import in_every_way, run

from rx_stream.core.text.word_classes import CLASSES
from rx_stream.core.text.words import Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one two ", ["one ", "two "]),
        ("one  two", ["one ", " two"]),
        ("  one", ["  one"]),
        ("end.\n\nNew ", ["end.\n", "\nNew "]),
        ("a\tb\r\nc\rd", ["a\t", "b\r\n", "c\r", "d"]),
        ("a\r\tb", ["a\r", "\tb"]),
        ("a \nb", ["a ", "\nb"]),
        ("a\u3000b\u200bc\u2003d", ["a\u3000", "b\u200b", "c\u2003", "d"]),
        ("10\u00a0000\u202f€ km", ["10\u00a0000\u202f€ ", "km"]),
        ("well-known (e.g. 3.14) ", ["well-known ", "(e.g. ", "3.14) "]),
        ("[x](y) https://a.b/c?d", ["[x](y) ", "https://a.b/c?d"]),
        ("我用Python写代码。", ["我", "用", "Python", "写", "代", "码。"]),
        ("「はい」と、", ["「は", "い」", "と、"]),
        ("人々がスーパーへ", ["人々", "が", "スーパー", "へ"]),
        ("ສະບາຍ", ["ສ", "ະ", "ບ", "າ", "ຍ"]),
        ("f(x) 值(x)", ["f(x) ", "值", "(x)"]),
        ("안녕 세계", ["안녕 ", "세계"]),
        ("ខ្មែរ ក្ក", ["ខ្មែ", "រ ", "ក្ក"]),
        ("្ក ខ", ["្ក ", "ខ"]),
        ("नमस्ते दुनिया", ["नमस्ते ", "दुनिया"]),
        ("你好.", ["你", "好."]),
        ("字..a", ["字..", "a"]),
        ("abc、def", ["abc、", "def"]),
        ("字「『言", ["字", "「『言"]),
        ("abc「字", ["abc", "「字"]),
        ("字.(a", ["字.", "(a"]),
        ("abc(「字", ["abc(「字"]),
        ("(\u0301字", ["(\u0301字"]),
        ("ក្.a", ["ក្.", "a"]),
    ],
)
def test_words_are_what_a_reader_sees_appear(text: str, words: list[str]) -> None:
    assert all(pieces == words for pieces in in_every_way(Words, text))


def test_a_word_leaves_with_the_white_space_itself() -> None:
    core = Words()
    assert [list(core.feed(c)) for c in "ab \tc "] == [[], [], ["ab "], [], [], ["\tc "]]


def test_a_carriage_return_waits_one_character() -> None:
    core = Words()
    assert list(core.feed("a\r")) == []
    assert list(core.feed("\nb")) == ["a\r\n"]
    assert list(core.feed("\r")) == []
    assert list(core.feed("c")) == ["b\r"]


def test_plain_text_before_a_script_without_spaces_is_not_forgotten() -> None:
    for text, words in (
        ("abc你", ["abc", "你"]),
        ("(你", ["(你"]),
        ("你(a 好", ["你", "(a ", "好"]),
    ):
        assert all(pieces == words for pieces in in_every_way(Words, text))


@given(st.text("ab \n\t"))
def test_no_word_but_the_last_is_only_white_space(text: str) -> None:
    words = run(Words, list(text))
    assert all(word.strip() for word in words[:-1])
    assert all(word[-1].isspace() for word in words[:-1])


def test_after_silence_an_unfinished_word_is_given_away() -> None:
    core = Words()
    assert list(core.feed("one tw")) == ["one "]
    assert list(core.settle()) == ["tw"]
    assert list(core.feed("o three ")) == ["o ", "three "]
    assert list(core.settle()) == []


def test_what_is_drained_does_not_come_again_and_is_still_known() -> None:
    core = Words()
    core.feed("abc")
    assert core.drain() == "abc"
    assert list(core.feed("你 ")) == ["", "你 "]
    core.feed("de")
    assert core.drain() == "de"
    assert list(core.feed(" f")) == [" "]


@pytest.mark.parametrize(
    ("character", "kind"),
    [
        *[("\u00a0", "w"), ("a", "w"), ("👍", "w"), ("한", "w"), (" ", "S"), ("\u200b", "S")],
        *[
            ("漢", "I"),
            ("ひ", "I"),
            ("ก", "I"),
            ("カ", "K"),
            ("ー", "K"),
            ("々", "X"),
            ("\u0301", "X"),
        ],
        *[
            ("「", "O"),
            ("ไ", "O"),
            ("(", "o"),
            ("。", "C"),
            (".", "p"),
            ("။", "p"),
            ("\u17d2", "J"),
        ],
    ],
)
def test_characters_have_the_class_that_decides_where_words_break(
    character: str, kind: str
) -> None:
    assert CLASSES[character] == kind


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        (["one", " two", " three"], ["one ", "two ", "three"]),
        (["a b", "字"], ["a ", "b", "字"]),
        (["x a.", "字"], ["x ", "a.", "字"]),
        (["a", ",", "字"], ["a,", "字"]),
        (["(", "a", "字"], ["(a", "字"]),
        ([" ", " one"], ["  one"]),
        (["字", "a", " b"], ["字", "a ", "b"]),
        (["a b c", " d"], ["a ", "b ", "c ", "d"]),
        (["x a", ".", "字"], ["x ", "a.", "字"]),
    ],
)
def test_the_tokens_of_a_model_give_the_words_of_the_text(
    chunks: list[str], words: list[str]
) -> None:
    assert run(Words, chunks) == words
    assert run(Words, ["".join(chunks)]) == words


def test_after_the_end_white_space_leads_the_next_word_again() -> None:
    core = Words()
    for _ in range(2):
        got = [*core.feed("one two"), *core.flush()]
        assert got == ["one ", "two"]
        assert list(core.feed(" ")) == []
        assert list(core.feed("x ")) == [" x "]


def test_what_is_drained_still_tells_where_a_script_without_spaces_breaks() -> None:
    core = Words()
    for drained, more in (("ab", "c"), ("(", "a"), ("a", "("), ("(", "a.")):
        whole = run(Words, [drained + more + "字"])
        assert list(core.feed(drained)) == []
        assert core.drain() == drained
        got = [*(word for c in more + "字" for word in core.feed(c)), *core.flush()]
        assert [drained + got[0], *got[1:]] == whole


def test_plain_chunks_before_a_script_without_spaces_break_as_single_characters_do() -> None:
    for some in product("a(.) ", repeat=4):
        text = "x " + "".join(some) + "字a"
        letters = run(Words, list(text))
        for cut in range(3, len(text)):
            assert run(Words, [text[:cut], text[cut:]]) == letters
            assert run(Words, [text[:3], text[3:cut], text[cut:]]) == letters
