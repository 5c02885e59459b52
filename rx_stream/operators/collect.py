"""The operator :func:`collect`."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from rx_stream.core.aggregator import ResultCollector
from rx_stream.core.protocols import Core
from rx_stream.operators._lift import lift_clocked
from rx_stream.operators._link import Operator
from rx_stream.types import StreamChunk, StreamResult

__all__ = ["collect"]


def collect() -> Operator[str | StreamChunk, StreamResult]:
    """Emit one :class:`StreamResult` when the stream has completed, and nothing before.

    Loses the items themselves: they are gathered, not passed on. Of several choices the result is
    of the lowest that said something. A stream that fails has no result: its error is passed on
    alone; use :func:`aggregate` to get the text of a stream that failed.

    .. marble::

        'Hel' 1s 'lo' 1s |
        [ compose(collect(), ops.map(lambda result: result.content)) ]
        2s 'Hello' |

    Returns:
        An operator from text to its result.
    """

    def make(clock: Callable[[], float]) -> Core[str | StreamChunk, StreamResult]:
        return cast("Core[str | StreamChunk, StreamResult]", ResultCollector(clock))

    return lift_clocked(make)
