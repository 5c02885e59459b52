"""Chunks out of a stream of items: what is fed, what comes with it, where a text ends."""

from __future__ import annotations

from typing import Any

import pytest

from rx_stream import StreamChunk
from rx_stream.core.chunking.text_chunker import TextChunker, chunk_plan

LOW, HIGH = "\ude42", "\ud83d"


def chunker(most: int = 50, **options: Any) -> TextChunker:
    return TextChunker(chunk_plan(most, **options))


def fed(core: TextChunker, *items: Any) -> list[StreamChunk]:
    return [chunk for item in items for chunk in core.feed(item)] + [*core.flush()]


def test_nothing_comes_of_nothing() -> None:
    core = chunker()
    assert fed(core, "", StreamChunk("")) == []
    assert list(core.flush()) == []


@pytest.mark.parametrize("half", [HIGH, LOW])
def test_half_a_character_that_stays_alone_is_a_text(half: str) -> None:
    (chunk,) = fed(chunker(), half)
    assert (chunk.content, chunk.token_count) == (half, 1)
    assert (chunk.metadata["start"], chunk.metadata["end"]) == (0, 1)


def test_half_a_character_at_the_end_has_the_metadata_of_its_source() -> None:
    (chunk,) = fed(
        chunker(),
        StreamChunk("a", metadata={"page": 1}),
        StreamChunk(HIGH, None, False, None, {"page": 2}),
    )
    assert (chunk.content, chunk.metadata["page"]) == ("a" + HIGH, 2)


def test_halves_that_come_apart_are_one_character_and_count_as_one() -> None:
    (chunk,) = fed(chunker(), "a " + HIGH, LOW + " b")
    assert chunk.content == "a 🙂 b"
    assert chunk.metadata["end"] == 5


def test_halves_are_not_joined_over_a_boundary() -> None:
    tool = StreamChunk(metadata={"tool_calls": [{"index": 0}]})
    first, between, second = fed(chunker(), HIGH, tool, LOW)
    assert (first.content, second.content) == (HIGH, LOW)
    assert between is tool


def test_a_byte_order_mark_is_kept_beside_halves() -> None:
    (chunk,) = fed(chunker(), "\ufeffa" + HIGH, LOW)
    assert chunk.content == "\ufeffa🙂"


def test_a_chunk_has_the_metadata_of_the_last_source_that_it_has_text_of() -> None:
    core = chunker(4, strategy="fixed")
    sources = [StreamChunk(" one two", metadata={"page": page}) for page in range(6)]
    pages = [chunk.metadata["page"] for chunk in fed(core, *sources)]
    assert pages == [1, 3, 5]


def test_a_chunk_does_not_have_the_metadata_of_a_source_behind_it() -> None:
    texts = (" one two three four five", " six", " seven", " eight nine ten")
    sources = [StreamChunk(text, metadata={"page": page}) for page, text in enumerate(texts)]
    chunks = fed(chunker(4), *sources)
    assert [(chunk.content, chunk.metadata["page"]) for chunk in chunks] == [
        (" one two three four", 0),
        (" five six seven eight", 3),
        (" nine ten", 3),
    ]


def test_what_the_chunker_says_wins_over_what_the_source_says() -> None:
    (chunk,) = fed(chunker(), StreamChunk("word", metadata={"index": 7, "start": 9}))
    assert (chunk.metadata["index"], chunk.metadata["start"]) == (0, 0)


def test_the_text_of_a_terminal_chunk_comes_before_it_and_says_nothing_of_the_end() -> None:
    end = StreamChunk("b", 9, True, "stop", {"refusal": "No.", "model": "m"})
    text, last = fed(chunker(), "a ", end)
    assert (text.content, text.is_complete, text.finish_reason) == ("a b", False, None)
    assert text.metadata["model"] == "m"
    assert "refusal" not in text.metadata
    assert (last.content, last.token_count, last.is_complete) == ("", None, True)
    assert last.metadata["refusal"] == "No."


def test_a_boundary_without_text_passes_as_it_is() -> None:
    end = StreamChunk("", 0, True, "stop")
    assert fed(chunker(), "a", end)[1] is end


def test_nothing_is_repeated_after_a_boundary() -> None:
    tool = StreamChunk(metadata={"tool_calls": [{"index": 0}]})
    chunks = fed(chunker(4, overlap=2, strategy="fixed"), " a b c d e", tool, " f g h i j")
    after = chunks[chunks.index(tool) + 1]
    assert (after.content, after.metadata["overlap"]) == (" f g h i", 0)
    assert after.metadata["token_start"] == 5


def test_headings_hold_over_a_boundary_and_not_in_the_next_text() -> None:
    tool = StreamChunk(metadata={"tool_calls": [{"index": 0}]})
    core = chunker(content="markdown")
    first, _, second = fed(core, "# A\n\none\n", tool, "two\n")
    assert first.metadata["heading_path"] == second.metadata["heading_path"] == ("A",)
    (third,) = fed(core, "three\n")
    assert third.metadata["heading_path"] == ()


