"""Runs the scripts of the log inside Redis."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeAlias, cast

__all__ = ["Argument", "Pipeline", "RedisClient", "Script", "read", "run", "run_many", "script"]

Argument: TypeAlias = str | bytes | int | float

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


class RedisClient(Protocol):
    """What is used of a ``redis.asyncio`` client."""

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
    """

    __slots__ = ("sha", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


@cache
def script(name: str) -> Script:
    """Return a script of this package."""
    return Script((files("rx_stream.logs") / "lua" / f"{name}.lua").read_text("utf-8"))


def _is_unknown(result: object) -> bool:
    from redis.exceptions import NoScriptError

    return isinstance(result, NoScriptError)


async def run(
    client: RedisClient, script: Script, keys: Sequence[str], args: Sequence[Argument]
) -> object:
    """Run a script; a server that does not know it yet learns it."""
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
