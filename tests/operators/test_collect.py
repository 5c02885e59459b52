import reactivex as rx

from rx_stream import StreamResult, collect
from rx_stream.testing import TextMarbles


def test_one_result_when_the_stream_has_completed() -> None:
    lab = TextMarbles()
    got = lab.run(lab.cold("'Hel' 1s 'lo' 1s |").pipe(collect()))
    assert [(row.time, row.kind) for row in got] == [(2.0, "N"), (2.0, "C")]
    (result,) = got.values
    assert isinstance(result, StreamResult)
    assert (result.content, result.duration, result.state) == ("Hello", 2.0, "completed")


def test_a_stream_that_fails_has_no_result() -> None:
    lab = TextMarbles()
    assert lab.run(lab.cold("'Hel' 1s #").pipe(collect())) == lab.expect("1s #")


def test_tokens_are_counted_when_first_asked_for() -> None:
    result = rx.from_iterable(["Hel", "lo wor", "ld"]).pipe(collect()).run()
    assert result.counted is None
    assert result.token_count == 2
    assert result.counted == 2


def test_a_million_small_chunks_are_kept_as_little_more_than_their_text() -> None:
    import tracemalloc

    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        sizes: list[int] = []

        def chunks() -> object:
            for number in range(200_000):
                if number % 50_000 == 49_999:
                    sizes.append(tracemalloc.get_traced_memory()[0] - before)
                yield f"{number:09d} "

        rx.from_iterable(chunks()).pipe(collect()).run()
    finally:
        tracemalloc.stop()
    assert sizes[-1] < 1.5 * 10 * 200_000
