"""Warn about a stream that no sink can hold back."""

from __future__ import annotations

import warnings

from rx_stream.schedulers.flow import Flow
from rx_stream.schedulers.queue_gate import QueueGate

__all__ = ["warn_unless_pausable"]


def warn_unless_pausable(flow: Flow | QueueGate) -> None:
    """Warn once when a queue is over its capacity because its source cannot be paused."""
    if flow.level > flow.capacity and not flow.pausable:
        flow.pausable = True  # Once is enough.
        warnings.warn(
            f"{flow.level} items wait in a queue for {flow.capacity}: the source of this stream "
            "cannot be paused. Make it with rx_stream.from_iterable or from_async_iterable, or put "
            "rx_stream.backpressure() behind a source that pushes",
            RuntimeWarning,
            stacklevel=3,
        )
