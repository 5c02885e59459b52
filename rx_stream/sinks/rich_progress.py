"""Show progress in a terminal, with ``rich``."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from rx_stream.core.extras import load_extra
from rx_stream.sinks._figures import ENDS, figures
from rx_stream.sinks._pinned_row import PinnedRow
from rx_stream.types import StreamProgress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = ["RichProgress", "rich_progress"]

_FEWEST_ROWS = 3


def _bar(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[figures]}"),
        console=console,
        auto_refresh=False,  # Reports come by a timer: no thread of its own is needed.
    )


def _has_rows(console: Console) -> bool:
    odd = console.is_dumb_terminal or console.is_jupyter or console.legacy_windows
    return console.is_terminal and not odd and console.height >= _FEWEST_ROWS


class RichProgress:
    """A bar that shows reports; called with one, it shows it.

    Args:
        description: What stands before the bar.
        console: Where it is shown.
    """

    def __init__(self, description: str, console: Console) -> None:
        self._console = console
        self._bar = _bar(console)
        self._task = self._bar.add_task(description, total=None, figures="")
        self._row: PinnedRow | None = None
        # Reports come from a timer's thread; one that is late must not take the row again.
        self._lock = threading.Lock()

    def __call__(self, progress: StreamProgress) -> None:
        """Show a report."""
        share = progress.percentage
        with self._lock:
            self._bar.update(
                self._task,
                completed=share or 0.0,
                total=None if share is None else 100.0,
                figures=figures(progress),
            )
            if self._row is not None:
                self._row.show(self._line(), self._console.height)
                return
            if not self._bar.live.is_started:
                self._bar.start()
            self._bar.refresh()
            if progress.state in ENDS:
                self._bar.stop()

    def _line(self) -> str:
        with self._console.capture() as captured:
            self._console.print(self._bar.get_renderable(), end="")
        return captured.get().split("\n", 1)[0]

    def __enter__(self) -> RichProgress:
        """Take the last row of the terminal, so that others can print above it."""
        if _has_rows(self._console):
            self._row = PinnedRow(self._console.file)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the row back, and leave the bar below the text."""
        with self._lock:
            row, self._row = self._row, None
            if row is not None:
                row.close(f"\n{self._line()}")
            self._bar.stop()


def rich_progress(
    description: str = "Streaming", *, console: Console | None = None
) -> RichProgress:
    """Return a function that shows each report as a progress bar of ``rich``.

    Give it to ``track_progress(on_progress=...)``. Without an estimate the bar pulses. It appears
    with the first report and stays after the last.

    To print text on the same terminal meanwhile, use it as a context manager: inside of ``with``
    the bar keeps the last row for itself, whatever prints above it, and at the end it is left below
    the text. Without ``with`` the bar rewrites the line on which the text would be; then print
    whole lines only, through the same console.

    Args:
        description: What stands before the bar.
        console: Where it is shown; by default standard error, so that the text can be piped.

    Returns:
        A function for the reports of one stream, which is a context manager, too.

    Raises:
        ModuleNotFoundError: ``rich`` is not installed: ``pip install 'rx_stream[progress]'``.
    """
    rich = load_extra("rich_progress", "rich.console", "progress")
    return RichProgress(description, console or rich.Console(stderr=True))
