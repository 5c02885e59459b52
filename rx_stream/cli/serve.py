"""Serve a web page on this machine that shows a stream arrive.

The page shows the text unit by unit, progress, and a live chart of tokens per second, and has
controls for unit, rate, pause and stop. A second tab joins the same stream. The stream is a
recorded answer of a real model, or the FILE: a saved body of a model's stream, replayed at its
recorded pace where that is known. It listens on the loopback address only.
"""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path
from typing import cast

from rx_stream.cli.arguments import port, positive, whole
from rx_stream.cli.demo import RECORDED_TOKENS, RECORDING
from rx_stream.cli.failure import CommandError, need

__all__ = ["HELP", "configure", "run"]

HELP = "serve a web page that shows a stream arrive"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a saved stream body")
    parser.add_argument(
        "--port", type=port, default=8000, metavar="N",
        help="port on 127.0.0.1; 0 takes a free one (default: 8000)",
    )  # fmt: skip
    parser.add_argument(
        "--speed", type=positive("times the recorded pace"), default=1.0, metavar="X",
        help="how much faster than recorded it arrives (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--estimate", type=whole("tokens"), metavar="N", help="tokens that are expected in all"
    )


def _listen(number: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", number))
    except OSError as error:
        raise CommandError(f"cannot listen on 127.0.0.1:{number}: {error}") from error


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    need("starlette", "serve")
    need("uvicorn", "serve")
    import uvicorn

    from rx_stream.serve.app import page_app
    from rx_stream.sources.from_recording import from_recording

    path = cast("Path | None", options.file)
    if path is not None and not path.is_file():
        raise CommandError(f"no such file: {path}")
    recording = path or RECORDING
    speed = cast("float", options.speed)
    estimate = cast("int | None", options.estimate) or (RECORDED_TOKENS if path is None else None)
    app = page_app(lambda: from_recording(recording, speed=speed), estimate)
    listener = _listen(cast("int", options.port))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/", file=sys.stderr, flush=True)  # noqa: T201
    config = uvicorn.Config(
        # Open streams end with the server: a browser must not keep it from stopping.
        app, log_level="warning", timeout_graceful_shutdown=1,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])
    return 0
