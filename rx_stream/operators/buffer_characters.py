"""The operator :func:`buffer_characters`."""

from __future__ import annotations

from typing import Literal

from rx_stream.core.arguments import choice
from rx_stream.core.text.graphemes import CodePoints, Graphemes
from rx_stream.operators._lift import lift_text
from rx_stream.operators._operator_types import TextOperator

__all__ = ["buffer_characters"]


def buffer_characters(*, by: Literal["grapheme", "codepoint"] = "grapheme") -> TextOperator:
    """Emit each character as soon as the next code point shows that it is complete.

    Loses nothing. A character is what a reader sees as one: an extended grapheme cluster, such as
    a letter with its accents, a flag, or a family of emoji. It therefore comes one code point
    later than with ``by="codepoint"``; nothing waits behind a newline or a control character.

    .. marble::

        'He' 1s 'y 👩' 1s '🏽!' |
        [ buffer_characters() ]
        'H' 1s 'e' 'y' ' ' 1s '👩🏽' '!' |

    Args:
        by: ``"grapheme"`` for characters as seen, ``"codepoint"`` for code points, at once.

    Returns:
        An operator from text to text of the same type.

    Raises:
        ValueError: ``by`` is neither.

    Source: Unicode Standard Annex #29, in the Unicode version of the installed ``wcwidth``.
    """
    unit = choice("buffer_characters: by", by, ("grapheme", "codepoint"))
    return lift_text(Graphemes if unit == "grapheme" else CodePoints)
