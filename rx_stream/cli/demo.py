"""Watch a recorded answer of a real model stream through the whole pipeline.

The recording (Gemma 3 270M, 120 tokens in 6.3 seconds) arrives at the pace at which it was made,
is gathered into words, paced, and counted. The text goes to standard output; the progress line
stays below it on a terminal. With --live the same small model runs in this process and goes on
with a text; that needs the extra [live], whose weights have a licence of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from reactivex import Observable

from rx_stream.cli.arguments import positive, whole
from rx_stream.cli.failure import CommandError
from rx_stream.cli.screen import open_screen
from rx_stream.cli.stages import UNITS, by_unit, paced
from rx_stream.types import StreamChunk

__all__ = ["HELP", "configure", "run"]

HELP = "watch a recorded model answer stream"

RECORDING = Path(__file__).parents[1] / "data" / "llamacpp-en-story.sse"
RECORDED_TOKENS = 120
_PROMPT = "Once upon a time, in a village by the sea,"
_RATE = 40.0
"""Tokens per second: twice the pace of the recording, so that it only smooths."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--speed", type=positive("times the recorded pace"), metavar="X",
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
    parser.add_argument(
        "--live", action="store_true", help="run a real small model instead (extra [live])"
    )
    parser.add_argument(
        "--prompt", metavar="TEXT", help=f"with --live: what it goes on with (default: {_PROMPT!r})"
    )
    parser.add_argument(
        "--max-tokens", type=whole("tokens"), metavar="N",
        help=f"with --live: the longest answer (default: {RECORDED_TOKENS})",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from rx_stream import to_iterable, track_progress

    _check(options)
    rate = options.rate or _RATE * (options.speed or 1.0)
    tokens = options.max_tokens or RECORDED_TOKENS
    source = _live(options) if options.live else _recorded(options)
    with source as (answer, stop), open_screen(options.progress, stop) as screen:
        stream = answer.pipe(
            by_unit(options.by),
            paced(rate, burst=5),
            track_progress(tokens, 0.1, on_progress=screen.show),
        )
        chunks = to_iterable(stream)
        try:
            for chunk in chunks:
                screen.write_text(str(chunk))
        finally:
            stop()
            chunks.close()
        screen.end_line()
    return 0


def _check(options: argparse.Namespace) -> None:
    """Refuse options that would have no effect."""
    for name in ("speed",) if options.live else ("prompt", "max_tokens"):
        value = getattr(options, name)
        if value is not None:
            what = "does not go with" if options.live else "needs"
            option = name.replace("_", "-")
            raise CommandError(f"--{option} {value!r} {what} --live", status=2)


_Source = tuple[Observable[StreamChunk], Callable[[], None]]
"""An answer, and what makes its source let go."""


@contextmanager
def _recorded(options: argparse.Namespace) -> Generator[_Source]:
    from rx_stream import from_recording

    yield from_recording(RECORDING, speed=options.speed or 1.0), lambda: None


@contextmanager
def _live(options: argparse.Namespace) -> Generator[_Source]:
    from rx_stream import from_iterable, from_llm
    from rx_stream.cli.endpoint import Endpoint
    from rx_stream.cli.live import LICENCE, local_model
    from rx_stream.schedulers.timer_thread import TimerThreadScheduler

    sys.stderr.write(f"{LICENCE}\n")
    prompt, longest = options.prompt or _PROMPT, options.max_tokens or RECORDED_TOKENS
    ask = {"prompt": prompt, "max_tokens": longest, "stream": True}
    with local_model() as address:
        endpoint = Endpoint(f"{address}/v1/completions", ask, key=None, key_name="", timeout=60.0)
        # A thread for reading alone, so that a read that blocks does not hold up what is paced.
        body = from_iterable(endpoint, scheduler=TimerThreadScheduler())
        yield from_llm(body), endpoint.stop
