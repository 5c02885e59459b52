"""One stream of the writer: its whole text, and how much of it the log has."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Protocol

from rx_stream.core.logs.stream_log import Append, EndStatus, Lease
from rx_stream.errors import LogError
from rx_stream.schedulers.reporting import report

if TYPE_CHECKING:
    from rx_stream.logs.writer import Writer

__all__ = ["Producer", "StreamWriter"]


class Producer(Protocol):
    """What :func:`publish` writes into."""

    def write(self, data: bytes) -> None:
        """Add to the text, from any thread."""
        ...

    def close(self, status: EndStatus, detail: str) -> None:
        """Note how the stream ends."""
        ...


class StreamWriter:
    """The whole text of one stream, and how much of it the log has.

    The text is kept until the end, so that a log which lost its tail, or everything, gets it again
    at the same offsets.

    Args:
        writer: The task that writes it.
        lease: The right to do so.
        prefix: The text that is there already.
        on_settled: Called once: with None when the end marker stands, or with what went wrong.
    """

    __slots__ = (
        "_on_settled",
        "_text",
        "_writer",
        "away_since",
        "closing",
        "committed",
        "lease",
        "renew_at",
        "settled",
        "verify_at",
        "verify_until",
    )

    def __init__(
        self,
        writer: Writer,
        lease: Lease,
        prefix: bytes,
        on_settled: Callable[[LogError | None], None],
    ) -> None:
        self._writer = writer
        self._on_settled = on_settled
        self.settled = False
        self.lease = lease
        self._text = bytearray(prefix)
        self.committed = len(prefix)
        self.closing: tuple[EndStatus, str] | None = None
        self.renew_at = time.monotonic() + writer.log.lease / 3
        self.verify_at = inf
        self.verify_until: float | None = None
        self.away_since: float | None = None

    @property
    def length(self) -> int:
        """Bytes of the whole text."""
        return len(self._text)

    def write(self, data: bytes) -> None:
        """Add to the text, from any thread."""
        self._text += data
        self._writer.wake(now=False)

    def close(self, status: EndStatus, detail: str) -> None:
        """Note how the stream ends; ``on_settled`` tells when the log has it."""
        self.closing = (status, detail)
        self._writer.wake(now=True)

    def missing(self) -> Append:
        """Return what the log does not have yet, or a renewal of the lease."""
        return Append(self.lease, self.committed, bytes(self._text[self.committed :]))

    def is_due(self, now: float) -> bool:
        """Tell whether there is something to append."""
        return self.committed < len(self._text) or now >= self.renew_at

    def is_ending(self, now: float) -> bool:
        """Tell whether the end marker has to be written now, or looked at once more."""
        if self.closing is None or self.committed < len(self._text):
            return False
        return not self.settled or now >= self.verify_at

    def take(self, result: int | LogError, now: float) -> None:
        """Take the answer to an append."""
        if isinstance(result, LogError):
            self.settle(result)
            return
        self.away_since = None
        self.committed = min(result, len(self._text))
        self.renew_at = now + self._writer.log.lease / 3

    def settle(self, error: LogError | None) -> None:
        """Tell the publisher how it went; there is nothing more to write, unless to verify."""
        if error is not None or not self._writer.log.linger:
            self._writer.drop(self)
        if not self.settled:
            self.settled = True
            try:
                self._on_settled(error)
            except Exception as second:  # noqa: BLE001 - one subscriber must not stop the others
                report(second)
