"""A report of progress as one line of text."""

from __future__ import annotations

import importlib.util

from rx_stream.types import StreamProgress

__all__ = ["coloured", "plain"]

_GAP = "  "
_STYLES = ("green", "bold", "cyan", "magenta", "dim")
_SHORTEST_BAR, _WIDEST_BAR = 6, 30


def _parts(progress: StreamProgress) -> list[str]:
    total = progress.total_tokens
    known = "" if total is None or progress.overrun else f"/{total:.0f}"
    parts = [f"{progress.tokens_received}{known} tokens"]
    if progress.percentage is not None:
        parts.append(f"{progress.percentage:.0f} %")
    if progress.eta is not None and progress.state not in ("completed", "error", "cancelled"):
        parts.append(f"ETA {progress.eta:.1f} s")
    rate = progress.tokens_per_second
    if progress.state == "completed":
        rate = progress.tokens_per_second_average
    if rate is not None:
        parts.append(f"{rate:.1f} tokens/s")
    if progress.state == "completed":
        parts.append(f"{progress.elapsed:.1f} s")
    elif progress.state != "streaming":
        parts.append(progress.state)
    return parts


def plain(progress: StreamProgress) -> str:
    """Return the line: tokens, percentage, time left, rate, as far as they are known."""
    return _GAP.join(_parts(progress))


def coloured(progress: StreamProgress, width: int) -> str:
    """Return the line for a terminal of a width, with a bar where ``rich`` is installed."""
    parts = _parts(progress)
    room = width - len(_GAP.join(parts)) - 1
    if importlib.util.find_spec("rich") is None:
        return plain(progress)[: width - 1]
    from io import StringIO

    from rich.console import Console
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    console = Console(file=StringIO(), force_terminal=True, width=width, legacy_windows=False)
    with console.capture() as captured:
        bar = min(_WIDEST_BAR, room - len(_GAP))
        if progress.percentage is not None and bar >= _SHORTEST_BAR:
            console.print(ProgressBar(100, progress.percentage, width=bar), end="")
            console.print(_GAP, end="")
        line = Text(_GAP).join(
            Text(part, style=style) for part, style in zip(parts, _STYLES, strict=False)
        )
        line.truncate(width - 1)
        console.print(line, end="")
    return captured.get().replace("\n", "")
