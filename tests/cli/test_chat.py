"""``rx-stream chat`` against a real server on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from replay_server import Pieces, ReplayServer, Reply

SPEED = 20.0
PATH = "/v1/chat/completions"

Chat = Callable[..., Any]


def paced(path: Path, speed: float) -> Pieces:
    """Return the pieces of a recording at its pace."""
    body = path.read_bytes()
    timing = json.loads(path.with_name(path.stem + ".timing.json").read_text())
    before, begin = 0.0, 0
    for at, end in timing["reads"]:
        yield (at - before) / 1000 / speed, body[begin:end]
        before, begin = at, end


def error(status: int, message: str) -> Reply:
    body = json.dumps({"error": {"message": message, "type": "t"}}).encode()
    return Reply(lambda: [(0.0, body)], status, "application/json")


@pytest.fixture
def recorded(recordings: Path) -> Path:
    return recordings / "llamacpp-chat.sse"


@pytest.fixture
def server(recorded: Path) -> Iterator[ReplayServer]:
    def once(body: bytes) -> Reply:
        return Reply(lambda: [(0.0, body)])

    def stall() -> Pieces:
        yield 0.0, b'data: {"model":"m","choices":[{"index":0,"delta":{"content":"Wait"}}]}\n\n'
        while True:
            yield 5.0, b": still thinking\n"

    replies = {
        "/v1": Reply(lambda: paced(recorded, SPEED)),
        "/401": error(401, "Incorrect API key provided"),
        "/404": error(404, "The model `m` does not exist"),
        "/429": error(429, "You exceeded your quota"),
        "/500": Reply(lambda: [(0.0, b"<html>oops</html>")], 500, "text/html"),
        "/html": once(b"<html>Welcome to nginx!</html>"),
        "/json": once(b"data: {oops\n\n"),
        "/whole": once(b'{"choices": [{"message": {"content": "Hi"}}]}'),
        "/cut": once(recorded.read_bytes()[:3000]),
        "/stall": Reply(stall),
        "/silent": Reply(lambda: iter([(30.0, b"")])),
    }
    with ReplayServer({f"{at}/chat/completions": reply for at, reply in replies.items()}) as server:
        yield server


def text_of(path: Path) -> str:
    data = [json.loads(x[6:]) for x in path.read_text("utf-8").split("\n") if x[:7] == "data: {"]
    return "".join(c["delta"].get("content") or "" for one in data for c in one["choices"])


@pytest.mark.parametrize("end", ["", "/", "/chat/completions"])
def test_the_answer_streams_to_standard_output(
    chat: Chat, server: ReplayServer, recorded: Path, end: str
) -> None:
    done = chat(server.url("/v1") + end, "--summary", OPENAI_API_KEY="secret")
    assert done.returncode == 0
    assert done.stdout.decode() == text_of(recorded)
    assert "finish reason: length" in done.stderr.decode()
    (seen,) = server.requests
    assert seen.head.startswith(f"POST {PATH} ")
    assert "authorization: bearer secret" in seen.head.lower()


def test_the_request_says_what_was_asked(chat: Chat, server: ReplayServer) -> None:
    done = chat(
        server.url("/v1"), "--system", "Be brief.", "--max-tokens", "7", "--key-env", "MY_KEY",
        MY_KEY="k2", OPENAI_API_KEY="not this",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    (seen,) = server.requests
    assert "authorization: bearer k2" in seen.head.lower()
    assert json.loads(seen.body) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello?"},
        ],
        "stream": True,
        "max_tokens": 7,
    }


def test_the_answer_can_be_paced_and_shown_with_progress(
    chat: Chat, server: ReplayServer, recorded: Path
) -> None:
    done = chat(server.url("/v1"), "--by", "word", "--rate", "500", "--progress")
    assert done.returncode == 0
    assert done.stdout.decode() == text_of(recorded)
    assert b"tok" in done.stderr


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/401", ["401", "API key", "OPENAI_API_KEY is not set", "Incorrect API key provided"]),
        ("/404", ["404", "The model `m` does not exist"]),
        ("/429", ["429", "too many requests", "You exceeded your quota"]),
        ("/500", ["500"]),
        ("/nowhere", ["404"]),
        ("/html", ["HTML page", "nginx"]),
        ("/json", ["not JSON", "{oops"]),
        ("/whole", ["a whole answer, not a stream"]),
        ("/cut", ["cut off"]),
    ],
)
def test_a_failure_is_told_in_one_line(
    chat: Chat, server: ReplayServer, path: str, words: list[str]
) -> None:
    done = chat(server.url(path))
    assert done.returncode == 1
    told = done.stderr.decode()
    assert told.startswith("rx-stream chat: http://127.0.0.1:")
    assert told.count("\n") == 1
    for word in words:
        assert word in told


def test_a_refused_key_is_not_shown(chat: Chat, server: ReplayServer) -> None:
    told = chat(server.url("/401"), OPENAI_API_KEY="s3cret").stderr.decode()
    assert "OPENAI_API_KEY was refused" in told
    assert "s3cret" not in told


def test_a_refused_connection_is_told_in_one_line(chat: Chat) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        done = chat(f"http://127.0.0.1:{port}/v1")
    assert done.returncode == 1
    assert "cannot connect" in done.stderr.decode()
    assert "refused" in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_silence_ends_after_the_timeout(chat: Chat, server: ReplayServer) -> None:
    done = chat(server.url("/silent"), "--timeout", "0.3")
    assert done.returncode == 1
    assert "nothing came for 0.3 s" in done.stderr.decode()


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://x/v1", "no url", "http://", "http://x:99999/v1", "http://[::1", "http://a..b/"),
        *("http://x/\x01", "http://x/\udcff", f"http://{'x' * 64}/"),
    ],
)
def test_a_wrong_address_is_refused(chat: Chat, url: str) -> None:
    done = chat(url)
    assert done.returncode == 2
    assert repr(url) in done.stderr.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_hangs_up(server: ReplayServer, number: int) -> None:
    process: Any = subprocess.Popen(
        [sys.executable, "-m", "rx_stream", "chat", server.url("/stall"), "--model", "m", "Hi"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.read(4) == b"Wait"
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - began < 4
    assert (out, err) == (b"", b"")
    assert process.returncode == (130 if number == signal.SIGINT else 128 + number)
    assert server.requests[0].closed_early.wait(10)


@pytest.mark.parametrize("option", ["--system", "--model"])
def test_text_that_is_not_utf_8_is_refused(chat: Chat, option: str) -> None:
    done = chat("http://127.0.0.1:9/v1", option, "a\udcff")
    assert done.returncode == 2
    assert f"{option} is not UTF-8 at character 1" in done.stderr.decode()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1", "a SOCKS proxy"),
        ("ALL_PROXY", "bad::hunter2", "a proxy (HTTP_PROXY"),
        ("HTTPS_PROXY", "gopher://user:hunter2@127.0.0.1:1", "a proxy (HTTP_PROXY"),
        ("SSL_CERT_FILE", "/nowhere/certificate.pem", "certificates (SSL_CERT_FILE"),
    ],
)
def test_what_the_environment_has_wrong_is_told_in_one_line(
    chat: Chat,
    server: ReplayServer,
    variable: str,
    value: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    done = chat(server.url("/v1"), **{variable: value})
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b"")
    assert told.startswith(f"rx-stream chat: the environment names {words}")
    assert told.count("\n") == 1
    assert "hunter2" not in told


def test_a_wait_that_no_socket_can_have_is_refused(chat: Chat) -> None:
    done = chat("http://127.0.0.1:9/v1", "--timeout", "1e300")
    assert done.returncode == 2
    assert b"--timeout: must be above 0 and at most 2000000 seconds" in done.stderr


def piped(url: str, command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Let the command read its prompt from what a shell gives it."""
    program = f"{sys.executable} -m rx_stream chat {url} --model m -"
    return subprocess.run(
        ["bash", "-c", command.format(program)],
        capture_output=True,
        env={**os.environ, **environment},
    )