def test_after_the_end_it_is_as_new() -> None:
    core = chunker(4, overlap=1)
    first = fed(core, "one two three four five six")
    assert fed(core, "one two three four five six") == first
    assert first[0].metadata["index"] == 0


@pytest.mark.parametrize("content", ["prose", "code"])
def test_only_markdown_has_headings(content: Any) -> None:
    (chunk,) = fed(chunker(content=content), "# A\n")
    assert "heading_path" not in chunk.metadata


def test_who_counts_is_told() -> None:
    assert fed(chunker(), "a")[0].metadata["token_count_source"] == "o200k_base"
    assert fed(chunker(encoding=len), "a")[0].metadata["token_count_source"] == "len"


def test_what_only_counts_tells_no_tokens_of_the_whole_text() -> None:
    (chunk,) = fed(chunker(encoding=len), "abc")
    assert chunk.token_count == 3
    assert "token_start" not in chunk.metadata
    assert "token_end" not in chunk.metadata


def test_anything_that_is_not_text_passes_before_the_text_that_is_held() -> None:
    assert list(chunker().feed(b"bytes")) == [b"bytes"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "content"), [("de", "prose"), ("zh-Hant", "markdown"), ("Python", "code")]
)
def test_a_language_is_taken_as_the_content_needs_it(language: str, content: Any) -> None:
    plan = chunk_plan(5, language=language, content=content)
    assert plan.language == (language.lower() if content == "code" else language)


@pytest.mark.parametrize("overlap", [3, 4])
def test_whoever_asks_is_named_when_an_argument_is_bad(overlap: int) -> None:
    rule = f"^split_it: overlap must be below max_tokens=3, not {overlap}$"
    with pytest.raises(ValueError, match=rule):
        chunk_plan(3, overlap=overlap, name="split_it")


def test_a_heading_that_is_the_last_line_is_a_place_to_cut_before() -> None:
    text = "one two three four five six seven eight\n# Title of it"
    chunks = fed(chunker(10, content="markdown"), text)
    assert [str(chunk) for chunk in chunks] == [text[:40], text[40:]]


def test_an_overlap_is_as_long_as_its_own_count_allows() -> None:
    def count(text: str) -> int:
        words = len(text.split())
        return words + 2 * (words > 1)

    chunks = fed(chunker(6, overlap=3, strategy="fixed", encoding=count), "a b c d e f g h i j")
    assert [str(chunk) for chunk in chunks] == ["a b c d", " d e f g", " g h i j"]


def test_a_soft_newline_of_markdown_is_no_better_than_a_sentence() -> None:
    text = "One two three. Four\nfive six seven eight nine ten."
    assert str(fed(chunker(8, content="prose"), text)[0]) == "One two three. Four\n"
    assert str(fed(chunker(8, content="markdown"), text)[0]) == "One two three. "


def texts(text: str, most: int, **options: Any) -> list[str]:
    return [chunk.content for chunk in fed(chunker(most, **options), text)]


PARAGRAPHS = ["One two.\n\n", "Three four five, six seven eight nine ten eleven.\n\n", "Twelve."]
DEFINITIONS = [
    "def a():\n    pass\n\n\n",
    "def bcd(e, f, g, h, i, j, k, l):\n",
    "    return e, f, g, h, i, j, k, l, 1, 2, 3\n",
]


def test_what_has_structure_stays_small_rather_than_begin_what_comes_next() -> None:
    whole = "".join(PARAGRAPHS)
    assert texts(whole, 12, min_tokens=8, content="markdown") == PARAGRAPHS
    assert texts(whole, 12, min_tokens=8, content="prose")[0].startswith(PARAGRAPHS[0] + "Three")
    whole = "".join(DEFINITIONS)
    for content in ("code", "prose"):
        first = texts(whole, 30, min_tokens=20, content=content)[0]
        assert first == (DEFINITIONS[0] if content == "code" else "".join(DEFINITIONS[:2]))


def test_code_is_cut_at_no_sentence_and_no_comma() -> None:
    code = "x = 1  # One thing. Another, third thing, and a fourth one. Then a fifth\ny = 2\n"
    assert texts(code, 9, content="prose")[1] == " Another, third thing, "
    assert texts(code, 9, content="code")[1] == " Another, third thing, and a fourth"


def test_fixed_chunks_of_code_are_full_whatever_its_structure() -> None:
    chunks = fed(chunker(20, content="code", strategy="fixed"), "".join(DEFINITIONS))
    assert [chunk.token_count for chunk in chunks[:-1]] == [20] * (len(chunks) - 1)
    assert len(chunks) == 3


@pytest.mark.parametrize("end", ["a", "！", "😀", "\udc00"])
def test_behind_halves_that_were_joined_nothing_is_held(end: str) -> None:
    core = chunker(2)
    text = HIGH + LOW + " one two three four five six" + end
    assert (
        "".join(map(str, [*core.feed(text), *core.flush()]))
        == "🙂 one two three four five six" + end
    )
    core.feed(HIGH + LOW + end)
    assert core._text._half == ""


