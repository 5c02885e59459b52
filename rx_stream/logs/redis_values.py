"""What the scripts of the Redis log are given and tell, as values of Python."""

from __future__ import annotations

from math import inf
from typing import cast

from rx_stream.core.logs.stream_log import Epochs, LogStatus, Snapshot

__all__ = ["epochs_of", "history", "milliseconds", "snapshot_of"]


def milliseconds(duration: float) -> int:
    """Return seconds as the milliseconds that a key lives, at least one."""
    return max(1, round(duration * 1000))


def history(epochs: Epochs) -> str:
    """Return epochs with where they start as they are kept."""
    return " ".join(f"{epoch}:{start}" for epoch, start in epochs)


def epochs_of(kept: bytes) -> Epochs:
    """Return what :func:`history` has made."""
    pairs = (part.split(":") for part in kept.decode().split(" "))
    return tuple((epoch, int(start)) for epoch, start in pairs)


def snapshot_of(reply: object) -> Snapshot:
    """Return what the script ``look`` tells of a stream."""
    epochs, length, status, detail, lease, version, meta = cast(
        "tuple[bytes, bytes, bytes, bytes, int, bytes, bytes]", reply
    )
    return Snapshot(
        epochs_of(epochs),
        int(length),
        cast("LogStatus", status.decode()),
        detail.decode(),
        inf if lease == -10 else max(0, lease) / 1000,
        int(version),
        meta.decode(),
    )
