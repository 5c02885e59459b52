from __future__ import annotations

import random
import tracemalloc
from itertools import pairwise

import pytest
import reactivex as rx
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from rx_stream import StreamChunk, StreamProgress, buffer_tokens
from rx_stream.core.tokens.vocabulary import encoding_of
from rx_stream.testing import TextMarbles

O200K = encoding_of()
TEXTS = [
    "The kettle boils. Pour 250 ml of water, wait four minutes, and taste; don't hurry!\n\n" * 4,
    "水が沸いたら、四分待ちます。味はどうですか？" * 6,
    "👩‍👩‍👧‍👦 🧠🫠🏳️‍🌈 naïve 🇩🇪 𝔘𝔫𝔦 한국어 ꧁꧂ 🙂‍↔️ " * 4,
    "पानी उबल रहा है। चार मिनट रुकिए। " * 6,
    'def f(x):\n    return {"a": [x, x + 1]}\n\n\n' * 4,
    "a" * 700 + "=" * 700 + " " * 300 + "字" * 300,
    "\ud83d lone \ude42 and a \ud83d\ude42 pair in two halves",
]


def run(items, count, **options):
    out = []
    rx.from_iterable(items).pipe(buffer_tokens(count, **options)).subscribe(out.append)
    return out


def cut(text, seed, longest):
    rnd, start, pieces = random.Random(seed), 0, []
    while start < len(text):
        end = start + rnd.randint(1, longest)
        pieces.append(text[start:end])
        start = end
    return pieces


def oracle(text, count):
    """Cut the bytes after every count-th token; a cut inside a character moves to its end."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    data, cuts, at = whole.encode(), [], 0
    for index, token in enumerate(O200K.encode_ordinary(text), 1):
        at += len(O200K.decode_single_token_bytes(token))
        if index % count == 0:
            end = at
            while end < len(data) and data[end] & 0xC0 == 0x80:
                end += 1
            cuts.append(end)
    edges = sorted({0, *cuts, len(data)})
    return [data[a:b].decode() for a, b in pairwise(edges)]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("count", [1, 2, 5, 64])
def test_pieces_are_runs_of_the_tokens_of_the_whole_text(text, count):
    pieces = run(cut(text, 1, 9), count)
    assert "".join(pieces) == text
    normal = [p.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for p in pieces]
    assert normal == oracle(text, count)


@pytest.mark.parametrize("text", TEXTS)
def test_the_cutting_of_the_input_changes_nothing(text):
    whole = run([text], 3)
    for longest in (1, 4, 30, 500):
        assert run(cut(text, longest, longest), 3) == whole


@given(st.text(max_size=60), st.integers(1, 6), st.integers(0, 10**6))
def test_any_text_in_any_cutting(text, count, seed):
    assert run(cut(text, seed, 5), count) == oracle(text, count)


def test_a_run_is_emitted_as_soon_as_its_end_is_certain():
    lab = TextMarbles()
    seen = lab.run(lab.cold("'one' 1s ' two' 1s ' three' 1s ' four' 1s |").pipe(buffer_tokens(1)))
    assert [(row.time, row.value) for row in seen][:4] == [
        (1, "one"),
        (2, " two"),
        (3, " three"),
        (4, " four"),
    ]


def test_no_piece_is_empty_or_has_a_broken_character():
    for piece in run(["🧠🫠🦩𝔘ꧏ" * 20], 1):
        assert piece
        assert "\ufffd" not in piece


def test_held_text_comes_before_an_error():
    lab = TextMarbles()
    seen = lab.run(lab.cold("'one tw' 1s 'o thr' #").pipe(buffer_tokens(2)))
    assert [row.kind for row in seen] == ["N", "N", "E"]
    assert "".join(row.value for row in seen[:2]) == "one two thr"


def test_chunks_come_out_as_chunks_and_the_terminal_one_last():
    end = StreamChunk(" five", is_complete=True, finish_reason="stop")
    out = run([StreamChunk("one two three"), StreamChunk(" four"), end], 2)
    assert [chunk.content for chunk in out] == ["one two", " three four", " five", ""]
    assert out[-1].is_complete
    assert not any(chunk.is_complete for chunk in out[:-1])


def test_what_is_not_text_passes_at_once():
    progress = StreamProgress()
    assert run(["one two thr", progress, "ee"], 1) == ["one", " two", progress, " three"]


def test_any_function_counts_and_every_run_has_its_tokens():
    text = "alpha beta  gamma\ndelta " * 40

    def count(part):
        return (len(part) + 3) // 4

    whole = run([text], 5, encoding=count)
    assert "".join(whole) == text
    assert all(count(piece) == 5 for piece in whole[:-1])
    for longest in (1, 7, 100):
        assert run(cut(text, 2, longest), 5, encoding=count) == whole


def test_one_long_run_is_cut_in_linear_time_and_bounded_memory():
    core = buffer_tokens(7)
    sizes = []
    tracemalloc.start()
    source = rx.from_iterable("a" for _ in range(20_000))
    source.pipe(core).subscribe(lambda piece: sizes.append(len(piece)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) == 20_000
    assert peak < 3_000_000


@pytest.mark.parametrize(
    ("count", "kind"), [(0, ValueError), (-1, ValueError), (1.0, TypeError), (True, TypeError)]
)
def test_a_bad_count_is_refused_at_the_call(count, kind):
    with pytest.raises(kind, match="buffer_tokens: count must be a whole number of at least 1"):
        buffer_tokens(count)


def test_a_bad_encoding_is_refused_at_the_call():
    with pytest.raises(ValueError, match=r"buffer_tokens: encoding must be .*'nope'"):
        buffer_tokens(5, encoding="nope")


def test_an_encoding_with_a_split_pattern_of_its_own_gives_runs_that_fit():
    own = tiktoken.Encoding(
        "own",
        pat_str=r"\S+|\s+",
        mergeable_ranks={bytes([byte]): byte for byte in range(256)},
        special_tokens={},
    )
    lab = TextMarbles()
    got = lab.run(lab.cold("'abc' 'defg' |").pipe(buffer_tokens(3, encoding=own)))
    assert got.values == ["abc", "def", "g"]
