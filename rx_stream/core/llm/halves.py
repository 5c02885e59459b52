"""Characters outside the BMP that came in two halves."""

from __future__ import annotations

__all__ = ["Halves"]


class Halves:
    """Joins a character whose surrogates came in two chunks of the same choice."""

    __slots__ = ("_high",)

    def __init__(self) -> None:
        self._high: dict[int, str] = {}

    def __bool__(self) -> bool:
        """Tell whether a half waits for its other half."""
        return bool(self._high)

    def join(self, choice: int, text: str) -> str:
        """Return text with the half before it; a half at its end is kept."""
        high = self._high.pop(choice, "") if self._high else ""
        if high:
            joined = (high + text[0]).encode("utf-16-le", "surrogatepass")
            text = joined.decode("utf-16-le", "surrogatepass") + text[1:]
        if "\ud800" <= text[-1] <= "\udbff":
            self._high[choice] = text[-1]
            return text[:-1]
        return text

    def drain(self) -> dict[int, str]:
        """Hand over what waits, by choice: no other half will come."""
        high, self._high = self._high, {}
        return high
