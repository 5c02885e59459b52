"""The command line: one module for each command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from rx_stream._version import __version__
from rx_stream.cli.arguments import Parser
from rx_stream.cli.failure import CommandError, OutputClosedError

__all__ = ["COMMANDS", "run"]

COMMANDS = ("chat", "decode", "demo", "pipe", "serve")
"""The modules of this package that are commands; their extras load when they run."""

_DESCRIPTION = """\
Stream text as language models do: word by word, at a pace, with progress.

  rx-stream demo                           watch a recorded model answer
  rx-stream pipe --rate 20 --progress F    stream a file at 20 tokens a second
  rx-stream chat URL --model M "A prompt"  stream from an OpenAI-compatible endpoint
  rx-stream decode F                       text and result of a saved response body
  rx-stream serve                          a web page that shows a stream arrive
"""


class _Command(Protocol):
    HELP: str

    def configure(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, options: argparse.Namespace) -> int: ...


def _parser() -> Parser:
    parser = Parser(prog="rx-stream", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"rx_stream {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        command = cast("_Command", import_module(f"rx_stream.cli.{name}"))
        under = commands.add_parser(name, help=command.HELP, description=command.__doc__)
        command.configure(under)
        under.set_defaults(run=command.run)
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments, run the command, and return the exit status.

    0 is success, 1 a failure, 2 a wrong argument, 130 Ctrl-C, 141 an output that was closed.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.error(f"say what to do: {', '.join(COMMANDS)}")
    try:
        return options.run(options)
    except OutputClosedError:
        # Else the interpreter flushes what is left, and complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141  # 128 + SIGPIPE: what a program gets that does not catch it.
    except CommandError as error:
        sys.stderr.write(f"rx-stream {options.command}: {error}\n")
        return error.status
