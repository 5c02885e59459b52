"""Find where source code may be cut: between its definitions, then between its statements."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

from rx_stream.core.chunking.chunk_levels import (
    DEFINITION,
    NESTED_DEFINITION,
    PARAGRAPH,
    PROTECTED_LINE,
    STATEMENT,
    TOP_LEVEL,
)
from rx_stream.core.chunking.chunk_rulers import LineRuler, Marks, Place
from rx_stream.core.chunking.code_nesting import BraceNesting, Indentation, Nesting, PythonNesting

__all__ = ["BRACE_LANGUAGES", "CODE_LANGUAGES", "CodeRuler"]

BRACE_LANGUAGES: Final = (
    "c", "c++", "c#", "cpp", "csharp", "css", "dart", "go", "java", "javascript", "js", "json",
    "jsx", "kotlin", "php", "rust", "scala", "swift", "ts", "tsx", "typescript",
)  # fmt: skip
CODE_LANGUAGES: Final = ("py", "python", *BRACE_LANGUAGES)

# A line that goes on with the statement before it, or begins or ends its block.
_GOES_ON: Final = re.compile(
    r"\s*(?:[{}\])]|(?:elif|else|except|finally|case|catch|while\s*\(.*\)\s*;)\b|&&|\|\||\.\w)"
)
# What belongs to the definition that follows it.
_ATTACHED: Final = re.compile(r"\s*(?:@|#|//|/\*|\*|--)")
# Longer runs of comments are taken for text of their own.
_MOST_ATTACHED: Final = 100
_PYTHON_DEFINITION: Final = re.compile(r"\s*(?:async\s+def|def|class)\b")
_BRACE_DEFINITION: Final = re.compile(
    r"\s*(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|pub"
    r"(?:\([^)]*\))?|unsafe|extern|virtual|inline|open|override|sealed|data)\s+)*"
    r"(?:class|struct|enum|interface|trait|impl|fn|func|function|fun|def|namespace|module|type"
    r"|record|object|protocol|extension|mod|union)\b"
)


class CodeRuler:
    """Notes where definitions, statements and lines begin; never inside the indentation.

    Args:
        marks: Where to note it.
        language: One of :data:`CODE_LANGUAGES`; None to go by the indentation alone.
    """

    __slots__ = ("_attached", "_blank", "_definitions", "_head", "_lines", "_nesting", "_places")

    def __init__(self, marks: Marks, language: str | None) -> None:
        self._places = marks.track()
        self._lines = LineRuler(self._judge)
        self._nesting: Nesting = Indentation()
        self._definitions = [_PYTHON_DEFINITION, _BRACE_DEFINITION]
        if language in ("py", "python"):
            self._nesting, self._definitions = PythonNesting(), [_PYTHON_DEFINITION]
        elif language is not None:
            self._nesting = BraceNesting(styles=language == "css")
            self._definitions = [_BRACE_DEFINITION]
        self._blank = True  # Whether the line before is blank.
        self._attached: list[int] = []  # Places in front of comments or decorators, just noted.
        self._head: int | None = None  # How deep the definition is of which no statement came yet.

    @property
    def known(self) -> int:
        """Up to where all places are noted."""
        return self._lines.known

    def feed(self, text: str, /) -> None:
        """Take more text."""
        self._lines.feed(text)

    def flush(self) -> None:
        """Judge the last line."""
        self._lines.flush()
        self._nesting.restart()
        self._blank = True
        self._head = None
        self._attached.clear()

    def _judge(self, at: int, line: str) -> int:
        """Note how good the start of a line is."""
        if not line.strip():
            self._blank = True
            self._attached.clear()
        else:
            inside, depth = self._nesting.inside, self._nesting.depth(line)
            self._places.append(Place(at, self._level(at, line, inside, depth)))
            self._blank = False
        self._nesting.feed(line)
        # A comment's place may yet become that of a definition.
        return (self._attached[0] if self._attached else at + len(line)) - 1

    def _level(self, at: int, line: str, inside: bool, depth: int) -> int:
        attached = self._attached
        if inside or _GOES_ON.match(line):
            return PROTECTED_LINE
        head, self._head = self._head, None
        if any(pattern.match(line) for pattern in self._definitions):
            self._head = depth
            level = DEFINITION if depth == 0 else NESTED_DEFINITION - min(depth, 3)
            if not attached:
                return level
            self._upgrade(attached[0], level)
            attached.clear()
            return PROTECTED_LINE
        if _ATTACHED.match(line) and len(attached) < _MOST_ATTACHED:
            attached.append(at)
            if len(attached) > 1:
                return PROTECTED_LINE
        else:
            attached.clear()
        if head is not None and depth > head:
            return PROTECTED_LINE  # The first statement stays with the definition.
        if depth == 0:
            return TOP_LEVEL + self._blank
        return (PARAGRAPH if self._blank else STATEMENT) - min(depth, 3)

    def _upgrade(self, at: int, level: int) -> None:
        # It is still there: nothing is known to be noted beyond what is attached.
        self._places[bisect_left(self._places, (at,))] = Place(at, level)
