"""Characters outside the BMP that came in two halves."""

from __future__ import annotations

from typing import TypeAlias

__all__ = ["Halves", "Voice"]

Voice: TypeAlias = tuple[int, str | int]
"""A choice, and what of it is told: the name of a channel, or the index of a call's arguments."""


class Halves:
    """Joins a character whose surrogates came in two chunks of the same voice."""

    __slots__ = ("_high",)

    def __init__(self) -> None:
        self._high: dict[Voice, str] = {}

    def __contains__(self, voice: Voice) -> bool:
        """Tell whether a half of this voice waits for its other half."""
        return voice in self._high

    def join(self, voice: Voice, text: str) -> str:
        """Return text with the half before it; a half at its end is kept."""
        high = self._high.pop(voice, "") if self._high else ""
        if high:
            joined = (high + text[0]).encode("utf-16-le", "surrogatepass")
            text = joined.decode("utf-16-le", "surrogatepass") + text[1:]
        if "\ud800" <= text[-1] <= "\udbff":
            self._high[voice] = text[-1]
            return text[:-1]
        return text

    def drain(self) -> dict[Voice, str]:
        """Hand over what waits, by voice: no other half will come."""
        high, self._high = self._high, {}
        return high
