"""The options of ``to_sse`` and of the responses."""

from __future__ import annotations

from typing import Any

import pytest

from rx_stream import StreamChunk, StreamProgress
from rx_stream.core.sse.sse_options import sse_options

USUAL: dict[str, Any] = {
    "event": None, "ids": None, "retry": None, "done": True, "on_error": "event",
}  # fmt: skip


@pytest.mark.parametrize(
    ("dialect", "options", "error", "words"),
    [
        ("json", {"done": 1}, TypeError, "f: done must be True or False, not 1"),
        ("json", {"event": 1}, TypeError, "f: event must be None or a string, not 1"),
        (
            "json",
            {"event": "error"},
            ValueError,
            "f: event must be a name that is not 'error'",
        ),
        ("json", {"event": "done"}, ValueError, "f: event must be a name .*, not 'done'"),
        ("text", {"event": "progress"}, ValueError, "f: event must be a name .*, not 'progress'"),
        ("json", {"event": ""}, ValueError, "f: event must be a name"),
        ("openai", {"event": "x"}, ValueError, "f: event must be None in the openai dialect"),
        ("json", {"ids": 1}, TypeError, "f: ids must be None, a string or a callable, not 1"),
        ("json", {"ids": ""}, ValueError, "f: ids must be a name of the stream, not ''"),
        ("json", {"on_error": "x"}, ValueError, "f: on_error must be"),
        ("nothing", {}, ValueError, "f: dialect must be"),
    ],
)
def test_what_is_not_allowed_is_named(
    dialect: Any, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        sse_options("f", dialect, **{**USUAL, **options})


@pytest.mark.parametrize("dialect", ["json", "text"])
def test_a_name_that_the_dialect_gives_to_something_else_is_no_name_for_text(dialect: Any) -> None:
    call = {"index": 0, "id": "a", "name": "f", "arguments_delta": "{}"}
    about = {"reasoning": "hm", "refusal": "no", "tool_calls": [call]}
    encoder = sse_options("f", dialect, **USUAL).encoder("1", 0)
    frames = [
        *encoder.feed(StreamChunk("", metadata=about)),
        *encoder.feed(StreamProgress()),
        *encoder.fail(ValueError()),
        *encoder.flush(),
    ]
    names = {frame.partition("\n")[0].removeprefix("event: ") for frame in frames}
    assert len(names) == 6
    for name in names:
        with pytest.raises(ValueError, match=f"f: event must be a name .* not {name!r}"):
            sse_options("f", dialect, **{**USUAL, "event": name})


def test_callables_are_taken_for_ids_and_for_the_words_of_an_error() -> None:
    made = sse_options("f", "json", **{**USUAL, "ids": str, "on_error": repr})
    assert made.ids is str
    assert made.message is repr
