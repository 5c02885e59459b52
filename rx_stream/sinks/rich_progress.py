"""Show progress in a terminal, with ``rich``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rx_stream.sinks._figures import ENDS, figures
from rx_stream.types import StreamProgress

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["rich_progress"]


def rich_progress(
    description: str = "Streaming", *, console: Console | None = None
) -> Callable[[StreamProgress], None]:
    """Return a function that shows each report as a progress bar of ``rich``.

    Give it to ``track_progress(on_progress=...)``. Without an estimate the bar pulses. It appears
    with the first report and stays after the last; text that is printed meanwhile belongs on the
    same console.

    Args:
        description: What stands before the bar.
        console: Where it is shown; by default standard error, so that the text can be piped.

    Returns:
        A function for the reports of one stream.

    Raises:
        ModuleNotFoundError: ``rich`` is not installed: ``pip install 'rx_stream[progress]'``.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[figures]}"),
        console=console or Console(stderr=True),
        auto_refresh=False,  # Reports come by a timer: no thread of its own is needed.
    )
    task = bar.add_task(description, total=None, figures="")

    def show(progress: StreamProgress) -> None:
        if not bar.live.is_started:
            bar.start()
        share = progress.percentage
        bar.update(
            task,
            completed=share or 0.0,
            total=None if share is None else 100.0,
            figures=figures(progress),
            refresh=True,
        )
        if progress.state in ENDS:
            bar.stop()

    return show
