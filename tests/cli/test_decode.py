"""``rx-stream decode``: saved bodies to text and a summary."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from llm_recordings import Recording, recordings


def decode(*arguments: str, body: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "rx_stream", "decode", *arguments]
    return subprocess.run(command, input=body, capture_output=True)


def lines(done: subprocess.CompletedProcess[bytes]) -> dict[str, str]:
    told = (line.partition(": ") for line in done.stderr.decode().splitlines())
    return {name: value for name, _, value in told}


def test_text_goes_out_and_the_summary_beside_it(recordings: Path) -> None:
    done = decode(str(recordings / "llamacpp-code.sse"))
    assert done.returncode == 0
    assert len(done.stdout.decode()) == 280
    assert lines(done) == {
        "state": "completed",
        "finish reason": "length",
        "dialect": "openai.completions",
        "model": "gemma-3-270m-pt-q4_km",
        "text": "280 characters in 120 chunks",
        "usage": "22 in, 120 out, 142 in all, 0 of them cached tokens",
    }


def test_standard_input_is_read_and_the_summary_can_be_left_out(recordings: Path) -> None:
    body = (recordings / "llamacpp-ja.sse").read_bytes()
    for name in ((), ("-",)):
        done = decode(*name, "--quiet", body=body)
        assert (done.returncode, done.stderr) == (0, b"")
        assert len(done.stdout.decode()) == 177


@recordings(dialects=("ollama.generate", "cohere.v2", "gemini"))
def test_other_dialects_are_told_apart(recording: Recording, tmp_path: Path) -> None:
    saved = tmp_path / recording.file
    saved.write_bytes(recording.body)
    done = decode(str(saved))
    assert done.returncode == 0
    assert done.stdout.decode() == recording.text
    calls = [f"tool call: {c['name']} {c['arguments']}" for c in recording.expected["tool_calls"]]
    assert [line for line in done.stderr.decode().splitlines() if "tool call" in line] == calls


@recordings(failed=True)
def test_an_error_in_the_data_fails_after_the_text(recording: Recording) -> None:
    done = decode(body=recording.body)
    assert done.returncode == 1
    assert done.stdout.decode() == recording.text
    message = recording.expected["error"]["message"]
    assert done.stderr.decode().endswith(f"rx-stream decode: standard input: {message}\n")
    assert lines(done)["state"] == "error"


def test_a_body_that_was_cut_off_fails_after_its_text(recordings: Path) -> None:
    body = (recordings / "llamacpp-en-story.sse").read_bytes()[:3000]
    done = decode(body=body)
    assert done.returncode == 1
    assert len(done.stdout) > 20
    assert "the answer is cut off" in done.stderr.decode().splitlines()[-1]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>503</html>", "HTML page"),
        (b"", "before its first item"),
        (b"data: {\n\n", "not JSON"),
    ],
)
def test_what_is_no_stream_is_told_in_one_line(body: bytes, words: str) -> None:
    done = decode("--quiet", body=body)
    assert done.returncode == 1
    assert done.stdout == b""
    assert words in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_missing_file_or_an_unknown_dialect_is_told_in_one_line() -> None:
    for arguments, status in ((("nothing.sse",), 1), (("--dialect", "klingon"), 2)):
        done = decode(*arguments)
        assert done.returncode == status
        assert arguments[-1] in done.stderr.decode()
        assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_stopped_while_it_waits_is_cancelled_not_wrong(number: int) -> None:
    event = b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"Wait"}}]}\n\n'
    with subprocess.Popen(
        [sys.executable, "-m", "rx_stream", "decode"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdin.write(event)
            process.stdin.flush()
            assert process.stdout.read(4) == b"Wait"
            process.send_signal(number)
            assert process.wait(10) == 128 + number
            assert process.stderr.read().startswith(b"state: cancelled\n")
        finally:
            process.kill()
