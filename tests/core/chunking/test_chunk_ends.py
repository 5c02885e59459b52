"""Where a chunk ends: at the best place up to which it fits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rx_stream.core.chunking.chunk_ends import ChunkEnds, Limits
from rx_stream.core.chunking.chunk_levels import LADDERS, LINE, SENTENCE, STRUCTURE, Rung
from rx_stream.core.chunking.chunk_rulers import Marks, Place
from rx_stream.core.chunking.chunk_window import ChunkWindow
from rx_stream.core.tokens.text_tokens import TextTokens, Tokens, tokens_factory
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of

O200K = encoding_of()


class Found:
    """A text and where its next chunk ends."""

    def __init__(
        self,
        text: str,
        most: int,
        *,
        overlap: int = 0,
        least: int = 0,
        ladder: Sequence[Rung] | None = (),
        places: Sequence[tuple[str, int]] = (),
        protected: str = "",
        structured: bool = False,
        tokens: Tokens | None = None,
    ) -> None:
        self.text, marks = text, Marks()
        self.window = ChunkWindow(tokens or TextTokens(pieces_of(O200K)))
        self.window.feed(text)
        self.window.end()
        at = [Place(text.index(mark) + len(mark), level) for mark, level in places]
        marks.track().extend(sorted(at))
        if protected:
            start = text.index(protected)
            marks.protected.append((start, start + len(protected)))
        limits = Limits(most, overlap, least)
        self.ends = ChunkEnds(self.window, limits, marks, ladder, structured=structured)

    def next(self) -> str:
        """Return the next chunk."""
        end, tokens = self.ends.find()
        chunk = self.window.slice(self.window.start, end)
        assert tokens == len(O200K.encode_ordinary(chunk))
        self.window.begin(end, end)
        return chunk


WORDS = "one two three four five six seven"


def test_what_fits_is_one_chunk_even_where_it_could_be_cut() -> None:
    text = "One.\n\nTwo."
    assert Found(text, 9, ladder=LADDERS["recursive"]).next() == text


def test_without_a_ladder_a_chunk_is_as_full_as_can_be() -> None:
    found = Found(WORDS, 3, ladder=None)
    assert found.ends.at_tokens
    assert [found.next(), found.next(), found.next()] == [
        "one two three",
        " four five six",
        " seven",
    ]


def test_of_the_best_places_the_last_is_taken() -> None:
    found = Found(WORDS, 5, places=[("one", 8), ("two", 9), ("three", 9), ("four", 8)])
    assert found.next() == "one two three"


def test_a_place_behind_what_fits_is_not_taken() -> None:
    found = Found(WORDS, 3, places=[("one", 8), ("four", 20)])
    assert found.next() == "one"


def test_a_place_at_the_very_limit_is_taken() -> None:
    assert Found(WORDS, 3, places=[("one", 8), ("three", 8)]).next() == "one two three"


def test_a_place_where_the_chunk_begins_is_not_taken() -> None:
    found = Found(WORDS, 3, places=[("one", 8)])
    assert [found.next(), found.next()] == ["one", " two three four"]


def test_noted_places_and_seen_ones_of_a_level_count_alike() -> None:
    ladder, places = LADDERS["recursive"], [("five", SENTENCE)]
    found = Found("one two. three four five six", 6, ladder=ladder, places=places)
    assert found.next() == "one two. three four five"
    found = Found("one two. three four five six", 5, ladder=ladder, places=places)
    assert found.next() == "one two. "


def test_a_sentence_in_what_is_protected_is_no_place_but_a_line_is() -> None:
    text = "a b\nc d. e f g h"
    options = {"ladder": LADDERS["recursive"], "protected": text}
    assert Found(text, 6, **options).next() == "a b\n"  # type: ignore[arg-type]


def test_a_chunk_that_is_too_small_goes_on_to_a_worse_place() -> None:
    places = [("one", 9), ("four", 8)]
    assert Found(WORDS, 5, places=places).next() == "one"
    assert Found(WORDS, 5, places=places, least=3).next() == "one two three four"


def test_a_chunk_of_just_the_least_tokens_is_large_enough() -> None:
    places = [("three", 9), ("four", 8)]
    assert Found(WORDS, 5, places=places, least=3).next() == "one two three"
    assert Found(WORDS, 5, places=places, least=4).next() == "one two three four"


def test_a_chunk_that_nothing_makes_large_enough_ends_at_its_best_place() -> None:
    assert Found(WORDS, 5, places=[("one", 9)], least=3).next() == "one"


def test_between_what_has_structure_a_chunk_stays_small_rather_than_go_on() -> None:
    places = [("one", STRUCTURE), ("four", LINE)]
    assert Found(WORDS, 5, places=places, least=3).next() == "one two three four"
    assert Found(WORDS, 5, places=places, least=3, structured=True).next() == "one"


def test_between_what_has_structure_every_level_of_structure_is_tried() -> None:
    places = [("one", STRUCTURE + 4), ("two", STRUCTURE + 2), ("three", STRUCTURE), ("four", LINE)]
    assert Found(WORDS, 5, places=places, least=3, structured=True).next() == "one two three"
    assert Found(WORDS, 5, places=places, least=2, structured=True).next() == "one two"


def test_a_place_before_one_up_to_which_it_does_not_fit_is_tried() -> None:
    def count(text: str) -> int:
        words = len(text.split())
        return words + 5 * (words > 2)

    tokens = tokens_factory(count, name="t")()
    places = [("one", LINE), ("two", SENTENCE), ("three", SENTENCE)]
    found = Found(WORDS, 6, places=places, tokens=tokens)
    assert found.ends.find() == (len("one two"), 2)


def test_what_fits_by_its_tokens_in_the_text_but_not_by_itself_is_cut_earlier() -> None:
    # In the text the first token begins before the chunk does.
    found = Found("incomprehensible things are here", 2, ladder=None)
    whole = found.window.end_of(0)
    found.window.begin(whole - 3, whole - 3)
    chunk = found.next()
    assert len(O200K.encode_ordinary(chunk)) <= 2


def test_a_character_with_more_tokens_than_allowed_is_a_chunk_all_the_same() -> None:
    found = Found("𒀱𒀱a", 1, ladder=None)
    assert [found.next(), found.next(), found.next()] == ["𒀱", "𒀱", "a"]


def test_a_cluster_is_cut_only_where_it_does_not_fit() -> None:
    family = "👩‍👩‍👧‍👦"
    assert Found(f"a {family} b", 20, ladder=None).next() == f"a {family} b"
    assert Found(f"a {family} b", 10, ladder=None).next() == "a "
    found = Found(family, 4, ladder=None)
    parts = [found.next()]
    while found.window.fresh < found.window.size:
        parts.append(found.next())
    assert parts == ["👩\u200d", "👩\u200d", "👧\u200d", "👦"]


def test_an_overlap_is_given_up_where_nothing_new_would_fit() -> None:
    found = Found("one two 👩‍👩‍👧‍👦", 11, overlap=4, ladder=None)
    assert len(O200K.encode_ordinary("👩‍👩‍👧‍👦")) == 11
    found.window.begin(0, 8)  # All before the emoji is repeated.
    end, tokens = found.ends.find()
    assert found.window.slice(found.window.start, end) == " 👩‍👩‍👧‍👦"
    assert (found.window.start, tokens) == (7, 11)


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_counter_that_counts_more_than_tokens_is_obeyed(most: int) -> None:
    def characters(text: str) -> int:
        return len(text)

    found = Found("abcdefg", most, ladder=None, tokens=tokens_factory(characters, name="t")())
    end, tokens = found.ends.find()
    assert (end, tokens) == (most, most)


def test_an_overlap_is_given_up_where_what_is_protected_fits_without_it() -> None:
    text = "zero one two three four five six\nseven eight nine ten"
    protected = " three four five six\nseven eight"
    start = text.index(protected)
    found = Found(text, 8, overlap=3, ladder=LADDERS["hybrid"], protected=protected)
    found.ends._marks.track().append(Place(start + len(protected), SENTENCE))
    found.window.begin(0, start)
    end, tokens = found.ends.find()
    assert (found.window.start, end, tokens) == (start, start + len(protected), 7)


def test_an_overlap_is_kept_where_what_is_protected_does_not_fit_anyhow() -> None:
    text = "zero one two three four five six\nseven eight nine ten"
    protected = " three four five six\nseven eight nine ten"
    start = text.index(protected)
    found = Found(text, 8, overlap=3, ladder=LADDERS["hybrid"], protected=protected)
    found.window.begin(0, start)
    end, _ = found.ends.find()
    assert (found.window.start, text[start:end]) == (0, " three four five six\n")


@pytest.mark.parametrize("ladder", ["recursive", "hybrid"])
def test_a_mark_ends_no_chunk_inside_a_cluster(ladder: str) -> None:
    # Such a mark may be followed by a selector of its form.
    text = "一二三，\ufe00四五六，\ufe00七八九，\ufe00"
    for most in range(7, 16):
        found = Found(text, most, ladder=LADDERS[ladder])
        assert not text[len(found.next()) :].startswith("\ufe00")


def test_a_place_of_a_ruler_inside_a_cluster_is_none() -> None:
    text = "一二三。\ufe00四五六七八九"
    assert Found(text, 7, places=[("。", SENTENCE)], ladder=()).next() != "一二三。"
