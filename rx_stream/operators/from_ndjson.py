"""The operator :func:`from_ndjson`."""

from __future__ import annotations

from rx_stream.core.arguments import count
from rx_stream.core.sse.ndjson import JsonValue, NdjsonDecoder
from rx_stream.operators._lift import lift_ending
from rx_stream.operators._link import Operator

__all__ = ["from_ndjson"]


def from_ndjson(*, max_line_size: int = 32 << 20) -> Operator[bytes, JsonValue]:
    r"""Emit the parsed value of each line of newline-delimited JSON, with the LF that ends it.

    Takes bytes cut anywhere. They are cut at LF alone, never at U+2028 or U+0085, which JSON text
    may hold. Bad UTF-8 becomes U+FFFD, empty lines are passed over, and the last line needs no LF.

    Loses nothing.

    .. marble::

        b'{"a":' 1s b' 1}\n[2' 1s b']' |
        [ from_ndjson() ]
        1s a 1s b |

        a={"a": 1}
        b=[2]

    Args:
        max_line_size: Bytes that one line may have, its LF not counted.

    Returns:
        An operator from bytes to dicts, lists, strings, numbers, bools and None. A line that is
        not JSON ends the stream with :class:`MalformedLineError`, which has its number, and one
        that is too large with :class:`EventTooLargeError`; both after the values before it.

    Raises:
        TypeError: ``max_line_size`` is not a whole number.
        ValueError: ``max_line_size`` is below 1.
    """
    limit = count("from_ndjson: max_line_size", max_line_size)
    return lift_ending(lambda: NdjsonDecoder(max_line_size=limit))
