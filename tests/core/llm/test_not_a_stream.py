"""What a body is that is no stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rx_stream.core.llm.not_a_stream import not_a_stream, shorten, whole_answer

MESSAGE = {"type": "message", "role": "assistant"}
RESPONSE = {"object": "response", "output": []}
CHAT = {"choices": [{"message": {"content": "x"}}]}


@pytest.mark.parametrize("payload", [MESSAGE, RESPONSE, CHAT])
def test_a_whole_answer_is_known_by_its_own_marks(payload: dict[str, Any]) -> None:
    assert "a whole answer, not a stream" in str(whole_answer(payload))
    assert "a whole answer, not a stream" in str(not_a_stream(json.dumps(payload)))


@pytest.mark.parametrize(
    "payload",
    [
        *({"type": "message"}, {"role": "assistant"}, {"type": "other", "role": "assistant"}),
        *({"object": "response"}, {"output": []}, {"object": "other", "output": []}),
        *({"choices": []}, {"choices": [{"message": {}, "delta": {}}]}, {}),
        {"choices": [{"delta": {"content": "x"}}]},
    ],
)
def test_half_the_marks_are_none(payload: dict[str, Any]) -> None:
    assert whole_answer(payload) is None
    assert "one JSON value, not a stream" in str(not_a_stream(json.dumps(payload)))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html>busy</html>", "an HTML page"),
        (" \n<!doctype html>", "an HTML page"),
        ("busy <b>", "neither Server-Sent Events nor JSON lines"),
        (">", "neither Server-Sent Events nor JSON lines"),
        ("", "neither Server-Sent Events nor JSON lines"),
        ('[{"text": "x"}]', "one JSON array"),
        ('[{"error": {"message": "Quota"}}]', "Quota"),
        ('{"error": {"message": "Quota"}}', "Quota"),
    ],
)
def test_the_error_says_what_it_is(body: str, words: str) -> None:
    assert words in str(not_a_stream(body))


def test_two_hundred_characters_of_a_text_are_shown() -> None:
    assert shorten("x" * 200) == repr("x" * 200)
    assert shorten("x" * 201) == repr("x" * 200 + "…")
