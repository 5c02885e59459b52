"""Write a model's answer as it comes, and tell what it came to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from dataclasses import replace

from rx_stream.cli.failure import CommandError
from rx_stream.cli.screen import Screen
from rx_stream.cli.summary import summary
from rx_stream.errors import RxStreamError
from rx_stream.types import StreamChunk, StreamResult

__all__ = ["write_answer"]


def write_answer(
    screen: Screen,
    chunks: Generator[StreamChunk],
    results: list[StreamResult],
    *,
    name: str,
    stop: Callable[[], object],
    told: bool,
) -> None:
    """Write the text to the screen; at its end, whatever it is, a summary to standard error.

    Args:
        screen: Where the text goes.
        chunks: The answer.
        results: Where the answer's result is, once it has ended.
        name: Where the answer comes from, for messages.
        stop: Makes the source let go.
        told: Whether a summary is wanted.

    Raises:
        CommandError: The answer failed, or is not whole.
    """
    stopped = False
    try:
        for chunk in chunks:
            screen.write_text(str(chunk))
    except RxStreamError as error:
        # It knows what the provider told, also where no terminal chunk did.
        results[:] = [error.result] if error.result else results
        raise CommandError(f"{name}: {error}") from None
    except (KeyboardInterrupt, SystemExit):
        stopped = True
        raise
    finally:
        # In this order: closing waits until the source lets go.
        stop()
        chunks.close()
        screen.end_line()
        if results and told:
            # A source that was made to let go looks cut off; it is not.
            result = replace(results[0], state="cancelled") if stopped else results[0]
            sys.stderr.write(summary(result))
