"""Find the grapheme cluster that a place in a text would cut."""

from __future__ import annotations

from rx_stream.core.text.graphemes import first_grapheme, split_graphemes
from rx_stream.core.tokens.split_state import split_matcher

__all__ = ["cluster_around"]

# What goes on with a grapheme cluster, and pairs of characters between which one may go on: to
# find clusters costs far more than to see that there can be none.
_JOINED = (
    r"[\p{M}\p{Cf}\p{Sk}\u0e33\u0eb3\uff9e\uff9f\U0001F1E6-\U0001F1FF"
    r"\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]"
)
_MAY_JOIN = rf"(?s).{_JOINED}|\p{{Cf}}.|\p{{M}}\p{{L}}|[\u1100-\u115f\ua960-\ua97c][\uac00-\ud7a3]"
_LONGEST = 64


def cluster_around(text: str, at: int, low: int) -> tuple[int, int]:
    """Return the start and end of the cluster that a place is inside; twice the place if in none.

    Args:
        text: The text.
        at: The place, not the start of the text.
        low: A place before it that is not inside a cluster.
    """
    around = text[at - 1 : at + 1]
    if around == "\r\n":
        return at - 1, at + 1
    if len(around) < 2 or around.isascii() or not split_matcher(_MAY_JOIN).match(around):
        return at, at
    start = max(low, at - _LONGEST)
    while start > low and split_matcher(_JOINED).match(text[start]):
        start -= 1
    start = at + 1 - len(split_graphemes(text[start : at + 1])[-1])
    if start == at:
        return at, at
    return start, start + len(first_grapheme(text[start : at + _LONGEST]))
