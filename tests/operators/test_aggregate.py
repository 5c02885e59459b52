import pytest
from reactivex.subject import Subject

from rx_stream import StreamChunk, StreamResult, aggregate
from rx_stream.testing import TextMarbles


def run(diagram: str, **options: object) -> tuple[object, list[StreamResult]]:
    lab = TextMarbles()
    results: list[StreamResult] = []
    return lab.run(lab.cold(diagram).pipe(aggregate(results.append)), **options), results


def test_the_stream_is_passed_on_as_it_is() -> None:
    lab = TextMarbles()
    source = lab.cold("'Hel' 250ms 'lo' - |")
    assert lab.run(source.pipe(aggregate(print))) == lab.expect("'Hel' 250ms 'lo' - |")


def test_the_result_of_a_stream_that_completed() -> None:
    _, (result,) = run("1s 'Hel' 1s 'lo' 2s |")
    assert (result.content, result.state, result.error) == ("Hello", "completed", None)
    assert (result.chunk_count, result.character_count) == (2, 5)
    assert result.duration == 4.0


def test_the_result_of_a_stream_that_failed_has_the_text_so_far() -> None:
    _, (result,) = run("'Hel' 1s #")
    assert (result.content, result.state) == ("Hel", "error")
    assert repr(result.error) == repr(Exception("error"))


def test_the_result_of_a_stream_that_was_disposed() -> None:
    _, (result,) = run("'Hel' 1s 'lo' |", dispose_at=0.5)
    assert (result.content, result.state, result.duration) == ("Hel", "cancelled", 0.5)


def test_it_is_reported_before_the_terminal_event() -> None:
    events: list[str] = []
    lab = TextMarbles()
    lab.cold("'x' |").pipe(aggregate(lambda _: events.append("result"))).subscribe(
        on_completed=lambda: events.append("completed"), scheduler=lab.scheduler
    )
    lab.scheduler.advance_by(1.0)
    assert events == ["result", "completed"]


def test_an_observer_gets_the_result_of_every_subscription() -> None:
    results: Subject[StreamResult] = Subject()
    seen: list[str] = []
    results.subscribe(lambda result: seen.append(result.content))
    lab = TextMarbles()
    stream = lab.cold("'x' |").pipe(aggregate(results))
    lab.run(stream)
    lab.run(stream)
    assert seen == ["x", "x"]


def test_what_the_callback_raises_is_the_error_of_the_stream() -> None:
    def fail(_: StreamResult) -> None:
        raise KeyError("callback")

    lab = TextMarbles()
    got = lab.run(lab.cold("'x' |").pipe(aggregate(fail)))
    assert got == lab.expect("'x' #", error=KeyError("callback"))


def test_usage_and_tool_calls_and_reasoning_are_put_together() -> None:
    call = {"index": 0, "id": "t1", "name": "f", "arguments_delta": '{"a"'}
    more = {"index": 0, "id": None, "name": None, "arguments_delta": ": 1}"}
    items = {
        "a": StreamChunk("", metadata={"reasoning": "Let me "}),
        "b": StreamChunk("", metadata={"reasoning": "think."}),
        "c": StreamChunk("Yes", token_count=1, metadata={"usage": {"output_tokens": 1}}),
        "d": StreamChunk("", metadata={"tool_calls": [call]}),
        "e": StreamChunk("", metadata={"tool_calls": [more]}),
        "f": StreamChunk(
            "", None, True, "tool_calls", {"usage": {"output_tokens": 9}, "model": "m"}
        ),
    }
    lab = TextMarbles()
    results: list[StreamResult] = []
    lab.run(lab.cold("a b c d e f |", lookup=items).pipe(aggregate(results.append)))
    (result,) = results
    assert result.content == "Yes"
    assert result.reasoning == "Let me think."
    assert result.tool_calls == [{"id": "t1", "name": "f", "arguments": '{"a": 1}'}]
    assert result.usage == {"output_tokens": 9}
    assert (result.finish_reason, result.token_count) == ("tool_calls", 1)
    assert result.metadata["model"] == "m"


def test_a_callback_that_cannot_be_called_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match=r"aggregate: on_result must be a function .* not 7"):
        aggregate(7)  # type: ignore[arg-type]
