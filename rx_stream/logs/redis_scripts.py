"""Runs the scripts of the log inside Redis."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeAlias, TypeVar, cast

__all__ = ["Argument", "Pipeline", "RedisClient", "Script", "read", "run", "run_many", "script"]

Argument: TypeAlias = str | bytes | int | float

_T = TypeVar("_T")

_ONCE = ("change", "limiter")
"""Scripts that nobody may run again because no reply came."""

_RAW: dict[str, object] = {"NEVER_DECODE": True}
"""Gives bytes, also where the client decodes answers."""


class Pipeline(Protocol):
    """What is used of a pipeline."""

    def execute_command(self, *args: object, **options: object) -> object:
        """Queue a command."""
        ...

    def execute(self, raise_on_error: bool = True) -> Awaitable[list[object]]:
        """Send what is queued."""
        ...


class ConnectionPool(Protocol):
    """What is used of the connections of a client."""

    def disconnect(self, inuse_connections: bool = True) -> Awaitable[None]:
        """Close them."""
        ...


class RedisClient(Protocol):
    """What is used of a ``redis.asyncio`` client."""

    @property
    def connection_pool(self) -> ConnectionPool:
        """Its connections."""
        ...

    def execute_command(self, *args: object, **options: object) -> Awaitable[object]:
        """Send a command."""
        ...

    def pipeline(self, transaction: bool = True) -> Pipeline:
        """Return a pipeline."""
        ...


class Script:
    """A Lua script and its name inside the server.

    Args:
        source: The script.
        repeatable: Whether to run it twice does the same as to run it once.
    """

    __slots__ = ("repeatable", "sha", "source")

    def __init__(self, source: str, *, repeatable: bool = True) -> None:
        self.source = source
        self.repeatable = repeatable
        self.sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


@cache
def script(name: str) -> Script:
    """Return a script of this package."""
    source = (files("rx_stream.logs") / "lua" / f"{name}.lua").read_text("utf-8")
    return Script(source, repeatable=name not in _ONCE)


def _is_unknown(result: object) -> bool:
    from redis.exceptions import NoScriptError

    return isinstance(result, NoScriptError)


async def run(
    client: RedisClient, script: Script, keys: Sequence[str], args: Sequence[Argument]
) -> object:
    """Run a script; a server that does not know it yet learns it."""
    return await _alive(client, script, lambda: _run(client, script, keys, args))


async def _alive(client: RedisClient, script: Script, send: Callable[[], Awaitable[_T]]) -> _T:
    """Send something, once more if the connection turns out to be dead.

    Connections that are kept die with their server, and it shows only when they are used.
    """
    from redis.exceptions import ConnectionError as DeadConnectionError

    try:
        return await send()
    except DeadConnectionError:
        if not script.repeatable:
            raise
    # The others that nobody uses now may be dead as well.
    await client.connection_pool.disconnect(inuse_connections=False)
    return await send()


async def _run(
    client: RedisClient, script: Script, keys: Sequence[str], args: Sequence[Argument]
) -> object:
    try:
        return await client.execute_command("EVALSHA", script.sha, len(keys), *keys, *args, **_RAW)
    except Exception as error:
        if not _is_unknown(error):
            raise
    return await client.execute_command("EVAL", script.source, len(keys), *keys, *args, **_RAW)


async def run_many(
    client: RedisClient,
    script: Script,
    calls: Sequence[tuple[Sequence[str], Sequence[Argument]]],
) -> list[object]:
    """Run a script several times in one round trip.

    Raises:
        redis.exceptions.RedisError: One of the calls failed.
    """
    if len(calls) == 1:
        return [await run(client, script, *calls[0])]
    return await _alive(client, script, lambda: _run_many(client, script, calls))


async def _run_many(
    client: RedisClient,
    script: Script,
    calls: Sequence[tuple[Sequence[str], Sequence[Argument]]],
) -> list[object]:
    results: list[object] = []
    for name, body in (("EVALSHA", script.sha), ("EVAL", script.source)):
        pipe = client.pipeline(transaction=False)
        for keys, args in calls:
            pipe.execute_command(name, body, len(keys), *keys, *args, **_RAW)
        results = await pipe.execute(raise_on_error=False)
        if not any(map(_is_unknown, results)):
            break
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


async def read(
    client: RedisClient, places: dict[str, str], block: int
) -> dict[str, list[tuple[str, dict[bytes, bytes]]]]:
    """Wait up to ``block`` ms for entries after the given ids."""
    args: list[object] = ["COUNT", 500, "BLOCK", block, "STREAMS", *places, *places.values()]
    reply = await client.execute_command("XREAD", *args, **_RAW)
    found: dict[str, list[tuple[str, dict[bytes, bytes]]]] = {}
    # Lists of pairs, or a mapping of lists of lists: it depends on protocol and version.
    pairs = cast("list[tuple[bytes, list[object]]]", _pairs(reply))
    for key, items in pairs:
        if len(items) == 1 and isinstance(items[0], list):
            items = cast("list[object]", items[0])
        entries = cast("list[tuple[bytes, dict[bytes, bytes] | None]]", items)
        found[_text(key)] = [(_text(entry), fields or {}) for entry, fields in entries]
    return found


def _pairs(reply: object) -> object:
    if isinstance(reply, dict):
        return list(cast("dict[object, object]", reply).items())
    return reply or []


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
