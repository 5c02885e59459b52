"""Watch a recorded answer of a real model stream through the whole pipeline.

The recording (Gemma 3 270M, 120 tokens in 6.3 seconds) arrives at the pace at which it was made,
is gathered into words, paced, and counted. The text goes to standard output; the progress line
stays below it on a terminal.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rx_stream.cli.arguments import positive
from rx_stream.cli.screen import open_screen
from rx_stream.cli.stages import UNITS, by_unit, paced

__all__ = ["HELP", "configure", "run"]

HELP = "watch a recorded model answer stream"

_RECORDING = Path(__file__).parents[1] / "data" / "llamacpp-en-story.sse"
_TOKENS = 120
_RATE = 40.0
"""Tokens per second: twice the pace of the recording, so that it only smooths."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--speed", type=positive("times the recorded pace"), default=1.0, metavar="X",
        help="how much faster than recorded it arrives (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--rate", type=positive("tokens per second"), metavar="N",
        help=f"tokens per second that are let through (default: {_RATE:g}, times the speed)",
    )  # fmt: skip
    parser.add_argument(
        "--by", choices=UNITS, default="word", metavar="UNIT",
        help=f"what to show at once: {', '.join(UNITS)} (default: word)",
    )  # fmt: skip
    parser.add_argument(
        "--progress", action=argparse.BooleanOptionalAction,
        help="show progress on standard error (default: on a terminal)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from rx_stream import from_recording, to_iterable, track_progress

    rate = _RATE * options.speed if options.rate is None else options.rate
    with open_screen(options.progress) as screen:
        stream = from_recording(_RECORDING, speed=options.speed).pipe(
            by_unit(options.by),
            paced(rate, burst=5),
            track_progress(_TOKENS, 0.1, on_progress=screen.show),
        )
        for chunk in to_iterable(stream):
            screen.write(str(chunk).encode(errors="replace"))
        screen.end_line()
    return 0
