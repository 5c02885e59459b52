"""A report of progress as one line of text."""

from __future__ import annotations

import importlib.util

from rx_stream.types import StreamProgress

__all__ = ["coloured", "plain"]


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
    return "  ".join(_parts(progress))


def coloured(progress: StreamProgress, width: int) -> str:
    """Return the line for a terminal of a width, with a bar where ``rich`` is installed."""
    if importlib.util.find_spec("rich") is None:
        return plain(progress)[: width - 1]
    from io import StringIO

    from rich.console import Console
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    console = Console(file=StringIO(), force_terminal=True, width=width - 1, legacy_windows=False)
    row = Table.grid(padding=(0, 2))
    cells: list[Text | ProgressBar] = []
    if progress.percentage is not None:
        row.add_column(width=min(30, width // 3))
        cells.append(ProgressBar(total=100, completed=progress.percentage))
    for style, part in zip(("green", "", "cyan", "magenta", ""), _parts(progress), strict=False):
        row.add_column(no_wrap=True)
        cells.append(Text(part, style=style))
    row.add_row(*cells)
    with console.capture() as captured:
        console.print(row, end="", no_wrap=True, crop=True)
    return captured.get().split("\n")[0]
