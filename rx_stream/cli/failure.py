"""How a command ends when it cannot go on."""

from __future__ import annotations

import importlib.util

from rx_stream.cli.terminal_text import visible

__all__ = ["CommandError", "OutputClosedError", "need"]


class CommandError(Exception):
    """A failure that the user is told in one line.

    Attributes:
        status: The exit status of the process.
    """

    def __init__(self, message: str, *, status: int = 1) -> None:
        # What a server or a file said of the failure may be in it.
        super().__init__(visible(" ".join(message.split())))
        self.status = status


class OutputClosedError(Exception):
    """Whoever read standard output has gone: no failure, and nothing to say."""


def need(module: str, extra: str) -> None:
    """Refuse to go on without a module of an extra.

    Raises:
        CommandError: It is not installed; the message says how to install it.
    """
    if importlib.util.find_spec(module) is None:
        raise CommandError(f"needs {module}: python -m pip install 'rx_stream[{extra}]'")
