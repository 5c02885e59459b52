"""Find where a Markdown text may be cut: between its blocks, not inside them."""

from __future__ import annotations

import re
from typing import Final

from rx_stream.core.chunking.chunk_levels import BLOCK, ITEM, LINE, PROTECTED_LINE, SECTION
from rx_stream.core.chunking.chunk_rulers import Heading, LineRuler, Marks, Place

__all__ = ["MarkdownRuler"]

_FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})", re.M)
_HEADING: Final = re.compile(r" {0,3}(#{1,6})(?![^ \t])")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ \t]*$")
# One way only to match each part: with two, a row that fails costs a power of its cells.
_DELIMITER_ROW: Final = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*(?::?-+:?[ \t]*)?)*$")
_ITEM: Final = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_RULE: Final = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")

_TEXT, _TABLE, _HEAD, _BLANK, _LIST = "text", "table", "head", "blank", "list"


class MarkdownRuler:
    """Notes where blocks, sections, list items and lines begin; and the headings above.

    Fenced code and tables are noted as protected: they are cut, between their lines, only where
    they do not fit.

    Args:
        marks: Where to note it.
    """

    __slots__ = (
        "_at",
        "_fence",
        "_fence_start",
        "_kind",
        "_line",
        "_lines",
        "_listed",
        "_marks",
        "_path",
        "_places",
    )

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._places = marks.track()
        self._lines = LineRuler(self._next)
        self._path: dict[int, str] = {}
        self._restart()

    def _restart(self) -> None:
        self._at = 0
        self._line: str | None = None  # Not judged yet: the next line may make it a heading.
        self._kind = _BLANK
        self._listed = False  # Whether an indented line is part of an item of a list.
        self._fence = ""  # What closes the fence that we are inside.
        self._fence_start = 0

    @property
    def known(self) -> int:
        """Up to where all places are noted."""
        return self._lines.known

    def feed(self, text: str, /) -> None:
        """Take more text."""
        self._lines.feed(text)

    def flush(self) -> None:
        """Judge the last line; an open fence ends here."""
        self._lines.flush()
        if self._fence:
            self._protect(self._fence_start, self._lines.known + 1)
        self._fence = ""
        self._kind = _BLANK
        self._listed = False

    def _next(self, at: int, line: str) -> int:
        """Judge the line before this one, now that its next one is known."""
        if self._line is not None:
            self._judge(self._at, self._line.rstrip("\n\r"), line.rstrip("\n\r"))
        self._at, self._line = at, line or None
        if self._fence and self._fence_start < at:
            # While it is open, all of it is protected.
            self._protect(self._fence_start, at)
        return at - 1

    def _protect(self, start: int, end: int) -> None:
        spans = self._marks.protected
        if spans and spans[-1][0] == start:
            spans[-1] = (start, end)
        else:
            spans.append((start, end))

    def _judge(self, at: int, line: str, following: str) -> None:
        if self._fence:
            self._inside_fence(at, line)
            return
        level, kind = self._classify(at, line, following)
        if level:
            self._places.append(Place(at, level))
        self._kind = kind

    def _inside_fence(self, at: int, line: str) -> None:
        self._places.append(Place(at, PROTECTED_LINE))
        closing = line.strip()
        if closing.startswith(self._fence) and not closing.strip(self._fence[0]):
            self._protect(self._fence_start, at + len(line))
            self._fence = ""
            self._kind = _BLANK

    def _classify(self, at: int, line: str, following: str) -> tuple[int, str]:
        """Return how good the start of this line is, and what the line is."""
        before = self._kind
        if not line.strip():
            return 0, _HEAD if before == _HEAD else _BLANK
        indent = _indent(line)
        self._listed &= indent > 1
        inner = str.lstrip if self._listed else str
        # What a heading stands above stays with it.
        block = 0 if before == _HEAD else _item_level(indent) if self._listed else BLOCK
        fence = _FENCE.match(inner(line))
        if fence is not None:
            self._fence, self._fence_start = fence.group(1), at
            return block, _TEXT
        heading = _HEADING.match(line)
        if heading is not None:
            return self._heading(at, len(heading.group(1)), _title(line[heading.end() :])), _HEAD
        if before == _TABLE and "|" in line:
            self._protect(self._fence_start, at + len(line))
            return PROTECTED_LINE, _TABLE
        if "|" in line and "|" in following and _DELIMITER_ROW.match(inner(following)):
            self._fence_start = at
            self._protect(at, at + len(line))
            return block, _TABLE
        return self._classify_text(at, line, following, block)

    def _classify_text(self, at: int, line: str, following: str, block: int) -> tuple[int, str]:
        before = self._kind
        if before == _HEAD and _UNDERLINE.match(line):
            return 0, _HEAD
        underline = _UNDERLINE.match(following) if before in (_BLANK, _HEAD) else None
        if underline is not None and not _ITEM.match(line):
            return self._heading(at, 1 if "=" in underline.group(1) else 2, line.strip()), _HEAD
        if _RULE.match(line) and before != _HEAD:
            return block, _BLANK
        if _ITEM.match(line):
            self._listed = True
            return (0 if before == _HEAD else _item_level(_indent(line))), _LIST
        if before in (_TEXT, _LIST):
            return LINE, before
        return block, _TEXT

    def _heading(self, at: int, depth: int, title: str) -> int:
        below = self._kind == _HEAD and depth > max(self._path)
        self._path = {d: t for d, t in self._path.items() if d < depth}
        self._path[depth] = title.strip()
        self._marks.paths.append(Heading(at, tuple(self._path.values()), below))
        # The first of its parts stays with a heading.
        return 0 if below else SECTION + 6 - depth


def _indent(line: str) -> int:
    return len(line[: len(line) - len(line.lstrip())].expandtabs(4))


def _item_level(indent: int) -> int:
    """Return how good the start of an item is, or of what is inside the one around it."""
    return max(LINE, ITEM - indent // 2)


def _title(text: str) -> str:
    """Return the text of a heading, without the marks that may close it."""
    title = text.strip()
    bare = title.rstrip("#")
    return bare if not bare or bare[-1].isspace() else title
