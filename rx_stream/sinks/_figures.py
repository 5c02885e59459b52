"""The figures of a report on progress as a short text."""

from __future__ import annotations

from rx_stream.types import StreamProgress

__all__ = ["ENDS", "figures"]

ENDS = ("completed", "error", "cancelled")
"""The states of a last report."""


def figures(progress: StreamProgress) -> str:
    """Return the figures of a report; what is not known is left out."""
    rate, eta, state = progress.tokens_per_second, progress.eta, progress.state
    parts = [
        f"{progress.tokens_received} tokens",
        f"{rate:.1f}/s" if rate is not None else "",
        f"{eta:.0f} s left" if eta else "",
        state if state not in ("streaming", "completed") else "",
    ]
    return "  ".join(part for part in parts if part)
