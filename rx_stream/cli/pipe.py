"""Stream text from a file or standard input: cut into units, paced, with progress.

Standard output gets exactly the text that came in, each unit when its turn comes, or the
frames of --sse. Progress goes to standard error.
"""

from __future__ import annotations

import argparse
from typing import Any

from reactivex import Observable
from reactivex import operators as ops

from rx_stream.cli.arguments import positive, whole
from rx_stream.cli.failure import CommandError
from rx_stream.cli.input import Input
from rx_stream.cli.screen import Screen, open_screen
from rx_stream.cli.stages import UNITS, by_unit, paced
from rx_stream.core.sse.dialects import DIALECTS
from rx_stream.schedulers.timer_thread import TimerThreadScheduler

__all__ = ["HELP", "configure", "run"]

HELP = "stream text from a file or standard input"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="what to read; - or nothing: standard input"
    )
    parser.add_argument(
        "--by", choices=UNITS, default="word", metavar="UNIT",
        help=f"what to send at once: {', '.join(UNITS)} (default: word)",
    )  # fmt: skip
    parser.add_argument(
        "--tokens", type=whole("tokens"), metavar="N",
        help="with --by token: how many at once (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--language", metavar="CODE", help="with --by sentence: language of the text (default: en)"
    )
    parser.add_argument(
        "--flush-after", type=positive("seconds"), metavar="SECONDS",
        help="send what waits only for the next character after this long a silence",
    )  # fmt: skip
    parser.add_argument(
        "--rate", type=positive("tokens per second"), metavar="N",
        help="tokens per second (default: as fast as they come)",
    )  # fmt: skip
    parser.add_argument(
        "--burst", type=whole("tokens"), metavar="N",
        help="with --rate: tokens that may come together after a pause (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--progress", action="store_true", help="show tokens, rate and time on standard error"
    )
    parser.add_argument(
        "--estimate", type=positive("tokens"), metavar="N",
        help="with --progress: tokens expected, for percentage and ETA",
    )  # fmt: skip
    parser.add_argument(
        "--sse", choices=tuple(DIALECTS), metavar="DIALECT",
        help=f"send Server-Sent Events: {', '.join(DIALECTS)}",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from rx_stream import decode_utf8, from_iterable, to_iterable

    stages = _stages(options)
    source = Input(options.file)
    # A thread for reading alone, so that a read that blocks does not hold up what is paced.
    reader = TimerThreadScheduler()
    failures: list[Exception] = []
    text = from_iterable(source, scheduler=reader).pipe(decode_utf8(errors="strict"), *stages)
    with open_screen(options.progress, source.stop) as screen:
        pieces = to_iterable(_reported(text, options, screen, failures))
        try:
            for piece in pieces:
                screen.write(piece.encode())
            for failure in failures:
                raise failure
        except UnicodeDecodeError as error:
            raise source.undecodable(error) from None
        finally:
            # In this order: closing waits until the source lets go.
            source.stop()
            pieces.close()
    return 0


def _stages(options: argparse.Namespace) -> list[Any]:
    for needs, option in (("rate", "burst"), ("progress", "estimate")):
        value = getattr(options, option)
        if value is not None and not getattr(options, needs):
            raise CommandError(f"--{option} {value:g} needs --{needs}", status=2)
    try:
        stages = [
            by_unit(
                options.by,
                tokens=options.tokens,
                language=options.language,
                flush_after=options.flush_after,
            )
        ]
        if options.rate is not None:
            stages.append(paced(options.rate, options.burst or 1))
    except ValueError as error:
        raise CommandError(str(error), status=2) from None
    except LookupError as error:  # No vocabulary to count tokens with.
        raise CommandError(str(error)) from None
    return stages


def _reported(
    text: Observable[str],
    options: argparse.Namespace,
    screen: Screen,
    failures: list[Exception],
) -> Observable[str]:
    from rx_stream import to_sse, track_progress

    if options.progress:
        text = text.pipe(track_progress(options.estimate, 0.1, on_progress=screen.show))
    if options.sse is None:
        return text
    # An error is an event for the client, after which the frames end; it still is a failure here.
    return text.pipe(ops.do_action(on_error=failures.append), to_sse(options.sse))
