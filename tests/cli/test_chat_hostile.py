"""What an endpoint that means ill must not be able to do to ``rx-stream chat``."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Chat = Callable[..., Any]
KEY = "sk-secret-0123456789"


class RawServer:
    """Answers each connection on loopback with the same bytes, and keeps what was sent to it."""

    def __init__(self, *pieces: bytes, tls: ssl.SSLContext | None = None) -> None:
        self.pieces = pieces
        self.received: list[bytes] = []
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._answer(self._listener.accept()[0])

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(65_536)
            length = int(re.findall(rb"(?i)content-length: (\d+)", request)[0])
            while len(request.partition(b"\r\n\r\n")[2]) < length:
                request += connection.recv(65_536)
            self.received.append(request)
            for piece in self.pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_RDWR)


def ok(body: bytes, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"content-type: text/event-stream", *headers, b"", body]
    return b"\r\n".join(lines)


def said(text: str) -> bytes:
    event = {"model": "m", "choices": [{"index": 0, "delta": {"content": text}}]}
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return b"".join(f"data: {json.dumps(e)}\n\n".encode() for e in (event, end)) + b"data: [DONE]\n"


def ask_at(chat: Chat, port: int, scheme: str = "http", **environment: str) -> Any:
    return chat(f"{scheme}://127.0.0.1:{port}/v1", **environment)


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary Redirect"])
def test_a_redirection_is_not_followed_and_the_key_goes_nowhere_else(
    chat: Chat, status: bytes
) -> None:
    with RawServer(ok(said("stolen"))) as other:
        to = b"location: http://127.0.0.1:%d/v1/chat/completions" % other.port
        head = b"\r\n".join([b"HTTP/1.1 " + status, to, b"content-length: 0", b"", b""])
        with RawServer(head) as server:
            done = ask_at(chat, server.port, OPENAI_API_KEY=KEY)
    assert done.returncode == 1
    assert done.stdout == b""
    assert status[:3] in done.stderr
    assert other.received == []
    assert KEY.encode() in server.received[0]


@pytest.mark.parametrize("key", ["sk-se cret", "sk-secret\n", "sk-sécret", "sk-secret\r\nx: y"])
def test_a_key_that_no_header_can_have_is_refused_and_not_shown(chat: Chat, key: str) -> None:
    with RawServer(ok(said("Hi"))) as server:
        done = ask_at(chat, server.port, OPENAI_API_KEY=key)
    assert done.returncode == 1
    assert b"OPENAI_API_KEY holds" in done.stderr
    assert b"cret" not in done.stderr
    assert server.received == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"x" * 300_000 + b"\r\n\r\n",
        b"no http at all\r\n\r\n",
        ok(b"data: {oops\n\n"),
        ok(b"data: " + b"[" * 1_000_000 + b"\n\n"),
        ok(b""),
        b"",
    ],
    ids=["refused", "huge header", "no http", "no json", "brackets", "empty", "closed"],
)
def test_no_failure_shows_a_key_a_password_or_a_query(chat: Chat, answer: bytes) -> None:
    with RawServer(answer) as server:
        url = f"http://user:hunter2@127.0.0.1:{server.port}/v1/chat/completions?key=hunter3"
        done = chat(url, OPENAI_API_KEY=KEY)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"http://\xe2\x80\xa6@127.0.0.1" in done.stderr
    for secret in (KEY, "hunter2", "hunter3", "Traceback"):
        assert secret.encode() not in done.stderr


def test_a_bad_address_shows_no_password(chat: Chat) -> None:
    done = chat("ftp://user:hunter2@host/v1?key=hunter3")
    assert done.returncode == 2
    assert b"hunter" not in done.stderr


def test_a_compressed_answer_is_refused_not_unpacked(chat: Chat) -> None:
    bomb = gzip.compress(said("x" * 30_000_000))
    with RawServer(ok(bomb, b"content-encoding: gzip")) as server:
        done = ask_at(chat, server.port)
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"compressed (gzip)" in done.stderr
    assert b"accept-encoding: identity" in server.received[0].lower()


def test_a_refusal_without_an_end_is_not_read_to_its_end(chat: Chat) -> None:
    pieces = [b"HTTP/1.1 500 Oops\r\n\r\n", *[b"x" * 100_000] * 1_000]
    with RawServer(*pieces) as server:
        done = ask_at(chat, server.port)
    assert done.returncode == 1
    assert b"500 Oops" in done.stderr
    assert len(done.stderr) < 300


def test_control_characters_of_a_refusal_are_not_sent_to_the_terminal(chat: Chat) -> None:
    body = json.dumps({"error": {"message": "no \x1b]0;owned\x07 \x9b2J way"}}).encode()
    head = b"HTTP/1.1 400 \x1b[31mBad\r\ncontent-length: %d\r\n\r\n" % len(body)
    with RawServer(head + body) as server:
        done = ask_at(chat, server.port)
    assert done.returncode == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.stderr.decode())


def test_text_in_a_pipe_is_exact_with_all_control_characters(chat: Chat) -> None:
    text = "a\x1b[2J\x07\r\nb\x00\x9b c\r"
    with RawServer(ok(said(text))) as server:
        assert ask_at(chat, server.port).stdout == text.encode()


def test_a_certificate_that_nobody_vouches_for_is_refused(
    chat: Chat, tmp_path: Path, need_program: Callable[[str], str]
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *(need_program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days"),
            *("1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with RawServer(ok(said("Hi")), tls=context) as server:
        done = ask_at(chat, server.port, scheme="https")
    assert done.returncode == 1
    assert b"certificate verify failed" in done.stderr.lower()
    assert server.received == []
