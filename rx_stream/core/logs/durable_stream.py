"""What the Durable Streams protocol keeps with a stream, and its rules for producers.

Source: the protocol's text of 2026-06-03, https://github.com/durable-streams/durable-streams.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import Literal, TypeAlias

__all__ = ["DurableMeta", "ProducerMark", "Verdict", "base_type", "forget_silent", "judge"]

_FORGET_PRODUCER = 7 * 24 * 3600.0
"""Seconds after which a producer that has written nothing is new again."""

ProducerMark: TypeAlias = tuple[str, int, int]
"""A producer's id, epoch and sequence number."""

Verdict: TypeAlias = tuple[Literal["accepted", "duplicate", "stale_epoch", "bad_epoch", "gap"], int]


@dataclass(slots=True)
class DurableMeta:
    """What is kept with a stream.

    Args:
        content_type: As it was created.
        ttl: Seconds after the last access until it is gone; None for never.
        expires_at: When it is gone, as ISO 8601.
        accessed: The last access, in seconds since 1970.
        last_seq: The last ``Stream-Seq``.
        producers: Epoch, last sequence number and time, by producer.
        closed_by: The producer that closed it.
        forked_from: The stream it was forked from.
        fork_offset: Where.
        fork_sub_offset: How far into the message there.
        forks: How many streams were forked from it.
        deleted: Whether it only stays for its forks.
    """

    content_type: str
    ttl: int | None = None
    expires_at: str | None = None
    accessed: float = 0.0
    last_seq: str | None = None
    producers: dict[str, tuple[int, int, float]] = field(
        default_factory=dict[str, tuple[int, int, float]]
    )
    closed_by: ProducerMark | None = None
    forked_from: str | None = None
    fork_offset: int | None = None
    fork_sub_offset: int = 0
    forks: int = 0
    deleted: bool = False

    def dump(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> DurableMeta:
        """Read what :meth:`dump` wrote; nothing stands for a stream that ``publish`` writes."""
        if not text:
            return cls("text/plain; charset=utf-8")
        kept = json.loads(text)
        if kept["closed_by"] is not None:
            kept["closed_by"] = tuple(kept["closed_by"])
        return cls(**kept)

    @property
    def is_json(self) -> bool:
        """Whether its messages are JSON values."""
        return base_type(self.content_type) == "application/json"

    def left(self, wall: float) -> float:
        """Return the seconds until it is gone."""
        until = inf if self.ttl is None else self.accessed + self.ttl
        if self.expires_at is not None:
            until = min(until, parse_time(self.expires_at) or 0.0)
        return until - wall


def parse_time(text: str) -> float | None:
    """Return an ISO 8601 time in seconds since 1970; None if it is not one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def base_type(content_type: str) -> str:
    """Return a content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def judge(meta: DurableMeta, mark: ProducerMark, wall: float) -> Verdict:
    """Say whether a producer's message is the next one; the number is what the client is told."""
    name, epoch, seq = mark
    known = meta.producers.get(name)
    if known is None or wall - known[2] > _FORGET_PRODUCER:
        return ("accepted", 0) if seq == 0 else ("gap", 0)
    last_epoch, last_seq, _ = known
    if epoch < last_epoch:
        return ("stale_epoch", last_epoch)
    if epoch > last_epoch:
        return ("accepted", 0) if seq == 0 else ("bad_epoch", 0)
    if seq <= last_seq:
        return ("duplicate", last_seq)
    return ("accepted", seq) if seq == last_seq + 1 else ("gap", last_seq + 1)


def forget_silent(meta: DurableMeta, wall: float) -> None:
    """Forget the producers that have written nothing for so long that they would be new again."""
    kept = {n: known for n, known in meta.producers.items() if wall - known[2] <= _FORGET_PRODUCER}
    meta.producers = kept
