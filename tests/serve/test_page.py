"""The page in a real browser, against a real server on loopback."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
RECORDING = "llamacpp-en-story.sse"


@contextlib.contextmanager
def serving(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rx_stream", "serve", "--port", "0", *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        yield process.stderr.readline().strip(), process
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def text(recordings: Path) -> str:
    lines = (recordings / RECORDING).read_text(encoding="utf-8").splitlines()
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    return "".join(choice["text"] for event in events for choice in event["choices"])


@pytest.fixture(scope="module")
def server(need_module: Any) -> Iterator[str]:
    for module in ("starlette", "uvicorn"):
        need_module(module)
    with serving("--speed", "3") as (url, _):
        yield url


@pytest.fixture(scope="module")
def browser(need_program: Any, need_module: Any) -> Iterator[Any]:
    chromium = need_program("chromium")
    need_module("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    problems: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.goto(server)
    yield page
    page.close()
    assert [problem for problem in problems if "favicon" not in problem] == []


def start(page: Any, unit: str = "word", rate: int = 60) -> None:
    page.select_option("#unit", unit)
    page.evaluate(f"document.getElementById('rate').value = {rate}")
    page.click("#start")


def state(page: Any, wanted: str) -> None:
    page.wait_for_selector(f"#state[data-state={wanted}]", timeout=20_000)


def shown(page: Any) -> str:
    return page.evaluate("document.getElementById('text').textContent")


def bar(page: Any) -> float:
    return page.evaluate("document.getElementById('bar').value")


def test_the_text_is_exact_and_the_bar_is_full_only_at_the_end(page: Any, text: str) -> None:
    page.evaluate(
        """() => {
            window.seen = []
            const bar = document.getElementById('bar')
            const state = document.getElementById('state')
            new MutationObserver(() => window.seen.push([state.dataset.state, bar.value]))
                .observe(bar, { attributes: true })
        }"""
    )
    start(page)
    state(page, "completed")
    assert shown(page) == text
    seen = page.evaluate("window.seen")
    values = [value for _, value in seen[1:]]  # The first one is the reset.
    assert len(values) > 5
    assert values == sorted(values)
    assert all(value < 100 for value in values[:-1])
    assert values[-1] == 100
    assert page.inner_text("#tokens").startswith("120")
    assert page.get_attribute("#curve", "d").count("L") > 5


@pytest.mark.parametrize("unit", ["character", "sentence", "token"])
def test_every_unit_shows_the_whole_text(page: Any, text: str, unit: str) -> None:
    start(page, unit, 201)
    state(page, "completed")
    assert shown(page) == text


def test_a_second_tab_joins_late_and_gets_all_text(
    page: Any, browser: Any, server: str, text: str
) -> None:
    start(page)
    page.wait_for_selector("#text span:nth-child(10)")
    late = browser.new_page()
    late.goto(server)
    late.wait_for_selector("#text span")
    assert len(shown(late)) > 20
    for tab in (page, late):
        state(tab, "completed")
        assert shown(tab) == text
    late.close()


def test_pause_holds_the_text_and_go_on_finishes_it(page: Any, text: str) -> None:
    start(page)
    page.wait_for_selector("#text span:nth-child(5)")
    page.click("#pause")
    state(page, "paused")
    page.wait_for_timeout(300)  # What was under way may still arrive.
    held = shown(page)
    page.wait_for_timeout(700)
    assert shown(page) == held != text
    page.click("#pause")
    state(page, "completed")
    assert shown(page) == text


def test_a_tab_that_joins_in_a_pause_shows_it_and_can_end_it(
    page: Any, browser: Any, server: str, text: str
) -> None:
    start(page)
    page.wait_for_selector("#text span:nth-child(5)")
    page.click("#pause")
    state(page, "paused")
    late = browser.new_page()
    late.goto(server)
    late.wait_for_selector("#text span")
    assert late.inner_text("#state") == "Paused"
    assert late.inner_text("#pause") == "Go on"
    late.click("#pause")
    for tab in (page, late):
        state(tab, "completed")
        assert shown(tab) == text
    late.close()


def test_stop_ends_the_stream_for_good_and_says_that_it_is_incomplete(
    page: Any, server: str, text: str
) -> None:
    start(page, rate=20)
    page.wait_for_selector("#text span:nth-child(3)")
    page.click("#stop")
    state(page, "stopped")
    assert page.inner_text("#state") == "Incomplete: stopped"
    assert text.startswith(shown(page))
    assert shown(page) != text
    assert bar(page) < 100
    with urllib.request.urlopen(f"{server}api/runs/current") as answer:
        assert json.load(answer) == {"id": None}


def test_a_server_that_was_killed_is_told_of(browser: Any, need_module: Any) -> None:
    with serving() as (url, process):
        page = browser.new_page()
        page.goto(url)
        start(page, rate=20)
        page.wait_for_selector("#text span:nth-child(3)")
        process.kill()
        state(page, "lost")
        assert bar(page) < 100
        page.close()


def request(url: str, method: str, body: bytes, **headers: str) -> tuple[int, dict[str, object]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = urllib.request.Request(url, body, named, method=method)
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            text = refusal.read().decode()
        return refusal.code, json.loads(text) if text.startswith("{") else {"error": text}


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"unit=word", "application/x-www-form-urlencoded", "must be application/json"),
        (b"[]", "application/json", "must be a JSON object"),
        (b"{" + b" " * 5_000, "application/json", "at most 4096 bytes"),
        (b'{"unit": "page"}', "application/json", "unit must be one of .* not 'page'"),
        (b'{"rate": -1}', "application/json", "rate must be above 0 tokens per second, not -1"),
        (b'{"speed": 1}', "application/json", "setting must be one of .* not 'speed'"),
    ],
)
def test_a_bad_request_is_refused_with_its_reason(
    server: str, body: bytes, kind: str, message: str
) -> None:
    status, answer = request(f"{server}api/runs", "POST", body, content_type=kind)
    assert status == 400
    with pytest.raises(ValueError, match=message):
        raise ValueError(answer["error"])


def test_an_unknown_stream_and_a_foreign_host_are_refused(server: str) -> None:
    kind = {"content_type": "application/json"}
    assert request(f"{server}api/runs/none", "PATCH", b"{}", **kind)[0] == 404
    assert request(f"{server}api/runs/none", "DELETE", b"", **kind)[0] == 404
    assert request(f"{server}api/runs", "POST", b"{}", host="evil.example", **kind)[0] == 400


def test_the_page_may_load_nothing_from_elsewhere(server: str) -> None:
    with urllib.request.urlopen(server) as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy
