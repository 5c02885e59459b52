"""Show progress in a notebook, with ``ipywidgets``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rx_stream.core.extras import load_extra
from rx_stream.sinks._figures import figures
from rx_stream.types import StreamProgress

__all__ = ["WidgetProgress", "widget_progress"]

_STYLES = {"completed": "success", "error": "danger", "cancelled": "warning", "stalled": "warning"}


class WidgetProgress:
    """A widget that shows reports; called with one, it shows it.

    Args:
        description: What stands before the bar.

    Attributes:
        widget: The widget, to be placed among others.
    """

    def __init__(self, description: str) -> None:
        widgets = load_extra("widget_progress", "ipywidgets", "notebooks")
        self._bar = widgets.FloatProgress(value=0.0, max=100.0, description=description)
        self._label = widgets.Label()
        self.widget: object = widgets.HBox([self._bar, self._label])

    def __call__(self, progress: StreamProgress) -> None:
        """Show a report."""
        self._bar.value = progress.percentage or 0.0
        self._bar.bar_style = _STYLES.get(progress.state, "")
        self._label.value = figures(progress)

    def _ipython_display_(self) -> None:
        display: Any = import_module("IPython.display").display
        display(self.widget)


def widget_progress(description: str = "Streaming") -> WidgetProgress:
    """Return a function that shows each report in a notebook widget.

    Give it to ``track_progress(on_progress=...)``. As the last expression of a cell it shows
    itself. Without an estimate the bar stays empty and the figures tell.

    Args:
        description: What stands before the bar.

    Returns:
        A function for the reports of one stream, which has the ``widget``.

    Raises:
        ModuleNotFoundError: ``ipywidgets`` is missing: ``pip install 'rx_stream[notebooks]'``.
    """
    return WidgetProgress(description)
