import pytest
from reactivex import operators as ops

from rx_stream import (
    StreamChunk,
    StreamConfig,
    StreamProgress,
    StreamResult,
    StreamStalledError,
    enhance,
    throttle_tokens,
)
from rx_stream.core.tokens.vocabulary import encoding_of
from rx_stream.testing import TextMarbles

SOURCE = "'Hel' 250ms 'lo wor' 'ld. Bye' |"


def test_the_default_gathers_words_and_leaves_the_pace_alone() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold(SOURCE).pipe(enhance()))
    assert got == lab.expect("250ms 'Hello ' 'world. ' 'Bye' |")


@pytest.mark.parametrize(
    ("unit", "pieces"),
    [
        ("character", list("Hello world. Bye")),
        ("word", ["Hello ", "world. ", "Bye"]),
        ("sentence", ["Hello world. ", "Bye"]),
        ("line", ["Hello world. Bye"]),
        ("paragraph", ["Hello world. Bye"]),
        ("token", ["Hello world", ". Bye"]),
        (None, ["Hel", "lo wor", "ld. Bye"]),
    ],
)
def test_every_unit(unit: str | None, pieces: list[str]) -> None:
    lab = TextMarbles()
    config = StreamConfig(buffer=unit, token_buffer_threshold=2)  # type: ignore[arg-type]
    assert lab.run(lab.cold(SOURCE).pipe(enhance(config))).values == pieces


def test_pace_progress_and_result() -> None:
    lab = TextMarbles()
    progress: list[StreamProgress] = []
    results: list[StreamResult] = []
    config = StreamConfig(rate_limit=2, burst=1, estimated_tokens=5, progress_interval=0.5)
    stream = lab.cold("'a b c d' |").pipe(
        enhance(config, on_progress=progress.append, on_result=results.append)
    )
    assert lab.run(stream) == lab.expect("'a ' 500ms 'b ' 500ms 'c ' 500ms 'd' |")
    assert results[0].content == "a b c d"
    assert progress[-1].state == "completed"
    assert progress[-1].percentage == 100


def test_pace_and_progress_count_by_the_encoding_that_is_said() -> None:
    def told(encoding: str | None) -> tuple[float, int]:
        lab, seen = TextMarbles(), list[StreamProgress]()
        config = StreamConfig(buffer=None, rate_limit=1, encoding=encoding)
        source = lab.cold("'Привет как дела' 'end' |")
        got = lab.run(source.pipe(enhance(config, on_progress=seen.append)))
        return got[-1].time, seen[-1].tokens_received

    for encoding in ("o200k_base", "cl100k_base"):
        lab, count = TextMarbles(), encoding_of(encoding).encode_ordinary
        paced = throttle_tokens(1, encoding=encoding)
        got = lab.run(lab.cold("'Привет как дела' 'end' |").pipe(paced))
        assert told(encoding) == (got[-1].time, len(count("Привет как делаend")))
    assert told(None) == told("o200k_base") != told("cl100k_base")


def test_a_stream_that_stalls_fails() -> None:
    lab = TextMarbles()
    config = StreamConfig(timeout_first_token=2, timeout_between_tokens=1)
    late = lab.run(lab.cold("3s 'a' |").pipe(enhance(config)))
    assert [(row.time, type(row.value)) for row in late] == [(2.0, StreamStalledError)]
    gap = lab.run(lab.cold("'a ' 5s 'b' |").pipe(enhance(config)))
    assert gap[0] == lab.expect("'a '")[0]
    assert isinstance(gap.error, StreamStalledError)


def test_chunks_keep_their_type_and_their_end() -> None:
    lab = TextMarbles()
    items = {"a": StreamChunk("Hi the"), "b": StreamChunk("re", None, True, "stop")}
    got = lab.run(lab.cold("a b |", lookup=items).pipe(enhance()))
    assert [str(value) for value in got.values] == ["Hi ", "there", ""]
    assert got.values[-1].finish_reason == "stop"  # type: ignore[attr-defined]


def test_two_subscriptions_do_not_share_anything() -> None:
    lab = TextMarbles()
    results: list[str] = []
    stream = lab.cold(SOURCE).pipe(
        enhance(on_result=lambda result: results.append(result.content)), ops.to_list()
    )
    assert lab.run(stream) == lab.run(stream)
    assert results == ["Hello world. Bye"] * 2


def test_a_configuration_of_another_type_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match=r"enhance: config must be a StreamConfig, not \{"):
        enhance({"buffer": "word"})  # type: ignore[arg-type]
