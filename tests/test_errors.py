"""Errors outlive the process in which they were raised."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable

import pytest

from rx_stream import StreamChunk, StreamResult, errors
from rx_stream.errors import RxStreamError

ATTRIBUTES: dict[str, object] = {
    "waited": 1.5,
    "kind": "overloaded_error",
    "code": "529",
    "waiting": 3,
    "limit": 1 << 20,
    "line": 7,
    "position": "a.1",
    "detail": "why",
}
COPIES: dict[str, Callable[[Exception], Exception]] = {
    "pickle": lambda error: pickle.loads(pickle.dumps(error)),
    "old pickle": lambda error: pickle.loads(pickle.dumps(error, 0)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def made(name: str) -> RxStreamError:
    kind = getattr(errors, name)
    named = [
        parameter.name
        for parameter in inspect.signature(kind.__init__).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    return kind("what went wrong", **{parameter: ATTRIBUTES[parameter] for parameter in named})


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", errors.__all__)
def test_a_copy_of_an_error_says_what_the_error_says(name: str, way: str) -> None:
    error = made(name)
    error.add_note("seen at noon")
    other = COPIES[way](error)
    assert other is not error
    assert type(other) is type(error)
    assert str(other) == "what went wrong"
    assert other.args == error.args
    assert vars(other) == vars(error)
    assert other.__notes__ == ["seen at noon"]


@pytest.mark.parametrize("way", ["pickle", "copy", "deepcopy"])
def test_a_copy_keeps_the_result_that_has_the_error_in_turn(way: str) -> None:
    error = RxStreamError("cut off")
    chunk = StreamChunk("Hel")
    error.result = StreamResult(chunk.content, metadata=chunk.metadata, error=error)
    other = COPIES[way](error)
    assert isinstance(other, RxStreamError)
    assert other.result is not None
    assert other.result.content == "Hel"
    assert other.result.error is (error if way == "copy" else other)


def test_an_error_of_another_package_needs_nothing_of_its_own() -> None:
    error = OtherError(1, other="x")
    assert vars(pickle.loads(pickle.dumps(error))) == {"other": "x"}


class OtherError(RxStreamError):
    def __init__(self, number: int, *, other: str) -> None:
        super().__init__(f"number {number}")
        self.other = other
