"""Places where a chunk may end: noted in order, found by level, dropped once passed."""

from __future__ import annotations

import random

import pytest
from token_texts import PROSE, cut

from rx_stream.core.chunking.chunk_rulers import Heading, LineRuler, Marks, Place, UnitRuler
from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.text.graphemes import CodePoints


def marks(*tracks: list[Place]) -> Marks:
    made = Marks()
    for places in tracks:
        made.track().extend(places)
    return made


# ------------------------------------------------------------------------------------- marks


def test_places_are_found_above_a_low_one_and_up_to_a_high_one() -> None:
    made = marks([Place(at, 5) for at in (1, 3, 5, 7)])
    assert made.between(1, 5) == {5: [3, 5]}
    assert made.between(7, 99) == {}
    assert made.between(0, 0) == {}


def test_places_of_all_tracks_are_found_by_level() -> None:
    made = marks([Place(2, 5), Place(4, 9)], [Place(3, 5)])
    assert made.between(0, 9) == {5: [2, 3], 9: [4]}


def test_a_track_may_note_places_before_those_of_another() -> None:
    assert marks([Place(5, 1), Place(7, 1)], [Place(1, 2), Place(4, 2)]).between(3, 9) == {
        1: [5, 7],
        2: [4],
    }


def test_two_places_of_one_track_at_one_point_are_both_found() -> None:
    assert marks([Place(2, 5), Place(2, 9)]).between(1, 2) == {5: [2], 9: [2]}


def test_only_what_is_behind_a_place_is_kept() -> None:
    made = marks([Place(1, 5), Place(2, 5), Place(3, 5)])
    made.protected = [(0, 1), (0, 2), (1, 4)]
    made.forget(2)
    assert made.between(-1, 9) == {5: [3]}
    assert made.protected == [(1, 4)]


def test_the_ends_of_what_is_protected_are_not_inside_it() -> None:
    made = marks()
    made.protected = [(2, 5)]
    assert [at for at in range(9) if made.is_protected(at)] == [3, 4]


def test_a_path_holds_from_its_heading_on() -> None:
    made = marks()
    made.paths += [Heading(4, ("A",)), Heading(8, ("A", "B"))]
    found = [made.path_at(at, 99) for at in (0, 3, 4, 7, 8, 50)]
    assert found == [(), (), ("A",), ("A",), ("A", "B"), ("A", "B")]


def test_a_path_that_is_still_above_a_place_is_not_forgotten() -> None:
    made = marks()
    made.paths += [Heading(4, ("A",)), Heading(8, ("B",))]
    made.forget(7)
    assert made.path_at(7, 99) == ("A",)
    made.forget(8)
    assert made.paths == [Heading(8, ("B",))]


def test_headings_right_below_each_other_count_as_one_up_to_the_end_of_a_chunk() -> None:
    made = marks()
    below = [Heading(5, ("A", "B"), below=True), Heading(9, ("A", "B", "C"), below=True)]
    made.paths += [Heading(0, ("A",)), *below, Heading(20, ("D",))]
    assert [made.path_at(0, end) for end in (5, 6, 10, 99)] == [
        ("A",),
        ("A", "B"),
        ("A", "B", "C"),
        ("A", "B", "C"),
    ]


# --------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize("longest", [1, 9, 1_000])
def test_the_ends_of_the_pieces_of_a_core_are_places(longest: int) -> None:
    text = PROSE[0] * 3
    made = Marks()
    ruler = UnitRuler(Sentences("en"), 6, made)
    for piece in cut(text, random.Random(1), longest):
        ruler.feed(piece)
    ruler.flush()
    core = Sentences("en")
    pieces = [*core.feed(text), *core.flush()]
    ends = [sum(map(len, pieces[: i + 1])) for i in range(len(pieces))]
    assert made.between(0, len(text)) == {6: ends}
    assert ruler.known == len(text)


def test_all_is_known_up_to_the_last_end_of_a_piece() -> None:
    ruler = UnitRuler(Sentences("en"), 6, Marks())
    ruler.feed("One two. Three four")
    assert ruler.known == len("One two. ")


def test_a_piece_that_is_too_long_is_taken_for_two_wherever_it_was_cut() -> None:
    text = "word " * 40_000
    known: list[list[int]] = []
    for size in (7_001, 65_536, len(text)):
        made = Marks()
        ruler = UnitRuler(Sentences("en"), 6, made)
        for start in range(0, len(text), size):
            ruler.feed(text[start : start + size])
        known.append(made.between(0, len(text))[6])
    assert known[0] == known[1] == known[2] == [65_536, 131_072, 196_608]


def test_pieces_that_come_at_once_leave_nothing_unknown() -> None:
    ruler = UnitRuler(CodePoints(), 2, Marks())
    ruler.feed("abc")
    assert ruler.known == 3


# ------------------------------------------------------------------------------------- lines


def judged(*pieces: str) -> list[tuple[int, str]]:
    """Return what a judge is called with, its last call without text included."""
    seen: list[tuple[int, str]] = []

    def judge(at: int, line: str) -> int:
        seen.append((at, line))
        return at + len(line)

    ruler = LineRuler(judge)
    for piece in pieces:
        ruler.feed(piece)
        assert ruler.known == sum(len(line) for _, line in seen)
    ruler.flush()
    return seen


@pytest.mark.parametrize("longest", [1, 3, 50])
def test_a_judge_gets_whole_lines_with_their_places(longest: int) -> None:
    text = "one\n\ntwo\r\nthree"
    expected = [(0, "one\n"), (4, "\n"), (5, "two\r\n"), (10, "three"), (15, "")]
    assert judged(*cut(text, random.Random(longest), longest)) == expected


def test_at_the_end_a_judge_is_called_without_text() -> None:
    assert judged() == [(0, "")]
    assert judged("one\n") == [(0, "one\n"), (4, "")]


def test_a_line_that_is_too_long_is_taken_for_two_wherever_it_was_cut() -> None:
    text = "x" * 100_000 + "\ny"
    expected = [(0, 65_536), (65_536, 34_465), (100_001, 1), (100_002, 0)]
    for size in (999, 65_536, len(text)):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert [(at, len(line)) for at, line in judged(*pieces)] == expected


def test_a_line_of_exactly_the_longest_size_is_one() -> None:
    assert [len(line) for _, line in judged("x" * 65_535 + "\n" + "y\n")] == [65_536, 2, 0]


@pytest.mark.parametrize("size", [999, 65_000, 70_000, 100_000])
def test_a_line_is_too_long_by_its_own_size_whatever_is_around_it(size: int) -> None:
    text = "ab\n" + "x" * 65_540 + "\n" + "y" * 65_535 + "\nz"
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert [len(line) for _, line in judged(*pieces)] == [3, 65_536, 5, 65_536, 1, 0]
