"""The operator :func:`aggregate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from reactivex import abc

from rx_stream.core.aggregator import ResultReporter
from rx_stream.core.protocols import Tap
from rx_stream.operators._lift import lift_tap
from rx_stream.operators._operator_types import ItemOperator
from rx_stream.operators._report import reporter
from rx_stream.types import StreamResult

__all__ = ["aggregate"]


def aggregate(
    on_result: Callable[[StreamResult], object] | abc.ObserverBase[StreamResult],
) -> ItemOperator:
    """Pass every item on as it is, and report what the stream came to when it ends.

    Loses nothing. The result is reported once for each subscription, directly before the terminal
    event, and also when the stream fails or is disposed; ``state`` then says ``error`` or
    ``cancelled``. It holds the text, tool calls and reasoning put together, and the provider's
    usage where there is one. Of several choices (``metadata["choice"]``) it holds the lowest that
    said something.

    .. marble::

        'Hel' 1s 'lo' |
        [ aggregate(print) ]
        'Hel' 1s 'lo' |

    Args:
        on_result: A function of the :class:`StreamResult`, or an observer, whose ``on_next`` gets
            it and which is not completed, so that it may serve several subscriptions.

    Returns:
        An operator that changes nothing.

    Raises:
        TypeError: ``on_result`` is neither. What it raises itself is sent as the stream's error.
    """
    report = reporter("aggregate: on_result", on_result)

    def make(clock: Callable[[], float]) -> Tap[Any]:
        return cast("Tap[Any]", ResultReporter(clock, report))

    return lift_tap(make)
