"""What a provider reports of the tokens it has used."""

from __future__ import annotations

from typing import cast

from rx_stream.core.llm.access import plain
from rx_stream.core.llm.usage import merge_usage

__all__ = ["ReportedUsage"]


class ReportedUsage:
    """Merges reports, which are cumulative, and tells the tokens of a chunk from their growth.

    That is possible only if every chunk so far came with a report.

    Attributes:
        raw: The report so far; empty before the first one.
    """

    __slots__ = ("_before", "_complete", "_step", "raw")

    def __init__(self) -> None:
        self.raw: dict[str, object] = {}
        self._complete = True
        self._step: int | None = None
        self._before = 0

    def merge(self, raw: object, counted: int | None = None) -> None:
        """Take a report, before the text that came with it.

        Args:
            raw: The provider's report: a mapping, an object, or nothing.
            counted: Tokens of output so far, as it says; None if it does not tell.
        """
        self._step = None
        if raw is None:
            return
        report = plain(raw)
        if not isinstance(report, dict) or not report:
            return
        merge_usage(self.raw, cast("dict[str, object]", report))
        if counted is not None and self._complete:
            if counted < self._before:
                self._before = 0  # Gemini begins anew after it has run code.
            self._step = counted - self._before
            self._before = counted

    def missing(self) -> None:
        """Note that text has come without a report."""
        self._step, self._complete = None, False

    def take_step(self) -> int | None:
        """Return the tokens of the chunk that came with the last report, once."""
        step, self._step = self._step, None
        if step is None:
            self._complete = False
        return step
