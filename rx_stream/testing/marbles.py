"""The grammar of text marbles."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import NoReturn

from rx_stream.testing.recording import Row

__all__ = ["parse_marbles"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>[rRbB]{0,2}(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
  | (?P<duration>\d+(?:\.\d+)?(?:ms|s|m)(?!\w))
  | (?P<ticks>-+)
  | (?P<end>\|)
  | (?P<error>\#)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<name>[^\W\d]\w*)(?!['"])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class _Parser:
    """Reads one diagram from left to right."""

    __slots__ = ("_diagram", "_error", "_lookup", "_name", "_open", "_rows", "_tick", "_time")

    def __init__(
        self,
        name: str,
        diagram: str,
        tick: float,
        lookup: Mapping[str, object],
        error: Exception,
    ) -> None:
        self._name = name
        self._diagram = diagram
        self._tick = tick
        self._lookup = lookup
        self._error = error
        self._time = 0.0
        self._open: list[int] = []
        self._rows: list[Row] = []

    def parse(self) -> list[Row]:
        position, diagram = 0, self._diagram
        while position < len(diagram):
            match = _TOKEN.match(diagram, position)
            if match is None:
                self._refuse(position, "made of 'text', names, times such as 250ms and - | # ( )")
            self._take(match.lastgroup or "", match.group(), position)
            position = match.end()
        if self._open:
            self._refuse(self._open[-1], "closed by )")
        return self._rows

    def _take(self, kind: str, token: str, position: int) -> None:
        if kind == "space":
            return
        if kind == "close":
            if not self._open:
                self._refuse(position, "opened by ( before it is closed")
            self._open.pop()
        elif self._rows and self._rows[-1].kind != "N":
            self._refuse(position, "over after | or #")
        elif kind == "open":
            self._open.append(position)
        elif kind == "ticks":
            self._time += self._tick * len(token)
        elif kind == "duration":
            number, unit = token.rstrip("ms"), token.lstrip("0123456789.")
            self._time += float(number) * _UNITS[unit]
        else:
            self._rows.append(self._event(kind, token, position))

    def _event(self, kind: str, token: str, position: int) -> Row:
        now = round(self._time, 6)
        if kind == "end":
            return Row(now, "C")
        if kind == "error":
            return Row(now, "E", self._error)
        if kind == "name":
            if token not in self._lookup:
                self._refuse(position, "made of names that lookup has")
            return Row(now, "N", self._lookup[token])
        try:
            return Row(now, "N", ast.literal_eval(token))
        except (SyntaxError, ValueError):
            self._refuse(position, "made of valid Python strings")

    def _refuse(self, position: int, rule: str) -> NoReturn:
        found = self._diagram[position : position + 24]
        raise ValueError(
            f"{self._name}: diagram must be {rule}, not {found!r} at character {position} "
            f"of {self._diagram!r}"
        )


def _check(name: str, value: object, kind: type, rule: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {rule}, not {value!r}")


def parse_marbles(
    name: str,
    diagram: str,
    *,
    tick: float = 1.0,
    lookup: Mapping[str, object] | None = None,
    error: Exception | None = None,
) -> list[Row]:
    """Return the events that a diagram stands for.

    Args:
        name: The function that took the diagram, for messages.
        diagram: The diagram; its grammar is that of :class:`TextMarbles`.
        tick: Seconds that one ``-`` takes.
        lookup: The values that bare names stand for.
        error: What ``#`` stands for; an ``Exception("error")`` by default.

    Raises:
        TypeError: ``diagram`` is not a string, or ``error`` not an exception.
        ValueError: ``diagram`` does not follow the grammar; the message says where.
    """
    _check(f"{name}: diagram", diagram, str, "a string")
    if lookup is not None:
        _check(f"{name}: lookup", lookup, Mapping, "a mapping of names to values")
    if error is not None:
        _check(f"{name}: error", error, Exception, "an exception")
    return _Parser(name, diagram, tick, lookup or {}, error or Exception("error")).parse()