def test_chunks_are_numbered_from_nought_on() -> None:
    chunks = fed(chunker(2, strategy="fixed"), "one two three four five six")
    assert [chunk.metadata["index"] for chunk in chunks] == list(range(len(chunks)))
    assert len(chunks) == 3


@pytest.mark.parametrize("name", ["overlap", "min_tokens"])
def test_fewer_tokens_than_none_are_refused(name: str) -> None:
    with pytest.raises(
        ValueError, match=f"^chunk_text: {name} must be a whole number of at least 0"
    ):
        chunk_plan(5, **{name: -1})  # type: ignore[arg-type]


def test_chunks_may_have_to_be_full_and_not_fuller() -> None:
    assert chunk_plan(5, min_tokens=5).limits.least == 5
    with pytest.raises(
        ValueError, match=r"^chunk_text: min_tokens must be at most max_tokens=5, not 6"
    ):
        chunk_plan(5, min_tokens=6)
    assert chunk_plan(5).limits.least == 0


def test_every_choice_is_a_text_of_its_own() -> None:
    first, second = {"choice": 0}, {"choice": 1}
    one = ("One two. ", "Three four five.", " Six.")
    two = ("Eins zwei. ", "Drei vier.", " F\u00fcnf.")
    mixed = [
        StreamChunk(text, metadata=dict(about))
        for pair in zip(one, two, strict=True)
        for text, about in zip(pair, (first, second), strict=True)
    ]
    out = fed(chunker(5, overlap=1), *mixed)
    for about, alone in ((first, one), (second, two)):
        chunks = [chunk for chunk in out if chunk.metadata["choice"] == about["choice"]]
        assert chunks == fed(
            chunker(5, overlap=1), *(StreamChunk(text, metadata=about) for text in alone)
        )


def test_what_a_chunk_says_ends_its_own_choice_and_the_terminal_one_all_in_their_order() -> None:
    def said(text: str, choice: int, **fields: Any) -> StreamChunk:
        return StreamChunk(text, metadata={"choice": choice}, **fields)

    core = chunker()
    assert [*core.feed(said("b", 1)), *core.feed(said("a", 0))] == []
    assert [*map(str, core.feed(said("", 1, finish_reason="stop")))] == ["b", ""]
    assert core.feed(said("c", 1)) == []
    assert [*map(str, core.feed(StreamChunk(is_complete=True)))] == ["a", "c", ""]
    assert [*core.flush()] == []


def test_strings_are_of_the_first_choice_and_a_flushed_core_is_as_new() -> None:
    core = chunker()
    for _ in range(2):
        chunks = fed(core, "a", StreamChunk("x", metadata={"choice": 1}), "b")
        assert [(str(chunk), chunk.metadata["index"]) for chunk in chunks] == [("ab", 0), ("x", 0)]


def test_a_report_of_usage_passes_and_is_no_boundary() -> None:
    report = StreamChunk(metadata={"usage": {"output_tokens": 3}})
    out = fed(chunker(), "one ", report, StreamChunk(metadata={"id": 1}), "two")
    assert out[0] is report
    assert [*map(str, out[1:])] == ["one two"]


class Failing:
    """Counts words a number of times, and then no more."""

    def __init__(self) -> None:
        self.left = 1_000

    def count(self, text: str) -> int:
        """Return how many words a text has."""
        if not self.left:
            raise RuntimeError("no more")
        self.left -= 1
        return len(text.split())


@pytest.mark.parametrize("strategy", ["fixed", "recursive", "semantic"])
@pytest.mark.parametrize("overlap", [0, 1])
def test_where_counting_fails_the_text_that_is_held_comes_uncounted(
    strategy: str, overlap: int
) -> None:
    text = "one two, three four. Five six\n\nseven eight. Nine ten eleven twelve\U0001f642" + HIGH
    for calls in range(100):
        counter = Failing()
        core = chunker(3, strategy=strategy, overlap=overlap, encoding=counter)
        counter.left = calls
        out = list[StreamChunk]()
        for start in range(0, len(text), 5):
            out += core.feed(text[start : start + 5])
            if core.outcome is not None:
                text_so_far = text[: start + 5]
                break
        else:
            out += core.flush()
            text_so_far = text
        new = [str(chunk)[chunk.metadata["overlap"] :] for chunk in out]
        assert "".join(new) == text_so_far
        assert [chunk.metadata["end"] for chunk in out][-1] == len(text_so_far)
        if core.outcome is not None:
            assert [*core.flush()] == []
    assert core.outcome is None


def test_where_counting_fails_the_text_of_every_choice_leaves() -> None:
    counter = Failing()
    core = chunker(3, encoding=counter)
    assert core.feed(StreamChunk("one two ", metadata={"choice": 1})) == []
    counter.left = 0
    out = core.feed("three four ")
    assert [*map(str, out)] == ["three four ", "one two "]
    assert isinstance(core.outcome, RuntimeError)


def test_a_long_text_comes_whole_where_counting_fails() -> None:
    counter = Failing()
    core = chunker(3, encoding=counter)
    counter.left = 0
    text = "word " * 8_000
    assert "".join(map(str, core.feed(text))) == text
