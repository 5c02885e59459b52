"""Text of strangers on a terminal: shown, not obeyed."""

from __future__ import annotations

__all__ = ["VisibleText", "visible"]

# Codes in them could rewrite what stands on the screen, fill the clipboard, or answer for the user.
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "�")


def visible(text: str) -> str:
    """Return text with every control character but tab and line feed as U+FFFD."""
    return text.translate(_CONTROLS)


class VisibleText:
    """Does to text in pieces what :func:`visible` does to a whole; CRLF is a line feed."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Return what can be shown; a CR waits for the LF that may follow."""
        text = self._held + text
        self._held = "\r" if text.endswith("\r") else ""
        return visible(text.removesuffix("\r").replace("\r\n", "\n"))
