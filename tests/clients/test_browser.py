"""Chromium's own EventSource against our server."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="module")
def seen(need_program, need_module, base: str, tmp_path_factory) -> dict[str, dict[str, object]]:
    need_module("starlette")
    chromium = need_program("chromium")
    profile: Path = tmp_path_factory.mktemp("profile")
    browser = subprocess.Popen(
        [chromium, *FLAGS, f"--user-data-dir={profile}", f"{base}/page"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(400):
            with urllib.request.urlopen(f"{base}/result") as response:
                found = json.load(response)
            if found:
                return found
            time.sleep(0.1)
        pytest.fail("the browser has not reported")
    finally:
        browser.terminate()
        browser.wait(10)


def test_the_browser_reads_all_of_the_answer(seen, answers) -> None:
    got = seen["plain"]
    assert got["text"] == answers.TEXT
    assert got["finish"] == "stop"
    assert got["id"] == f"s1:{len(answers.TOKENS) - 1}"
    assert got["progress"] == 6
    assert got["opened"] == 1


def test_the_browser_is_told_of_an_error_by_its_own_event(seen, answers) -> None:
    got = seen["error"]
    assert got["text"] == "".join(answers.TOKENS[:5])
    assert got["error"] == "Sorry, the model is busy."


def test_a_browser_that_is_left_open_is_stopped_after_the_end(seen, answers) -> None:
    got = seen["left open"]
    assert "timeout" not in got
    assert got["text"] == answers.TEXT
    assert got["opened"] == 1
    assert got["closed"] is True
