import pytest
import reactivex as rx
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops

from rx_stream import StreamChunk, stop_at
from rx_stream.testing import TextMarbles


def text(pieces: list[str], *sequences: str, include: bool = False) -> str:
    out: list[str] = []
    rx.from_iterable(pieces).pipe(stop_at(*sequences, include=include)).subscribe(out.append)
    return "".join(out)


def test_a_sequence_cut_over_chunks_ends_the_stream_and_the_source() -> None:
    lab = TextMarbles()
    source = lab.cold("'Hello <e' 1s 'nd> and' 1s ' more' |")
    assert lab.run(source.pipe(stop_at("<end>"))) == lab.expect("'Hello ' 1s |")
    assert [s.end for s in source.subscriptions] == [1.0]


def test_what_only_looked_like_a_beginning_is_sent_on() -> None:
    lab = TextMarbles()
    source = lab.cold("'a <e' 1s 'm>' 1s ' <en' |")
    assert lab.run(source.pipe(stop_at("<end>"))) == lab.expect("'a ' 1s '<em>' 1s ' ' '<en' |")


def test_the_sequence_itself_can_be_included() -> None:
    assert text(["a<en", "d>b"], "<end>", include=True) == "a<end>"


def test_the_sequence_that_is_complete_first_counts() -> None:
    assert text(["xabcd"], "abcd", "bc") == "xa"
    assert text(list("xabcd"), "abcd", "bc") == "xa"


def test_a_beginning_inside_a_beginning_is_not_missed() -> None:
    assert text(list("aaab"), "aab") == "a"


@given(
    st.text("ab", max_size=30),
    st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=3),
    st.booleans(),
)
def test_any_cutting_gives_the_same_as_a_search_of_the_whole(
    whole: str, sequences: list[str], include: bool
) -> None:
    ends = [
        (end, -len(s))
        for s in sequences
        for end in range(len(whole) + 1)
        if whole[:end].endswith(s)
    ]
    expected = whole
    if ends:
        end, length = min(ends)
        expected = whole[:end] if include else whole[: end + length]
    assert text([whole], *sequences, include=include) == expected
    assert text(list(whole), *sequences, include=include) == expected


def test_chunks_keep_their_metadata() -> None:
    lab = TextMarbles()
    source = lab.cold(
        "a b |", lookup={"a": StreamChunk("x", metadata={"n": 1}), "b": StreamChunk("STOP")}
    )
    assert lab.run(source.pipe(stop_at("STOP"))).values == [StreamChunk("x", metadata={"n": 1})]


def test_a_source_without_end_is_stopped() -> None:
    got: list[str] = []
    rx.from_iterable(iter(lambda: "ab", None)).pipe(stop_at("ba"), ops.to_list()).subscribe(
        got.extend
    )
    assert got == ["a"]


@pytest.mark.parametrize(
    ("sequences", "error", "message"),
    [
        ((), TypeError, "one or more strings"),
        (("",), ValueError, "at least one character, not ''"),
        ((1,), TypeError, "a string, not 1"),
    ],
)
def test_bad_sequences_are_refused_at_once(
    sequences: tuple[object, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"stop_at: .*{message}"):
        stop_at(*sequences)  # type: ignore[arg-type]
