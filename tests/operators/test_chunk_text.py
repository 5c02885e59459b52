from __future__ import annotations

import itertools
import random
import time
import tracemalloc

import pytest
import reactivex as rx
from conftest import LONG
from hypothesis import given
from hypothesis import strategies as st
from token_texts import JAVASCRIPT, MARKDOWN, PROSE, PYTHON, cut, run_text

from rx_stream import StreamChunk, StreamProgress, chunk_text
from rx_stream.core.tokens.vocabulary import encoding_of
from rx_stream.testing import TextMarbles

O200K = encoding_of()
STRATEGIES = ["fixed", "semantic", "recursive", "hybrid"]
ENGLISH = PROSE[0]
WORDS = "one two three four five six seven eight nine ten "


def run(items, max_tokens, **options):
    out = []
    rx.from_iterable(items).pipe(chunk_text(max_tokens, **options)).subscribe(out.append)
    return out


def texts(text, max_tokens, **options):
    return [chunk.content for chunk in run([text], max_tokens, **options)]


def count(text):
    return len(O200K.encode_ordinary(text))


def joined(chunks):
    return "".join(chunk.content[chunk.metadata["overlap"] :] for chunk in chunks)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("seed", range(200 if LONG else 8))
def test_limits_hold_nothing_is_lost_and_a_stream_gives_what_the_whole_text_gives(strategy, seed):
    rnd = random.Random(seed)
    sources = [*(text * 12 for text in PROSE), PYTHON * 4, JAVASCRIPT * 4, MARKDOWN * 4, "é" * 900]
    for content in ("prose", "markdown", "code"):
        text = rnd.choice(sources)[rnd.randint(0, 200) :] + rnd.choice(sources)[:300]
        most = rnd.choice((4, 5, 7, 16, 64, 200))
        overlap = rnd.choice((0, 1, most // 4, most // 2, most - 1))
        options = {"overlap": overlap, "strategy": strategy, "content": content}
        options["min_tokens"] = rnd.choice((0, most // 3, most))
        whole = run([text], most, **options)
        assert joined(whole) == text
        for index, chunk in enumerate(whole):
            known = chunk.metadata
            repeated = chunk.content[: known["overlap"]]
            assert chunk.token_count == count(chunk.content) <= most
            assert count(repeated) <= overlap
            assert known["index"] == index
            assert text[known["start"] : known["end"]] == chunk.content
            part = O200K.encode_ordinary(text)[known["token_start"] : known["token_end"]]
            assert chunk.content.encode() in O200K.decode_bytes(part)
            assert "\ufffd" not in chunk.content
        for longest in (1, 9, 400):
            assert run(cut(text, rnd, longest), most, **options) == whole


@given(
    st.text(max_size=120),
    st.integers(4, 12),
    st.integers(0, 3),
    st.sampled_from(STRATEGIES),
    st.integers(0, 10**6),
)
def test_any_text_in_any_cutting(text, most, overlap, strategy, seed):
    whole = run([text], most, overlap=overlap, strategy=strategy)
    assert joined(whole) == text
    assert all(chunk.token_count == count(chunk.content) <= most for chunk in whole)
    assert run(cut(text, random.Random(seed), 6), most, overlap=overlap, strategy=strategy) == whole


def test_runs_without_a_boundary_are_cut_at_tokens():
    rnd = random.Random(6)
    for _ in range(6):
        text = run_text(rnd, 600).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for strategy in STRATEGIES:
            whole = run([text], 16, overlap=3, strategy=strategy)
            assert joined(whole) == text
            assert all(count(chunk.content) <= 16 for chunk in whole)


def test_fixed_chunks_are_as_full_as_can_be():
    sizes = [chunk.token_count for chunk in run([WORDS * 40], 7, strategy="fixed")]
    assert set(sizes[:-1]) == {7}


def test_an_overlap_has_exactly_its_tokens():
    chunks = run([WORDS * 20], 12, overlap=5, strategy="fixed")
    for before, after in itertools.pairwise(chunks):
        repeated = after.content[: after.metadata["overlap"]]
        assert count(repeated) == 5
        assert before.content.endswith(repeated)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_overlap_works_for_every_strategy(strategy):
    chunks = run([ENGLISH * 5], 30, overlap=8, strategy=strategy)
    assert all(chunk.metadata["overlap"] > 0 for chunk in chunks[1:])


def test_semantic_keeps_paragraphs_then_sentences():
    text = "First one. It is short.\n\nSecond one. It has two sentences.\n\nThird."
    assert texts(text, 12, strategy="semantic") == [
        "First one. It is short.\n\n",
        "Second one. It has two sentences.\n\nThird.",
    ]
    assert texts(text, 7, strategy="semantic") == [
        "First one. It is short.\n\n",
        "Second one. ",
        "It has two sentences.\n\nThird.",
    ]


def test_semantic_is_not_misled_by_abbreviations():
    text = "We met Dr. Smith and Mr. Jones. They had tea, e.g. Assam, at home."
    assert texts(text, 14, strategy="semantic")[0] == "We met Dr. Smith and Mr. Jones. "


def test_semantic_cuts_a_sentence_that_is_too_long_between_words():
    pieces = texts("word " * 30 + "end.", 8, strategy="semantic")
    assert all(count(piece) <= 8 for piece in pieces)
    assert all(piece.strip().split()[0] == "word" for piece in pieces[:-1])


def test_recursive_goes_down_the_ladder_of_separators():
    text = "a b\n\nc d\ne f. g h, i j"
    assert texts(text, 4) == ["a b\n\n", "c d\n", "e f. ", "g h, ", "i j"]


def test_hybrid_prefers_sentences_to_newlines_and_then_cuts_as_recursive_does():
    text = "One two three. Four\nfive six seven, eight nine ten."
    assert texts(text, 8, strategy="hybrid")[0] == "One two three. "
    assert texts(text, 6, strategy="hybrid")[1] == "Four\n"


def test_no_script_needs_blanks():
    pieces = texts("水が沸いたら、四分待ちます。味はどうですか？" * 3, 8)
    assert all(count(piece) <= 8 for piece in pieces)
    assert pieces[0] == "水が沸いたら、"


def test_min_tokens_merges_small_chunks_while_they_fit():
    text = "Hi.\n\nThis paragraph is a little longer than the first.\n\nYes.\n\nNo.\n\n" * 4
    for strategy in STRATEGIES[1:]:
        chunks = run([text], 20, min_tokens=10, strategy=strategy)
        assert all(10 <= chunk.token_count <= 20 for chunk in chunks[:-1])
    assert any(chunk.token_count < 10 for chunk in run([text], 14, strategy="semantic")[:-1])


def test_an_emoji_of_many_code_points_is_not_cut():
    family = "👩‍👩‍👧‍👦"
    for chunk in run([family * 12], count(family) + 3, strategy="fixed"):
        assert chunk.content == family


def test_a_character_with_more_tokens_than_allowed_is_a_chunk_all_the_same():
    assert texts("𒀱𒀱", 1, strategy="fixed") == ["𒀱", "𒀱"]
    assert texts("ab", 1, strategy="fixed") == ["ab"]


def test_halves_of_a_character_are_joined():
    chunks = run(["a \ud83d", "\ude42 b", "\ud83d"], 4, strategy="fixed")
    assert joined(chunks) == "a 🙂 b\ud83d"


# --------------------------------------------------------------------------------- Markdown


def test_markdown_blocks_are_whole_where_they_fit():
    pieces = texts(MARKDOWN, 40, content="markdown")
    fence = MARKDOWN[MARKDOWN.index("```python") : MARKDOWN.index("```\n") + 4]
    table = MARKDOWN[MARKDOWN.index("| a") : MARKDOWN.index("| 3 | 4 |\n") + 10]
    assert any(fence in piece for piece in pieces)
    assert any(table in piece for piece in pieces)


def test_a_heading_stays_with_what_follows_it():
    for most in (12, 16, 24, 40):
        for piece in texts(MARKDOWN, most, content="markdown")[:-1]:
            *_, above, last = ["", *piece.rstrip().split("\n")]
            assert not last.startswith("#"), piece
            assert not (above.strip() and set(last) <= {"-"}), piece


def test_a_heading_in_a_fence_is_none():
    paths = {chunk.metadata["heading_path"] for chunk in run([MARKDOWN], 12, content="markdown")}
    assert not any("Not a heading" in path for path in paths)


def test_the_path_of_headings_is_repeated_with_every_chunk():
    chunks = run([MARKDOWN], 24, content="markdown")
    paths = [chunk.metadata["heading_path"] for chunk in chunks]
    assert paths[0] == ("Title",)
    assert ("Title", "Part A") in paths
    assert paths[-1][:2] == ("Title", "Part B")


def test_a_fence_that_does_not_fit_is_cut_between_its_lines():
    text = (
        "Text.\n\n```\n" + "".join(f"line {i} of code. It goes on\n" for i in range(20)) + "```\n"
    )
    pieces = texts(text, 30, content="markdown")
    assert pieces[0] == "Text.\n\n"
    assert all(piece.endswith("\n") for piece in pieces)
    assert all(count(piece) <= 30 for piece in pieces)


def test_a_new_section_begins_a_chunk():
    text = "# A\n\nSome text here.\n\n# B\n\nMore text here, which is longer than the other.\n"
    assert texts(text, 20, content="markdown")[1].startswith("# B")


# ------------------------------------------------------------------------------------- code


def test_python_is_cut_in_front_of_definitions_with_their_decorators():
    pieces = texts(PYTHON, 50, content="code", language="python")
    assert any(piece.startswith("@decorated\n# The most") for piece in pieces)
    assert any(piece.startswith("class Thing") for piece in pieces)


@pytest.mark.parametrize("language", ["python", None])
def test_python_keeps_its_indentation(language):
    for most in (16, 30, 60):
        pieces = texts(PYTHON * 2, most, content="code", language=language)
        assert "".join(pieces) == PYTHON * 2
        assert all(piece.endswith("\n") for piece in pieces)


def test_a_return_stays_in_its_function():
    body = "def f(x):\n    y = x + 1\n    return y\n"
    for piece in texts(body * 12, 30, content="code", language="python"):
        assert piece.startswith("def f")
        assert piece.endswith("return y\n")


def test_a_string_that_looks_like_a_definition_is_none():
    pieces = texts(PYTHON, 50, content="code", language="python")
    assert not any(piece.lstrip().startswith("def not_a_definition") for piece in pieces)


def test_braces_tell_definitions():
    pieces = texts(JAVASCRIPT, 70, content="code", language="javascript")
    assert pieces[0].startswith("// Adds")
    assert any(piece.startswith("/* A class") for piece in pieces)


def test_a_definition_that_fits_is_not_cut_for_the_sake_of_min_tokens():
    pieces = texts(PYTHON * 2, 70, content="code", language="python", min_tokens=40)
    assert any(piece.startswith("class Thing") for piece in pieces)


# ---------------------------------------------------------------- defects of earlier chunkers


def test_periods_are_not_doubled():
    assert "".join(texts("Aa bb. Cc dd. Ee ff. " * 9, 6)).count("..") == 0


def test_a_small_limit_is_kept():
    assert all(count(piece) <= 5 for piece in texts(WORDS * 4, 5, strategy="semantic"))


def test_three_thousand_ideographs_are_not_one_word():
    assert len(texts("水" * 3000, 100)) > 20


def test_a_large_limit_is_not_capped():
    chunks = run([WORDS * 300], 2000, strategy="fixed")
    assert chunks[0].token_count == 2000


def test_nothing_is_emitted_twice_as_text_goes_on():
    assert joined(run((f"Sentence {i}. " for i in range(300)), 20)) == "".join(
        f"Sentence {i}. " for i in range(300)
    )


def test_words_are_not_cut_where_that_can_be_helped():
    for piece in texts("incomprehensible misunderstanding " * 20, 9):
        assert set(piece.split()) <= {"incomprehensible", "misunderstanding"}


# -------------------------------------------------------------------------------- in a stream


def test_a_chunk_is_emitted_once_more_than_fits_has_come():
    lab = TextMarbles()
    source = lab.cold("'one two three. ' 1s 'four five six seven ' 1s 'eight nine' |")
    seen = lab.run(source.pipe(chunk_text(6)))
    assert next((row.time, str(row.value)) for row in seen if row.kind == "N") == (
        1,
        "one two three. ",
    )


def test_held_text_comes_before_an_error():
    lab = TextMarbles()
    seen = lab.run(lab.cold("'some te' 'xt' #").pipe(chunk_text(50)))
    assert [row.kind for row in seen] == ["N", "E"]
    assert str(seen[0].value) == "some text"


def test_a_terminal_chunk_comes_last_and_the_text_before_it_first():
    end = StreamChunk(" end", is_complete=True, finish_reason="stop", metadata={"usage": {}})
    out = run([StreamChunk("the", metadata={"model": "m"}), end], 50)
    assert [chunk.content for chunk in out] == ["the end", ""]
    assert out[1].is_complete
    assert not out[0].is_complete


def test_places_go_on_counting_after_a_boundary():
    tool = StreamChunk(metadata={"tool_calls": [{"index": 0}]})
    first, _, second = run(["one", tool, "two"], 50)
    assert (first.metadata["index"], second.metadata["index"]) == (0, 1)
    assert (second.metadata["start"], second.metadata["end"]) == (3, 6)
    assert second.metadata["token_start"] == 1


def test_metadata_of_the_source_is_kept():
    items = [StreamChunk(WORDS, metadata={"page": page}) for page in (1, 2)]
    pages = [chunk.metadata["page"] for chunk in run(items, 8)]
    assert pages[0] == 1
    assert pages[-1] == 2


def test_what_is_not_text_passes_at_once():
    progress = StreamProgress()
    assert run(["a", progress, "b"], 50)[0] is progress


def test_no_text_gives_no_chunk():
    assert run([], 5) == run([""], 5) == []


def test_any_function_counts():
    def words(text):
        return len(text.split())

    text = WORDS * 9
    whole = run([text], 7, overlap=2, encoding=words)
    assert joined(whole) == text
    assert all(words(chunk.content) <= 7 for chunk in whole)
    assert run(cut(text, random.Random(1), 5), 7, overlap=2, encoding=words) == whole
    assert "token_start" not in whole[0].metadata


def test_another_vocabulary_keeps_its_own_limit():
    cl100k = encoding_of("cl100k_base")
    for chunk in run([PROSE[4] * 9], 20, encoding="cl100k_base"):
        assert chunk.token_count == len(cl100k.encode_ordinary(chunk.content)) <= 20


def test_the_cost_is_linear_and_the_memory_bounded_without_a_boundary():
    def work(size):
        begin = time.process_time()
        source = rx.from_iterable("a" for _ in range(size))
        source.pipe(chunk_text(50, overlap=5)).subscribe()
        return time.process_time() - begin

    work(2_000)
    tracemalloc.start()
    source = rx.from_iterable("word " for _ in range(20_000))
    source.pipe(chunk_text(50, strategy="semantic")).subscribe()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
    assert work(32_000) < 12 * max(work(8_000), 0.02)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((0,), {}, "max_tokens must be a whole number of at least 1, not 0"),
        ((1.5,), {}, "max_tokens must be a whole number of at least 1, not 1.5"),
        ((True,), {}, "max_tokens must be a whole number of at least 1, not True"),
        ((5,), {"overlap": 5}, "overlap must be below max_tokens=5, not 5"),
        ((5,), {"overlap": -1}, "overlap must be a whole number of at least 0, not -1"),
        ((5,), {"min_tokens": 6}, "min_tokens must be at most max_tokens=5, not 6"),
        ((5,), {"strategy": "smart"}, "strategy must be one of .* not 'smart'"),
        ((5,), {"content": "html"}, "content must be one of .* not 'html'"),
        ((5,), {"language": 5}, "language must be the name of a language, not 5"),
        ((5,), {"language": "??"}, r"language must be a language tag, not '\?\?'"),
        ((5,), {"language": "python"}, "language must be a language tag, not 'python'"),
        ((5,), {"content": "code", "language": "cobol"}, "language must be one of .* not 'cobol'"),
        ((5,), {"encoding": "nope"}, "encoding must be .* not 'nope'"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(arguments, options, message):
    with pytest.raises((TypeError, ValueError), match=f"^chunk_text: {message}"):
        chunk_text(*arguments, **options)
