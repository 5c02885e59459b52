import pytest
from hypothesis import given
from hypothesis import strategies as st
from segmentation import break_test_file, cost_growth, cut, in_every_way, run, seeds

from rx_stream.core.text.uax29_words import Uax29Words, load_segmenter


@pytest.fixture(scope="module")
def segment(need_module):
    need_module("unicode_segmentation_rs")
    return load_segmenter()


def test_every_line_of_the_unicode_word_file_holds_in_every_way(segment, shared) -> None:
    lines = list(break_test_file(shared / "unicode" / "WordBreakTest-17.0.0.txt"))
    assert len(lines) == 1944
    for parts in lines:
        ways = in_every_way(lambda: Uax29Words(segment), "".join(parts))
        assert all(pieces == parts for pieces in ways)


@given(
    st.lists(st.sampled_from([*"a'b.1,2:\"א_ \r\nカ漢", "🇫", "👩", "\u200d", "\u0301", "\xad"])),
    st.sampled_from(["a", "\u0301", "1", "カ", " ", "👩\u200d", "a\u0301", "\xad", "'"]),
    st.integers(0, 100),
    seeds,
)
def test_any_cutting_gives_the_segments_of_the_whole(
    segment, before: list[str], filling: str, count: int, seed: int
) -> None:
    text = "".join(before) + filling * count + "".join(reversed(before))
    for way in (list(text), cut(text, seed)):
        assert run(lambda: Uax29Words(segment), way) == segment(text)


@pytest.mark.parametrize("end", ["'aa\"", "'a.", "1.2,", "'a'"])
def test_a_long_word_with_a_mark_near_its_end_is_one_word(segment, end: str) -> None:
    text = f"{'a' * 70}{end}a b"
    for size in (1, 2, 3, 71, 72, 73, 74, 75):
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        assert run(lambda: Uax29Words(segment), pieces) == segment(text)


@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDFFF)])
def test_half_a_character_is_cut_like_one_that_nobody_knows_and_kept(segment, half: str) -> None:
    text = f"ab c{half}d {half}{half} e{half}"
    parts = segment(text.replace(half, "\ufffd"))
    expected = [part.replace("\ufffd", half) for part in parts]
    for way in in_every_way(lambda: Uax29Words(segment), text):
        assert way == expected


def test_a_joiner_after_very_many_marks_still_joins(segment) -> None:
    text = "👩" + "\u0301" * 70 + "\u200d👩 b"
    assert segment(text) == [text[:-2], " ", "b"]
    for pieces in (list(text), [text[:72], text[72:]]):
        assert run(lambda: Uax29Words(segment), pieces) == segment(text)


@pytest.mark.parametrize("filling", ["x", "\u0301", "x'", "x\u0301\u0301\u0301\u0301"])
def test_of_a_segment_without_end_only_a_short_stand_in_is_segmented_again(
    segment, filling: str
) -> None:
    longest = 0

    def watched(text: str) -> list[str]:
        nonlocal longest
        longest = max(longest, len(text))
        return segment(text)

    core = Uax29Words(watched)
    for code in filling * 300:
        assert not core.feed(code)
    assert longest < 80
    for more in ("", filling[0]):
        core = Uax29Words(watched)
        core.feed(filling * 300 + more)
        longest = 0
        core.feed(filling)
        assert longest < 40


@pytest.mark.parametrize("filling", ["x", "\u0301", "1.", " ", "👩\u200d", "🇫🇷", "x'"])
def test_the_cost_of_a_character_does_not_grow(segment, filling: str) -> None:
    assert cost_growth(lambda: Uax29Words(segment), filling, 4_000, 40_000) < 2.5


def test_a_mark_with_more_than_marks_behind_it_joins_nothing(segment) -> None:
    text = "\u200d." + "\u200d👩" * 40 + "a"
    assert run(lambda: Uax29Words(segment), list(text)) == segment(text)


def test_after_silence_what_is_held_leaves(segment) -> None:
    core = Uax29Words(segment)
    assert list(core.feed("a can'")) == ["a", " "]
    assert list(core.settle()) == ["can", "'"]
