import subprocess
import sys
from collections.abc import Iterator

import pytest
import regex
from segmentation import cut, in_every_way, run

from rx_stream.core.text import graphemes
from rx_stream.core.text.graphemes import CodePoints, Graphemes, first_grapheme, split_graphemes


@pytest.mark.parametrize(
    "character",
    [
        "👩\u200d👩\u200d👧\u200d👦",
        "🇫🇷",
        "👍🏽",
        "e\u0301",
        "\r\n",
        "한",
        "\u1112\u1161\u11ab",
        "क्षि",
        "กำ",
        "✊🏾",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
)
def test_what_a_reader_sees_as_one_character_is_one_piece(character: str) -> None:
    for pieces in in_every_way(Graphemes, f"a{character}b{character}"):
        assert pieces == ["a", character, "b", character]


def test_a_character_comes_with_the_next_code_point() -> None:
    core = Graphemes()
    assert [core.feed(code) for code in "ae\u0301b"] == [[], ["a"], [], ["e\u0301"]]


@pytest.mark.parametrize("blank", [" ", "\u00a0"])
def test_a_mark_joins_a_space_before_it(blank: str) -> None:
    for text in (f"a{blank}\u0301b", f"e\u0301{blank}\u0301b"):
        for pieces in in_every_way(Graphemes, text):
            assert pieces == [text[:-3], text[-3:-1], "b"]


@pytest.mark.parametrize(
    "end",
    [*"\n\t\x00\x7f\x85\xad\u061c\u180e\u200b\u200e\u2028\u2029\u202e\u2060\u206f\ufeff\ufff9"],
)
def test_nothing_waits_behind_a_newline_or_control_character(end: str) -> None:
    core = Graphemes()
    assert list(core.feed("a" + end)) == ["a", end]
    assert list(core.flush()) == []


def test_a_carriage_return_waits_one_character_for_its_line_feed() -> None:
    core = Graphemes()
    assert list(core.feed("a\r")) == ["a"]
    assert list(core.feed("\nb")) == ["\r\n"]
    assert list(core.feed("\r")) == ["b"]
    assert list(core.feed("c")) == ["\r"]
    assert list(core.feed("\r")) == ["c"]
    assert list(core.feed("\n")) == ["\r\n"]


def test_flags_pair_from_the_left_however_they_are_cut() -> None:
    for pieces in in_every_way(Graphemes, "🇫🇷🇩🇪🇯"):
        assert pieces == ["🇫🇷", "🇩🇪", "🇯"]


def test_after_silence_the_last_character_is_taken_as_complete() -> None:
    core = Graphemes()
    core.feed("ab")
    assert list(core.settle()) == ["b"]
    assert list(core.feed("c")) == []
    assert list(core.flush()) == ["c"]


@pytest.mark.parametrize("following", [*"a \n字あ가éЖ。"])
def test_behind_a_very_long_cluster_plain_text_does_not_wait(following: str) -> None:
    core = Graphemes()
    cluster = "x" + "\u0301" * 300
    assert [*core.feed(cluster), *core.feed("\u0301")] == []
    assert core.feed(following)[0] == cluster + "\u0301"


def test_a_very_long_cluster_stays_whole() -> None:
    text = "x" + "\u0301" * 3000 + "y"
    assert run(Graphemes, list(text)) == [text[:-1], "y"]
    assert run(Graphemes, cut(text, 3)) == [text[:-1], "y"]


def test_the_end_of_a_very_long_cluster_is_seen_at_once_in_plain_text() -> None:
    for plain in " y~":
        core = Graphemes()
        for code in "x" + "\u0301" * 1000:
            core.feed(code)
        assert [len(piece) for piece in core.feed(plain)] == [1001]


def test_a_cluster_without_end_is_only_looked_at_again_once_it_has_doubled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    segmented = 0
    segment = graphemes._iter_graphemes()

    def counting(text: str) -> Iterator[str]:
        nonlocal segmented
        segmented += len(text)
        # Each length up to 256, then 512, 1024, ...: not each up to 20,000.
        assert segmented < 100_000
        return segment(text)

    monkeypatch.setattr(graphemes, "_iter_graphemes", lambda: counting)
    core = Graphemes()
    for code in "x" + "\u0301" * 20_000:
        assert not core.feed(code)


def test_the_end_of_a_very_long_cluster_is_seen_in_any_text_once_as_much_again_has_come() -> None:
    core = Graphemes()
    for code in "x" + "\u0301" * 300:
        core.feed(code)
    sent = [piece for _ in range(310) for piece in core.feed("\u03b1")]
    assert (len(sent[0]), set(sent[1:])) == (301, {"\u03b1"})


def test_code_points_come_at_once() -> None:
    core = CodePoints()
    assert list(core.feed("e\u0301👩")) == ["e", "\u0301", "👩"]
    assert list(core.flush()) == []


def test_the_signs_of_the_short_way_never_join() -> None:
    simple = [chr(c) for c in range(0x3000) if not graphemes._needs_segmenter(chr(c))]
    assert len(simple) > 2000
    closed = regex.compile(r"[\p{GCB=Other}\p{GCB=LV}\p{GCB=LVT}\t\n]")
    assert [c for c in simple if not closed.match(c)] == []


def test_whole_texts_are_split_alike() -> None:
    text = "a👍🏽\r\ne\u0301"
    assert split_graphemes(text) == ["a", "👍🏽", "\r\n", "e\u0301"]
    assert first_grapheme(text[1:]) == "👍🏽"


def test_plain_text_does_not_load_the_segmenter() -> None:
    code = (
        "import sys; from rx_stream.core.text.graphemes import Graphemes; g = Graphemes();"
        "g.feed('plain text'); g.flush(); assert 'wcwidth' not in sys.modules;"
        "from rx_stream.core.text.words import Words; w = Words(); w.feed('plain text');"
        "assert 'regex' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
