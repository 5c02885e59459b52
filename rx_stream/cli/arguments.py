"""Parse arguments; a wrong one is refused in one line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from math import inf
from typing import Any, NoReturn

from rx_stream.core.arguments import count, number

__all__ = ["LONGEST_WAIT", "Parser", "port", "positive", "whole"]

LONGEST_WAIT = 2_000_000.0
"""Seconds that a socket can wait; the system counts milliseconds in 31 bits."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, and whose help keeps its line breaks."""

    def __init__(self, *, prog: str | None = None, description: str | None = None, **_: object):
        super().__init__(
            prog=prog,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    # Its overloads are argparse's own; this adds nothing to them.
    def parse_known_args(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, args: Any = None, namespace: Any = None
    ) -> Any:
        """Parse; what is not known is an error of the command, not of the program."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return options, unknown

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to read more, and exit with 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def positive(unit: str, *, most: float = inf) -> Callable[[str], float]:
    """Return a parser for a number of a unit, above 0 and at most ``most``."""
    limit = f" and at most {most:.0f}" if most != inf else ""

    def parse(text: str) -> float:
        try:
            value: object = float(text)
        except ValueError:
            value = text
        try:
            checked = number("it", value, unit=unit)
        except (TypeError, ValueError):
            checked = inf
        if checked > most or checked == inf:
            raise argparse.ArgumentTypeError(f"must be above 0{limit} {unit}, not {text!r}")
        return checked

    return parse


def whole(unit: str) -> Callable[[str], int]:
    """Return a parser for a whole number of at least 1 of a unit."""

    def parse(text: str) -> int:
        try:
            return count("it", int(text))
        except ValueError:
            message = f"must be a whole number of {unit}, at least 1, not {text!r}"
            raise argparse.ArgumentTypeError(message) from None

    return parse


def port(text: str) -> int:
    """Parse the number of a port; 0 stands for a free one."""
    if re.fullmatch("[0-9]{1,5}", text) is None or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to 65535, not {text!r}")
    return int(text)
