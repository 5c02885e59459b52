"""Show progress in a terminal or a notebook, with ``tqdm``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rx_stream.core.extras import load_extra
from rx_stream.sinks._figures import ENDS, figures
from rx_stream.types import StreamProgress

__all__ = ["tqdm_progress"]


def tqdm_progress(
    description: str = "Streaming", **options: Any
) -> Callable[[StreamProgress], None]:
    """Return a function that shows each report as a bar of ``tqdm``, also in notebooks.

    Give it to ``track_progress(on_progress=...)``. Rate and remaining time are those of the report,
    not tqdm's own, which include the wait for the first token.

    The bar rewrites the line on which it is. Text for the same terminal must come in whole lines,
    by ``tqdm.write``: put :func:`buffer_lines` behind ``track_progress``, and write each line with
    ``tqdm.write(line, end="")``. For words as they come see :func:`rich_progress`.

    Args:
        description: What stands before the bar.
        options: More arguments of ``tqdm.tqdm``, such as ``file`` or ``leave``.

    Returns:
        A function for the reports of one stream.

    Raises:
        ModuleNotFoundError: ``tqdm`` is not installed: ``pip install 'rx_stream[progress]'``.
    """
    tqdm = load_extra("tqdm_progress", "tqdm.auto", "progress").tqdm
    bar = tqdm(
        desc=description,
        bar_format="{desc}: {percentage:3.0f} % |{bar}|{postfix}",
        total=100.0,
        **options,
    )

    def show(progress: StreamProgress) -> None:
        bar.n = progress.percentage or 0.0
        bar.set_postfix_str(figures(progress), refresh=False)
        bar.refresh()
        if progress.state in ENDS:
            bar.close()

    return show
