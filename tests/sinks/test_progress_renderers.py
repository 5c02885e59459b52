"""The reports of one stream, shown with rich, tqdm and ipywidgets."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable
from typing import Any

import pytest
from terminal import ROWS, terminal

from rx_stream import (
    StreamChunk,
    StreamProgress,
    rich_progress,
    tqdm_progress,
    track_progress,
    widget_progress,
)
from rx_stream.testing import TextMarbles


def play(show: Callable[[StreamProgress], Any], estimate: float | None = 20) -> None:
    lab = TextMarbles()
    source = lab.cold("500ms " + "t 100ms " * 10 + "|", lookup={"t": StreamChunk("x", 1)})
    lab.run(source.pipe(track_progress(estimate, 0.25, on_progress=show)))


def test_rich_shows_a_bar_with_its_figures(need_module: Any) -> None:
    need_module("rich")
    from rich.console import Console

    out = io.StringIO()
    play(rich_progress("Answer", console=Console(file=out, force_terminal=True, width=100)))
    text = out.getvalue()
    assert "Answer" in text
    assert "0 tokens  waiting" in text
    assert "s left" in text
    assert "100%" in text.rsplit("\r", 1)[-1]
    assert "10 tokens  9.1/s" in text


def test_rich_shows_a_pulse_without_an_estimate(need_module: Any) -> None:
    need_module("rich")
    from rich.console import Console

    out = io.StringIO()
    play(rich_progress(console=Console(file=out, force_terminal=True, width=100)), None)
    assert "10 tokens" in out.getvalue()
    assert "100%" not in out.getvalue()


def test_tqdm_shows_a_bar_with_our_figures(need_module: Any) -> None:
    need_module("tqdm")
    out = io.StringIO()
    play(tqdm_progress("Answer", file=out, ncols=100))
    assert "Answer:   0 %" in out.getvalue()
    assert "Answer: 100 %" in out.getvalue()
    assert "10 tokens  9.1/s" in out.getvalue()


def test_a_widget_shows_the_state(need_module: Any) -> None:
    need_module("ipywidgets")
    show = widget_progress("Answer")
    states: list[tuple[float, str, str]] = []

    def see(progress: StreamProgress) -> None:
        show(progress)
        bar, label = show.widget.children
        states.append((bar.value, bar.bar_style, label.value))

    play(see)
    assert states[0] == (0.0, "", "0 tokens  waiting")
    assert states[-1][:2] == (100.0, "success")
    assert states[-1][2].startswith("10 tokens")
    assert states == sorted(states)


@pytest.mark.parametrize(
    ("state", "style"), [("error", "danger"), ("cancelled", "warning"), ("stalled", "warning")]
)
def test_a_widget_does_not_show_a_bad_end_as_a_good_one(
    state: Any, style: str, need_module: Any
) -> None:
    need_module("ipywidgets")
    show = widget_progress()
    show(StreamProgress(tokens_received=5, percentage=40.0, state=state))
    bar, label = show.widget.children
    assert (bar.value, bar.bar_style) == (40.0, style)
    assert label.value == f"5 tokens  {state}"


_WORDS = 120
_SOURCE = f"""
import sys
from rx_stream import *
words = (f"word{{n}}" + ("\\n" if n % 7 == 6 else " ") for n in range({_WORDS}))
paced = from_iterable(words).pipe(throttle_tokens(600))
"""
_RICH = f"""{_SOURCE}
with rich_progress() as bar:
    shown = paced.pipe(track_progress(3 * {_WORDS}, 0.02, on_progress=bar))
    for chunk in to_iterable(shown):
        print(chunk, end="", flush=True)
"""
_TQDM = f"""{_SOURCE}
from tqdm import tqdm
tracked = track_progress(3 * {_WORDS}, 0.02, on_progress=tqdm_progress())
for line in to_iterable(paced.pipe(tracked, buffer_lines())):
    tqdm.write(line, end="")
"""


def words_on(display: list[str]) -> list[int]:
    found = [word for row in display for word in row.split() if word.startswith("word")]
    return [int(word[4:]) for word in found if word[4:].isdigit()]


@pytest.mark.parametrize("code", [_RICH, _TQDM], ids=["rich", "tqdm"])
def test_text_and_bar_are_seen_on_one_terminal(code: str, need_module: Any) -> None:
    for module in ("pyte", "rich", "tqdm"):
        need_module(module)
    together = 0
    with terminal("-c", code) as shown:
        while shown.feed():
            rows = shown.screen.display
            bars = [row for row in rows if "tokens" in row and "%" in row]
            together += bool(bars) and bool(words_on(rows))
        assert shown.process.wait() == 0
        rows = shown.screen.display
    seen = words_on(rows)
    assert together > 3
    assert len(seen) > 20
    assert seen == list(range(_WORDS - len(seen), _WORDS))
    assert "100" in next(row for row in rows if "tokens" in row and "%" in row)
    assert shown.screen.margins is None or shown.screen.margins == (0, ROWS - 1)


def test_an_interrupt_of_a_rich_bar_gives_the_terminal_back(need_module: Any) -> None:
    for module in ("pyte", "rich"):
        need_module(module)
    with terminal("-c", _RICH.replace("(600)", "(20)")) as shown:
        while "tokens" not in shown.screen.display[-1]:
            assert shown.feed()
        assert shown.screen.margins.bottom == ROWS - 2
        shown.process.send_signal(signal.SIGINT)
        while shown.feed():
            pass
    assert shown.screen.margins is None or shown.screen.margins == (0, ROWS - 1)
