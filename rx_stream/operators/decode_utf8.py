"""The operator :func:`decode_utf8`."""

from __future__ import annotations

import codecs

from rx_stream.core.arguments import require
from rx_stream.core.text.utf8 import Utf8Decoder
from rx_stream.operators._lift import lift_ending
from rx_stream.operators._link import Operator

__all__ = ["decode_utf8"]

# Handlers that Python has for the other direction only.
_ENCODING_ONLY = ("xmlcharrefreplace", "namereplace")


def decode_utf8(*, errors: str = "replace") -> Operator[bytes, str]:
    r"""Emit the text of bytes as they arrive; a character that was cut waits for its rest.

    Loses nothing but bytes that are not UTF-8: each maximal part of a bad sequence becomes one
    U+FFFD, or what ``errors`` says. An unfinished character at the end is such a part.

    .. marble::

        b'caf\xc3' 1s b'\xa9!' |
        [ decode_utf8() ]
        'caf' 1s 'é!' |

    Args:
        errors: The name of an error handler of :mod:`codecs`: ``replace``, ``strict``, ``ignore``,
            ``backslashreplace``, ``surrogateescape`` or one that was registered.

    Returns:
        An operator from bytes to strings, none of them empty. With ``strict``, bad bytes end the
        stream with :class:`UnicodeDecodeError`, after the text before them.

    Raises:
        TypeError: ``errors`` is not a string.
        ValueError: There is no such error handler for decoding.
    """
    require("decode_utf8: errors", errors, str, "a string")
    try:
        codecs.lookup_error(errors)
        known = errors not in _ENCODING_ONLY
    except (LookupError, ValueError):  # No name of anything has NUL or half a character.
        known = False
    if not known:
        raise ValueError(
            f"decode_utf8: errors must be the name of a decoding error handler, not {errors!r}"
        )
    return lift_ending(lambda: Utf8Decoder(errors))
