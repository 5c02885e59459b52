"""Packing a text into chunks: with a stride where that will do, and the general way, alike."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise

import pytest
from conftest import LONG
from token_texts import JAVASCRIPT, PROSE, PYTHON, cut, run_text

from rx_stream.core.chunking.chunk_ends import ChunkEnds, Limits
from rx_stream.core.chunking.chunk_levels import LADDERS
from rx_stream.core.chunking.chunk_packer import ChunkPacker, Piece
from rx_stream.core.chunking.chunk_rulers import LineRuler, Marks, Place, Ruler
from rx_stream.core.chunking.chunk_window import ChunkWindow
from rx_stream.core.tokens.text_tokens import TextTokens
from rx_stream.core.tokens.token_pieces import pieces_of
from rx_stream.core.tokens.vocabulary import encoding_of

O200K = encoding_of()
TEXTS = {
    "english": PROSE[0] * 12,
    "japanese": PROSE[1] * 20,
    "hindi": PROSE[4] * 12,
    "emoji": PROSE[5] * 8,
    "json": PROSE[7] * 12,
    "code": PYTHON + JAVASCRIPT,
    "mixed": "".join(PROSE) * 3,
    "lone halves": "one \ud83d two\ude42 three \ude42\ude42 four " * 20,
    "one letter": "a" * 2_000,
    "one mark": "=" * 4_000,
    "blanks": " " * 3_000 + "x",
    "digits": "1234567890" * 60,
    "a run in prose": PROSE[0] + "字" * 300 + PROSE[0] + "\n" * 200 + PROSE[0] * 4,
    "special": "<|endoftext|> and <|im_start|>user\n" * 30,
}
by_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


class NotesNothing:
    """A ruler, so that there is one: it forbids strides."""

    known = 1 << 60

    def feed(self, text: str, /) -> None:
        """Take more text."""

    def flush(self) -> None:
        """Note nothing."""


def packer(
    most: int, overlap: int = 0, *, strategy: str = "fixed", rulers: tuple[Ruler, ...] = ()
) -> ChunkPacker:
    window, marks = ChunkWindow(TextTokens(pieces_of(O200K))), Marks()
    limits = Limits(most, overlap, 0)
    ladder = LADDERS[strategy] or None
    ends = ChunkEnds(window, limits, marks, ladder, structured=False)
    return ChunkPacker(window, limits, marks, rulers, ends)


def packed(core: ChunkPacker, pieces: list[str]) -> list[Piece]:
    return [*(chunk for piece in pieces for chunk in core.feed(piece)), *core.flush()]


def count(text: str) -> int:
    return len(O200K.encode_ordinary(text))


def token_spans(text: str) -> list[tuple[int, int]]:
    """Return which characters each token of the whole text has a part of."""
    seen = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    edges = [*accumulate((len(character.encode()) for character in seen), initial=0)]
    sizes = (len(O200K.decode_single_token_bytes(token)) for token in O200K.encode_ordinary(text))
    bounds = pairwise(accumulate(sizes, initial=0))
    return [(bisect_right(edges, a) - 1, bisect_left(edges, b)) for a, b in bounds]


# -------------------------------------------------------------------------------- the stride


@by_text
@pytest.mark.parametrize("most", [4, 7, 50])
def test_a_stride_gives_what_the_general_way_gives_in_any_cutting(text: str, most: int) -> None:
    general = packed(packer(most, rulers=(NotesNothing(),)), [text])
    assert packed(packer(most), [text]) == general
    rnd = random.Random(most)
    for longest in (1, 5, 40, 300):
        if longest == 1 and not LONG:
            text = text[:1_500]
            general = packed(packer(most, rulers=(NotesNothing(),)), [text])
        pieces = cut(text, rnd, longest)
        assert packed(packer(most), pieces) == general, longest
        assert packed(packer(most, rulers=(NotesNothing(),)), pieces) == general, longest


@pytest.mark.parametrize("seed", range(400 if LONG else 40))
def test_a_stride_gives_what_the_general_way_gives_over_runs_and_prose(seed: int) -> None:
    rnd = random.Random(seed)
    text = run_text(rnd, 120) + rnd.choice(PROSE) * 3 + run_text(rnd, 120) + rnd.choice(PROSE)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    most = rnd.choice((4, 5, 9, 30))
    general = packed(packer(most, rulers=(NotesNothing(),)), [text])
    for longest in (3, 60, 10_000):
        assert packed(packer(most), cut(text, rnd, longest)) == general


def test_of_english_nearly_all_chunks_are_cut_in_strides(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []
    find = ChunkEnds.find

    def noted(self: ChunkEnds) -> tuple[int, int]:
        found.append(1)
        return find(self)

    monkeypatch.setattr(ChunkEnds, "find", noted)
    chunks = packed(packer(20), [PROSE[0] * 60])
    assert len(chunks) > 80
    assert len(found) < len(chunks) // 3


@pytest.mark.parametrize(("overlap", "strategy"), [(1, "fixed"), (0, "recursive")])
def test_what_has_an_overlap_or_a_ladder_is_not_cut_in_strides(
    overlap: int, strategy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChunkPacker, "_stride", None)  # To call it would fail.
    assert packed(packer(9, overlap, strategy=strategy), [PROSE[0] * 3])


# -------------------------------------------------------------------------------- the chunks


@by_text
@pytest.mark.parametrize("overlap", [0, 3])
@pytest.mark.parametrize("strategy", ["fixed", "recursive"])
def test_each_chunk_says_rightly_what_it_is(text: str, overlap: int, strategy: str) -> None:
    most, spans, before = 11, token_spans(text), 0
    for chunk in packed(packer(most, overlap, strategy=strategy), cut(text, random.Random(1), 90)):
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.tokens == count(chunk.text) <= most
        assert chunk.start + chunk.overlap == before  # Nothing is left out between chunks.
        assert count(chunk.text[: chunk.overlap]) <= overlap
        own = [i for i, (a, b) in enumerate(spans) if a < chunk.end and b > chunk.start]
        assert (chunk.token_start, chunk.token_end) == (own[0], own[-1] + 1)
        assert chunk.path == ()
        before = chunk.end
    assert before == len(text)


@by_text
def test_streamed_chunks_with_an_overlap_are_those_of_the_whole_text(text: str) -> None:
    for strategy in ("fixed", "recursive"):
        whole = packed(packer(16, 5, strategy=strategy), [text])
        for longest in (7, 80):
            pieces = cut(text, random.Random(longest), longest)
            assert packed(packer(16, 5, strategy=strategy), pieces) == whole


def test_an_overlap_has_exactly_its_tokens_where_they_are_whole_words() -> None:
    chunks = packed(packer(20, 6), [PROSE[0] * 10])
    repeated = [count(chunk.text[: chunk.overlap]) for chunk in chunks[1:]]
    assert repeated.count(6) > len(repeated) * 0.9


def test_a_first_chunk_of_no_more_tokens_than_an_overlap_is_repeated_whole() -> None:
    chunks = packed(packer(6, 3, strategy="recursive"), ["One.\n\nTwo three four five."])
    first, second = [(chunk.text, chunk.overlap) for chunk in chunks][:2]
    assert first == ("One.\n\n", 0)
    assert second == ("One.\n\nTwo three four", 6)


def test_a_last_chunk_is_never_only_a_repetition() -> None:
    text = "one two three four five six seven eight"
    assert [chunk.text for chunk in packed(packer(4, 3), [text])][-1].endswith("seven eight")
    for chunk in packed(packer(4, 3), [text]):
        assert chunk.overlap < len(chunk.text)


def test_a_chunk_comes_as_soon_as_one_token_more_than_fits_is_final() -> None:
    core = packer(3)
    assert core.feed("one two three") == []
    assert core.feed(" four") == []  # It may go on.
    assert [chunk.text for chunk in core.feed(" ")] == ["one two three"]


def test_with_an_overlap_a_chunk_comes_only_once_it_is_certain_without_one_too() -> None:
    core = packer(3, 2)
    assert [chunk.text for chunk in core.feed("one two three four ")] == ["one two three"]
    assert core.feed("five ") == []
    assert [chunk.text for chunk in core.feed("six seven ")] == [" two three four"]


def test_text_after_the_end_is_a_new_text_whose_places_go_on() -> None:
    core = packer(5, 2)
    first = packed(core, ["one two three four five six seven"])
    after = packed(core, ["eight nine"])
    assert [(chunk.text, chunk.start, chunk.overlap) for chunk in after] == [("eight nine", 33, 0)]
    assert after[0].token_start == first[-1].token_end


def test_the_end_of_nothing_gives_nothing() -> None:
    core = packer(5)
    assert core.flush() == []
    assert core.feed("") == []
    assert core.flush() == []


def test_nothing_is_cut_before_its_rulers_know_the_places_of_it() -> None:
    marks = Marks()
    places = marks.track()

    def judge(at: int, line: str) -> int:
        places.append(Place(at + len(line), 5))
        return at + len(line)

    window, limits = ChunkWindow(TextTokens(pieces_of(O200K))), Limits(4, 0, 0)
    ends = ChunkEnds(window, limits, marks, LADDERS["recursive"], structured=False)
    core = ChunkPacker(window, limits, marks, [LineRuler(judge)], ends)
    assert core.feed("one two three four five ") == []
    assert [chunk.text for chunk in core.feed("\n")] == ["one two three four"]


@pytest.mark.parametrize("unit", ["word ", "字", "a", "🙂 ", "\n"])
def test_what_is_held_is_bounded(unit: str) -> None:
    core = packer(10)
    for _ in range(60):
        core.feed(unit * (2_000 // len(unit)))
        assert len(core.window.text) < 20_000
