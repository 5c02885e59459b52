"""Decode the saved body of a model's stream: its text, and what the answer came to.

The body is a file of Server-Sent Events or lines of JSON, as a provider sends it; the dialect is
told from its first event. Standard output gets exactly the text of the answer, standard error a
summary. A body that was cut off, or holds an error, fails after its text.
"""

from __future__ import annotations

import argparse

from rx_stream.cli.answer import write_answer
from rx_stream.cli.input import Input
from rx_stream.cli.screen import open_screen
from rx_stream.core.llm.names import DIALECT_NAMES

__all__ = ["HELP", "configure", "run"]

HELP = "decode a saved SSE or NDJSON body"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="what to decode; - or nothing: standard input"
    )
    parser.add_argument(
        "--dialect", choices=DIALECT_NAMES, metavar="NAME",
        help=f"what it speaks: {', '.join(DIALECT_NAMES)} (default: told from its first event)",
    )  # fmt: skip
    parser.add_argument(
        "--reasoning", action="store_true", help="show the model's reasoning in the text, too"
    )
    parser.add_argument("--quiet", action="store_true", help="no summary on standard error")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from rx_stream import StreamResult, aggregate, from_llm, to_iterable

    source = Input(options.file)
    reasoning = "inline" if options.reasoning else "metadata"
    results: list[StreamResult] = []
    stream = from_llm(
        source, dialect=options.dialect, reasoning=reasoning, token_counts="provider"
    ).pipe(aggregate(results.append))
    with open_screen(False, source.stop) as screen:
        write_answer(
            screen, to_iterable(stream), results,
            name=source.name, stop=source.stop, told=not options.quiet,
        )  # fmt: skip
    return 0