def test_a_prompt_is_read_as_utf_8_whatever_the_locale_is(server: ReplayServer) -> None:
    where = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = piped(server.url("/v1"), r"printf 'Gr\303\274n?\r\n' | {}", **where)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(server.requests[0].body)["messages"][0]["content"] == "Grün?\r\n"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("{} <&-", b"standard input is closed"),
        (
            r"printf 'ab\377' | {}",
            b"standard input is not UTF-8: invalid start byte 0xff at byte 2",
        ),
    ],
)
def test_a_prompt_that_cannot_be_read_is_told_in_one_line(command: str, words: bytes) -> None:
    done = piped("http://127.0.0.1:9/v1", command)
    assert done.returncode == 1
    assert done.stderr == b"rx-stream chat: " + words + b"\n"


def test_a_summary_is_told_of_an_answer_that_was_cut_off_too(
    chat: Chat, server: ReplayServer
) -> None:
    done = chat(server.url("/cut"), "--summary")
    assert done.returncode == 1
    told = done.stderr.decode()
    assert told.startswith("state: error\n")
    assert "cut off" in told.splitlines()[-1]


def test_the_way_to_the_endpoint_goes_through_a_proxy_of_the_environment(
    chat: Chat, server: ReplayServer
) -> None:
    done = chat("http://endpoint.invalid/v1", ALL_PROXY=server.url(""), OPENAI_API_KEY="key")
    assert done.returncode == 1
    (seen,) = server.requests
    assert seen.head.startswith("POST http://endpoint.invalid/v1/")
    assert "bearer key" in seen.head.lower()
