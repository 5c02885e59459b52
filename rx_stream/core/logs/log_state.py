"""The rules of a log for one stream, as plain functions of its state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from rx_stream.core.logs.stream_log import Change, Epochs, Lease, LogStatus, Snapshot
from rx_stream.errors import LogFullError, ProducerFencedError

__all__ = [
    "DELETED",
    "LogState",
    "acquired",
    "admit",
    "changed",
    "closing",
    "deleted",
    "fenced",
    "forgotten",
]


@dataclass(frozen=True, slots=True)
class LogState:
    """One stream, without its text.

    Args:
        epochs: The epochs that wrote its text; none if the stream was deleted.
        length: Bytes of text.
        status: ``running``, or how it was closed.
        detail: What its producer left with the end.
        lease_until: When the lease runs out; ``inf`` for a stream that needs none.
        expires: When the log forgets it.
        version: Counts the changes made without a lease.
        meta: Whatever the owner keeps with it.
    """

    epochs: Epochs
    length: int = 0
    status: LogStatus = "running"
    detail: str = ""
    lease_until: float = 0.0
    expires: float = inf
    version: int = 0
    meta: str = ""

    @property
    def exists(self) -> bool:
        """Whether there is a stream, and not only the memory of one that was deleted."""
        return bool(self.epochs)

    def snapshot(self, now: float, longest: float) -> Snapshot:
        """Return what readers are told; ``longest`` is the longest lease there can be."""
        left = self.lease_until - now
        # More than a whole lease is left only of a clock that was set back by a restart.
        if left != inf and (left < 0 or left > 2 * longest):
            left = 0.0
        return Snapshot(
            self.epochs, self.length, self.status, self.detail, left, self.version, self.meta
        )


DELETED = LogState(())
"""What stays of a stream that was deleted, so that its producer does not bring it back."""


def fenced(lease: Lease) -> ProducerFencedError:
    """Return the error of a producer that is one no longer."""
    return ProducerFencedError(f"another producer has taken over the stream {lease.stream_id!r}")


def deleted(lease: Lease) -> ProducerFencedError:
    """Return the error of a producer whose stream has been deleted."""
    return ProducerFencedError(f"the stream {lease.stream_id!r} has been deleted")


def forgotten(lease: Lease) -> ProducerFencedError:
    """Return the error of a producer that cannot give back a text that the log has forgotten."""
    return ProducerFencedError(f"the log has forgotten the stream {lease.stream_id!r}")


def acquired(
    state: LogState | None, seen: Snapshot | None, epoch: str, resume: bool
) -> LogState | None:
    """Return the state under a new producer; None if there must not be one."""
    if state is None or seen is None or not state.exists:
        return LogState(((epoch, 0),))
    if seen.ended or seen.lease > 0:
        return None
    if resume:
        return replace(state, epochs=(*state.epochs, (epoch, state.length)))
    return LogState(((epoch, 0),), version=state.version + 1)


def _owned(state: LogState | None, lease: Lease) -> LogState:
    if state is None:
        # The log has forgotten the stream, its producer has not: it sends the text once more.
        return LogState(lease.epochs)
    if not state.exists:
        raise deleted(lease)
    if state.epochs[-1][0] != lease.epoch:
        raise fenced(lease)
    return state


def admit(state: LogState | None, lease: Lease, start: int, size: int, limit: int) -> LogState:
    """Return the state that an append meets; it applies if ``length`` is ``start``.

    Raises:
        ProducerFencedError: The lease is worth nothing any more.
        LogFullError: The text would become larger than ``limit`` bytes.
    """
    state = _owned(state, lease)
    if state.status != "running":
        raise ProducerFencedError(f"the stream {lease.stream_id!r} has been closed")
    if state.length == start and start + size > limit:
        raise LogFullError(
            f"the stream {lease.stream_id!r} would be larger than {limit} bytes", limit=limit
        )
    return state


def closing(state: LogState | None, lease: Lease, status: LogStatus) -> LogState:
    """Return the state that a close meets; it applies if ``length`` is the whole text's.

    Raises:
        ProducerFencedError: The lease is worth nothing any more, or the end is another one.
    """
    state = _owned(state, lease)
    if state.status not in ("running", status):
        raise ProducerFencedError(f"the stream {lease.stream_id!r} has been closed")
    return state


def changed(
    state: LogState | None, version: int | None, change: Change, epoch: str
) -> LogState | None:
    """Return the state after a change; None if ``version`` is not the one it was made for.

    Args:
        state: The stream, if there is one.
        version: What the caller has seen; None if there was no stream.
        change: The change.
        epoch: The epoch of a new stream.
    """
    if state is None or not state.exists:
        if version is not None:
            return None
        state = LogState(((epoch, 0),), lease_until=inf)
    elif version != state.version:
        return None
    return replace(
        state,
        meta=change.meta,
        length=state.length + sum(map(len, change.pieces)),
        status="completed" if change.closed else "running",
        version=state.version + 1,
    )
