"""The operator :func:`stop_at`."""

from __future__ import annotations

from typing import Any

from rx_stream.core.text.stop_sequences import StopItems
from rx_stream.operators._lift import lift_ending
from rx_stream.operators._operator_types import TextOperator

__all__ = ["stop_at"]


def stop_at(*sequences: str, include: bool = False) -> TextOperator:
    """Emit text up to a stop sequence, also one cut over several chunks; then complete.

    Loses the stop sequence, unless ``include`` is given, and all that follows it: the source is
    disposed. Text that may be the beginning of a stop sequence is held back until it is clear.
    Every choice (``metadata["choice"]``) ends at its own stop sequence; the stream ends when all
    that have come so far have ended.

    .. marble::

        'Hello <e' 1s 'nd> and' 1s ' more' |
        [ stop_at("<end>") ]
        'Hello ' 1s |

    Args:
        sequences: One or more stop sequences. The one that is complete first counts.
        include: Whether to emit the stop sequence itself.

    Returns:
        An operator from text to text of the same type.

    Raises:
        TypeError: A sequence is not a string, or there is none.
        ValueError: A sequence is empty.
    """
    if not sequences:
        raise TypeError("stop_at: sequences must be one or more strings, not ()")
    for sequence in sequences:
        _check(sequence)
    if type(include) is not bool:
        raise TypeError(f"stop_at: include must be True or False, not {include!r}")

    def make() -> StopItems[Any]:
        return StopItems(sequences, include=include)

    return lift_ending(make)


def _check(sequence: object) -> None:
    if not isinstance(sequence, str):
        raise TypeError(f"stop_at: a sequence must be a string, not {sequence!r}")
    if not sequence:
        raise ValueError(f"stop_at: a sequence must have at least one character, not {sequence!r}")
