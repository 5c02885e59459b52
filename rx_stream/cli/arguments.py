"""Parse arguments; a wrong one is refused in one line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from rx_stream.core.arguments import count, number

__all__ = ["Parser", "positive", "whole"]


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


def positive(unit: str) -> Callable[[str], float]:
    """Return a parser for a number above 0 of a unit."""

    def parse(text: str) -> float:
        try:
            value: object = float(text)
        except ValueError:
            value = text
        try:
            return number("it", value, unit=unit)
        except (TypeError, ValueError):
            raise argparse.ArgumentTypeError(f"must be above 0 {unit}, not {text!r}") from None

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
