"""What a reader is told when its own process knows less than the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from rx_stream import LogUnavailableError, StreamInterruptedError
from rx_stream.core.logs.stream_log import Snapshot
from rx_stream.logs.follower import Follower
from rx_stream.logs.hub import Hub

ALIVE = Snapshot((("e", 0),), 0, "running", lease=5.0)
GONE = replace(ALIVE, lease=0.0)


class Log:
    """A log that is asked again when a producer seems to have gone.

    Args:
        later: What it says then.
    """

    grace, settle = 0.0, 0.0

    def __init__(self, later: Callable[[Hub], Snapshot | None]) -> None:
        self._later = later
        self._hub: Hub | None = None

    async def look(self, stream_id: str) -> Snapshot | None:
        return GONE if self._hub is None else self._later(self._hub)

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        self._hub = Hub(stream_id, snapshot, offset)
        return self._hub

    async def release(self, hub: Hub) -> None: ...


def followed(
    later: Callable[[Hub], Snapshot | None], read: Callable[[Follower], Coroutine[Any, Any, Any]]
) -> Any:
    async def main() -> Any:
        follower = Follower(Log(later), "s", None)
        await follower.open()
        return await asyncio.wait_for(read(follower), 10)

    return asyncio.run(main())


def test_a_producer_that_the_log_knows_is_alive_has_not_gone() -> None:
    assert followed(lambda _: ALIVE, lambda follower: follower.read(0.01)) is None


def away(_: Hub) -> Snapshot:
    raise LogUnavailableError("away")


@pytest.mark.parametrize("later", [lambda _: GONE, lambda _: None, away])
def test_a_producer_of_which_the_log_knows_nothing_more_has_gone(later: Any) -> None:
    with pytest.raises(StreamInterruptedError, match="the producer of 's' has gone"):
        followed(later, lambda follower: follower.read())


def test_text_that_is_on_its_way_comes_before_the_reader_is_told() -> None:
    def later(hub: Hub) -> Snapshot:
        asyncio.get_running_loop().call_soon(hub.extend, 2, b"ab")
        return replace(GONE, length=2)

    async def read(follower: Follower) -> bytes | None:
        text = await follower.read()
        with pytest.raises(StreamInterruptedError) as caught:
            await follower.read()
        assert caught.value.position == "e.2"
        return text

    assert followed(later, read) == b"ab"


def test_an_end_that_is_on_its_way_is_the_end() -> None:
    def later(hub: Hub) -> Snapshot:
        return replace(GONE, status="completed")

    assert followed(later, lambda follower: follower.read()) == b""
