import pytest
from hypothesis import given
from hypothesis import strategies as st
from segmentation import cut, run, seeds, texts

from rx_stream.core.sentences.sentence_merger import SentenceMerger
from rx_stream.core.sentences.sentences import Sentences


def merged(text: str, min_length: int, first_min: int | None = None) -> list[str]:
    return run(lambda: SentenceMerger(Sentences(), min_length, first_min), list(text))


def test_short_sentences_are_joined_to_the_next() -> None:
    assert merged("Hi. Oh. It is late now. Go.", 10) == ["Hi. Oh. It is late now. ", "Go."]


def test_white_space_around_a_sentence_does_not_count() -> None:
    assert merged("Four.     Next one.", 6) == ["Four.     Next one."]
    assert merged("Four.     Next one.", 5) == ["Four.     ", "Next one."]


@given(texts, st.integers(0, 20), seeds)
def test_no_piece_but_the_last_is_shorter(text: str, least: int, seed: int) -> None:
    pieces = run(lambda: SentenceMerger(Sentences(), least, None), cut(text, seed))
    assert all(len(piece.strip()) >= least for piece in pieces[:-1])


@pytest.mark.parametrize(
    ("text", "first_min", "pieces"),
    [
        ("Well, then we go. So.", 4, ["Well, ", "then we go. ", "So."]),
        ("Well, then, we go. So.", 6, ["Well, then, ", "we go. ", "So."]),
        ("It is 12:30 or 1,000; so", 3, ["It is 12:30 or 1,000; ", "so"]),
        ("好的，我们走吧。再见。", 2, ["好的，", "我们走吧。", "再见。"]),
        ("Yes. No, thanks.", 9, ["Yes. ", "No, thanks."]),
        ("  So, yes.", 3, ["  So, ", "yes."]),
        ("He said “so,” and left.", 3, ["He said “so,” ", "and left."]),
    ],
)
def test_the_first_piece_may_end_at_a_clause(text: str, first_min: int, pieces: list[str]) -> None:
    assert merged(text, 0, first_min) == pieces


def test_the_first_piece_need_not_have_the_least_length() -> None:
    assert merged("Hi. It is. We go, all of us.", 12, 2) == ["Hi. ", "It is. We go, all of us."]


def test_the_first_clause_leaves_with_its_space() -> None:
    core = SentenceMerger(Sentences(), 0, 2)
    assert [list(core.feed(c)) for c in "So, x"] == [[], [], [], ["So, "], []]


def test_after_silence_short_sentences_leave_but_unfinished_ones_stay() -> None:
    core = SentenceMerger(Sentences(), 20, None)
    core.feed("Hi. Oh.")
    assert list(core.settle()) == ["Hi. Oh."]
    core.feed(" Now")
    assert list(core.settle()) == []
    early = SentenceMerger(Sentences(), 20, 2)
    assert list(early.feed("So, it")) == ["So, "]
    assert list(early.settle()) == []


def test_a_clause_leads_only_once_and_again_after_a_flush() -> None:
    core = SentenceMerger(Sentences(), 0, 2)
    for _ in range(2):
        assert [*core.feed("So, a, b. No, c."), *core.flush()] == ["So, ", "a, b. ", "No, c."]


def test_white_space_between_sentences_counts_and_before_them_it_does_not() -> None:
    assert merged("Aa. Bb. Cc.", 7) == ["Aa. Bb. ", "Cc."]
    assert merged("Aa. Bb. Cc.", 8) == ["Aa. Bb. Cc."]
    assert merged("   Aa. Bb.", 3) == ["   Aa. ", "Bb."]
    assert merged("   Aa. Bb.", 4) == ["   Aa. Bb."]


@pytest.mark.parametrize(("text", "least"), [("So, yes.", 3), ("A b, yes.", 4), ("  So, yes.", 3)])
def test_a_first_clause_has_just_enough_characters(text: str, least: int) -> None:
    clause, rest = text[: text.index(",") + 2], text[text.index(",") + 2 :]
    assert merged(text, 0, least) == [clause, rest]
    assert merged(text, 0, least + 1) == [text]


def test_silence_before_the_first_text_changes_nothing() -> None:
    core = SentenceMerger(Sentences(), 0, 2)
    assert list(core.settle()) == []
    assert list(core.feed("So, it")) == ["So, "]


def test_after_silence_a_short_first_sentence_leaves_if_nothing_follows_it() -> None:
    core = SentenceMerger(Sentences(), 20, 15)
    core.feed("Hi.\n")
    assert list(core.settle()) == ["Hi.\n"]
    begun = SentenceMerger(Sentences(), 20, 15)
    begun.feed("Hi. Now")
    assert list(begun.settle()) == []


def test_what_is_drained_counts_for_the_length_of_its_piece() -> None:
    core = SentenceMerger(Sentences(), 20, None)
    assert list(core.feed("Hi. Now")) == []
    assert core.drain() == "Hi. Now"
    assert list(core.settle()) == []
    assert list(core.feed(" it was long ago. X")) == [" it was long ago. "]
