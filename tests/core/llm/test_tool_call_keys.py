"""Which call a piece belongs to: by the provider's index, else its id, else its position."""

from __future__ import annotations

import pytest

from rx_stream.core.llm.tool_call_keys import ToolCallKeys


def test_the_providers_index_is_the_key_and_calls_are_numbered_as_they_come() -> None:
    keys = ToolCallKeys()
    pieces = [keys.delta(key, f"id{key}", "f", "") for key in (7, 3, 9)]
    assert [piece["index"] for piece in pieces] == [0, 1, 2]
    assert keys.delta(3, None, None, "x") == {
        "index": 1,
        "id": None,
        "name": None,
        "arguments_delta": "x",
    }


def test_id_and_name_are_told_once() -> None:
    keys = ToolCallKeys()
    pieces = [keys.delta(0, id, name, "") for id, name in [("a", ""), ("a", "f"), ("a", "f")]]
    assert [(piece["id"], piece["name"]) for piece in pieces] == [
        ("a", None),
        (None, "f"),
        (None, None),
    ]


def test_another_id_with_a_name_under_a_known_index_is_another_call() -> None:
    keys = ToolCallKeys()
    first, second = keys.delta(0, "a", "f", ""), keys.delta(0, "b", "f", "")
    assert (first["index"], second["index"]) == (0, 1)
    assert keys.delta(0, None, None, "x")["index"] == 1


def test_without_an_index_the_id_is_the_key() -> None:
    keys = ToolCallKeys()
    keys.delta(None, "a", "f", "", position=0)
    keys.delta(None, "b", "g", "", position=1)
    assert keys.delta(None, "a", None, "x", position=1)["index"] == 0
    assert keys.delta(None, "b", None, "x", position=0)["index"] == 1


@pytest.mark.parametrize("id", [None, "", "null"])
def test_without_an_id_the_position_is_the_key(id: str | None) -> None:
    keys = ToolCallKeys()
    assert keys.delta(None, id, "f", "", position=0)["index"] == 0
    assert keys.delta(None, id, "g", "", position=1)["index"] == 1
    assert keys.delta(None, id, None, "x")["index"] == 0


@pytest.mark.parametrize(("id", "told"), [("a", "a"), ("", None), (None, None)])
def test_calls_that_come_whole_are_numbered_too(id: str | None, told: str | None) -> None:
    keys = ToolCallKeys()
    assert [keys.whole(id, "f", {})["index"] for _ in range(3)] == [0, 1, 2]
    assert keys.whole(id, "f", {"a": 1}) == {
        "index": 3,
        "id": told,
        "name": "f",
        "arguments_delta": '{"a": 1}',
    }
    assert keys.delta(None, "z", "f", "")["index"] == 4
