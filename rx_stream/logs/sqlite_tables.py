"""The tables of the log in a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import TypeVar, cast

from rx_stream.core.logs.log_state import LogState

__all__ = [
    "add",
    "connect",
    "drop",
    "drop_text",
    "entries",
    "load",
    "read",
    "save",
    "sweep",
    "transact",
]

_T = TypeVar("_T")

_SCHEMA = """
create table if not exists rx_stream_state (
    id text primary key, epochs text not null, length integer not null, status text not null,
    detail text not null, lease_until real not null, expires real not null,
    version integer not null, meta text not null) without rowid;
create index if not exists rx_stream_expires on rx_stream_state (expires);
create table if not exists rx_stream_text (
    id text, ends integer, data blob not null, primary key (id, ends)) without rowid;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, and create what is missing."""
    db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def transact(db: sqlite3.Connection, work: Callable[[sqlite3.Connection], _T]) -> _T:
    """Do some work in one transaction that writes."""
    db.execute("begin immediate")
    try:
        result = work(db)
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise
    return result


def read(db: sqlite3.Connection, stream_id: str, wall: float) -> LogState | None:
    """Return the state of a stream that has not expired."""
    row = cast(
        "tuple[str, int, str, str, float, float, int, str] | None",
        db.execute(
            "select epochs, length, status, detail, lease_until, expires, version, meta"
            " from rx_stream_state where id = ? and expires > ?",
            (stream_id, wall),
        ).fetchone(),
    )
    if row is None:
        return None
    epochs = tuple((str(epoch), int(start)) for epoch, start in json.loads(row[0]))
    return LogState(epochs, row[1], row[2], *row[3:])  # pyright: ignore[reportArgumentType]


def load(db: sqlite3.Connection, stream_id: str, wall: float) -> LogState | None:
    """Return the state of a stream; one that has expired is removed."""
    state = read(db, stream_id, wall)
    if state is None:
        drop(db, stream_id)
    return state


def save(db: sqlite3.Connection, stream_id: str, state: LogState) -> None:
    """Store the state of a stream."""
    db.execute(
        "insert or replace into rx_stream_state values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stream_id,
            json.dumps(state.epochs),
            state.length,
            state.status,
            state.detail,
            state.lease_until,
            state.expires,
            state.version,
            state.meta,
        ),
    )


def add(db: sqlite3.Connection, stream_id: str, end: int, data: bytes) -> None:
    """Store an entry."""
    db.execute("insert into rx_stream_text values (?, ?, ?)", (stream_id, end, data))


def entries(
    db: sqlite3.Connection, stream_id: str, start: int, end: float = inf
) -> list[tuple[int, bytes]]:
    """Return the entries that hold bytes from ``start`` to ``end``, cut to these."""
    found: list[tuple[int, bytes]] = []
    rows = db.execute(
        "select ends, data from rx_stream_text where id = ? and ends > ? order by ends",
        (stream_id, start),
    )
    for ends, data in rows:
        begin = ends - len(data)
        if begin >= end:
            break
        stop = int(min(ends, end))
        found.append((stop, data[max(0, start - begin) : stop - begin]))
    return found


def drop_text(db: sqlite3.Connection, stream_id: str) -> None:
    """Remove the text of a stream."""
    db.execute("delete from rx_stream_text where id = ?", (stream_id,))


def drop(db: sqlite3.Connection, stream_id: str) -> None:
    """Remove a stream."""
    drop_text(db, stream_id)
    db.execute("delete from rx_stream_state where id = ?", (stream_id,))


def sweep(db: sqlite3.Connection, wall: float) -> None:
    """Remove a few of the streams that have expired."""
    rows = db.execute("select id from rx_stream_state where expires <= ? limit 10", (wall,))
    for (stream_id,) in rows.fetchall():
        drop(db, stream_id)
