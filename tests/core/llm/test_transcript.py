"""What an error tells of the text before it, and how little that takes."""

from __future__ import annotations

import gc

from rx_stream.core.llm.transcript import Transcript
from rx_stream.types import StreamChunk


class Counted(StreamChunk):
    """A chunk that says when it is gone."""

    __slots__ = ()
    alive = 0

    def __init__(self, content: str) -> None:
        super().__init__(content)
        Counted.alive += 1

    def __del__(self) -> None:
        Counted.alive -= 1


def test_all_that_was_sent_is_in_the_result() -> None:
    transcript = Transcript()
    for number in range(3_000):
        transcript.add([StreamChunk(f"{number} "), StreamChunk("x ")])
    error = ValueError("cut off")
    result = transcript.result(error)
    assert result.content == "".join(f"{number} x " for number in range(3_000))
    assert (result.chunk_count, result.state, result.error) == (6_000, "error", error)
    assert result.duration == 0.0


def test_a_thousand_chunks_at_most_are_kept_as_they_are() -> None:
    transcript = Transcript()
    most = 0
    for _ in range(5_000):
        transcript.add([Counted("x")])
        gc.disable()  # They go by themselves.
        most = max(most, Counted.alive)
        gc.enable()
    assert 1_000 <= most <= 1_025
    assert transcript.result(ValueError()).content == "x" * 5_000
    assert Counted.alive == 0
