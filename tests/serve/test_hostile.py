"""What the page and its server must withstand; on a real server, and in a real browser."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

JSON = {"content-type": "application/json"}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "<b>bold</b> **bold** [a](javascript:alert(1)) &amp; \u202eabc \x1b[2J \x00 end"
)


@contextmanager
def serving(*options: str) -> Iterator[int]:
    command = [sys.executable, "-m", "rx_stream", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        address = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", process.stderr.readline())
        assert address is not None
        yield int(address[1])
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def port(need_module: Any) -> Iterator[int]:
    for module in ("starlette", "uvicorn"):
        need_module(module)
    with serving() as port:
        yield port


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
    """Return the response and its body; the status of an error is one, too."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response, text


def test_it_listens_on_loopback_only(port: int) -> None:
    # Every address of 127.0.0.0/8 is this machine's: whoever listens on all addresses has it, too.
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", port)):
        pass


def test_nothing_else_of_the_package_listens() -> None:
    home = Path(__file__).parents[2] / "rx_stream"
    listens = re.compile(r"create_server|start_server|\.listen\(|\.bind\(|uvicorn\.run|0\.0\.0\.0")
    found = {p.name for p in home.rglob("*.py") if listens.search(p.read_text(encoding="utf-8"))}
    assert found == {"serve.py"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0", "[::1]", ""])
@pytest.mark.parametrize("path", ["/", "/api/runs/current", "/page.js"])
def test_a_foreign_name_for_this_machine_is_refused(port: int, host: str, path: str) -> None:
    response, _ = ask(port, "GET", path, host=host)
    assert response.status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 4_000,
        b'{"rate":' + b"9" * 4_000 + b"}",
        b'{"rate":1e999}',
        b'{"rate":NaN}',
        b'{"rate":"9"}',
        b'{"unit":[]}',
        b'{"unit":' + b'{"a":' * 700 + b"1" + b"}" * 701,
        b"\xff",
        b"",
        b"x" * 5_000,
    ],
)
def test_a_hostile_body_is_refused(port: int, body: bytes) -> None:
    response, text = ask(port, "POST", "/api/runs", body, **JSON)
    assert response.status == 400
    assert set(json.loads(text)) == {"error"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/", 200), ("/page.js", 200), ("/api/runs/current", 200), ("/nothing", 404)),
        *(("/../app.py", 404), ("/%2e%2e/app.py", 404), ("/..%2fapp.py", 404)),
        *(("//etc/passwd", 404), ("/page.js%00", 404), ("/api/runs/x/events", 404)),
    ],
)
def test_every_answer_keeps_the_page_to_itself(port: int, path: str, status: int) -> None:
    response, text = ask(port, "GET", path)
    assert response.status == status
    assert b"page_app" not in text
    headers = {name.lower(): value for name, value in response.getheaders()}
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("frame-ancestors") == "'none'"
    assert set(policy.values()) <= {"'self'", "'none'"}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert not [name for name in headers if name.startswith("access-control-")]


def test_another_site_may_not_ask_what_it_could_not_read(port: int) -> None:
    """A browser asks first, and gets no leave; what needs no leave is refused."""
    asked, _ = ask(port, "OPTIONS", "/api/runs", origin="http://evil.example")
    assert asked.status == 405
    assert asked.getheader("access-control-allow-origin") is None
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        response, _ = ask(port, "POST", "/api/runs", b"{}", content_type=kind)
        assert response.status == 400


def test_the_page_has_neither_script_nor_style_inside() -> None:
    home = Path(__file__).parents[2] / "rx_stream" / "serve" / "page"
    html = (home / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:", html)
    code = "".join(path.read_text(encoding="utf-8") for path in home.glob("*.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", code)


@pytest.fixture(scope="module")
def browser(need_program: Any, need_module: Any) -> Iterator[Any]:
    chromium = need_program("chromium")
    need_module("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def test_no_text_of_a_model_becomes_markup(browser: Any, need_module: Any, tmp_path: Path) -> None:
    need_module("uvicorn")
    event = {"model": "m", "choices": [{"index": 0, "delta": {"content": HOSTILE}}]}
    body = tmp_path / "answer.sse"
    body.write_text(f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n", encoding="utf-8")
    with serving(str(body)) as port:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.evaluate("document.getElementById('rate').value = 201")
        page.click("#start")
        page.wait_for_selector("#state[data-state=completed]", timeout=20_000)
        assert page.evaluate("document.getElementById('text').textContent") == HOSTILE
        inside = "[...document.querySelectorAll('#text *')].map(e => e.tagName)"
        assert set(page.evaluate(inside)) == {"SPAN"}
        assert page.title() == "rx_stream"
        page.close()


def test_a_file_that_has_gone_is_told_without_a_traceback(need_module: Any, tmp_path: Path) -> None:
    for module in ("starlette", "uvicorn"):
        need_module(module)
    body = tmp_path / "answer.sse"
    body.write_bytes(b"data: [DONE]\n\n")
    with serving(str(body)) as port:
        body.unlink()
        response, text = ask(port, "POST", "/api/runs", b"{}", **JSON)
    assert response.status == 404
    assert json.loads(text)["error"] == "cannot read the source: No such file or directory"


@pytest.mark.parametrize("number", ["70000", "-1", "1e3", "https"])
def test_a_number_that_no_port_has_is_refused_in_one_line(number: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "dev",
            "-W",
            "error",
            "-m",
            "rx_stream",
            "serve",
            f"--port={number}",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "--port: " in done.stderr
    assert done.stderr.count("\n") == 1
