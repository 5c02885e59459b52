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
        first: What it says before.
        grace: Its grace time.
    """

    settle = 0.0

    def __init__(
        self, later: Callable[[Hub], Snapshot | None], first: Snapshot = GONE, grace: float = 0.0
    ) -> None:
        self.grace = grace
        self._first = first
        self._later = later
        self._hub: Hub | None = None

    async def look(self, stream_id: str) -> Snapshot | None:
        return self._first if self._hub is None else self._later(self._hub)

    async def open(self, stream_id: str, snapshot: Snapshot, offset: int) -> Hub:
        self._hub = Hub(stream_id, snapshot, offset)
        return self._hub

    async def release(self, hub: Hub) -> None: ...


ENDED = replace(GONE, length=2, status="completed")


def followed(
    later: Callable[[Hub], Snapshot | None],
    read: Callable[[Follower], Coroutine[Any, Any, Any]],
    first: Snapshot = GONE,
    grace: float = 0.0,
) -> Any:
    async def main() -> Any:
        follower = Follower(Log(later, first, grace), "s", None)
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


@pytest.mark.parametrize("grace", [0.0, 0.02])
def test_a_log_that_answers_gets_time_for_the_rest_of_an_ended_text(grace: float) -> None:
    looks: list[int] = []

    def later(hub: Hub) -> Snapshot:
        looks.append(hub.version)
        if len(looks) == 3:
            asyncio.get_running_loop().call_soon(hub.extend, 2, b"ab")
            asyncio.get_running_loop().call_soon(hub.notify)
        return ENDED

    assert followed(later, lambda follower: follower.read(), ENDED, grace) == b"ab"
    assert len(looks) == 3


def test_a_reader_who_waits_for_the_rest_of_an_ended_text_does_not_wait_busily(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    wait = Hub.wait

    async def counted(hub: Hub, seen: int, timeout: float) -> None:
        waits.append(timeout)
        await wait(hub, seen, timeout)

    monkeypatch.setattr(Hub, "wait", counted)
    assert followed(lambda _: ENDED, lambda follower: follower.read(0.1), ENDED) is None
    assert len(waits) < 5
    assert min(waits) > 0


def test_a_reader_is_told_that_the_rest_of_an_ended_text_does_not_come() -> None:
    with pytest.raises(StreamInterruptedError, match="the log gives no more of 's'") as caught:
        followed(away, lambda follower: follower.read(), ENDED)
    assert caught.value.position == "e.0"


@pytest.mark.parametrize("first", [GONE, ENDED])
def test_a_log_that_does_not_answer_is_not_waited_for(
    first: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(follower: Follower) -> bytes | None:
        monkeypatch.setattr(Log, "look", lambda *_: asyncio.get_running_loop().create_future())
        return await follower.read()

    monkeypatch.setattr("rx_stream.logs.follower._ANSWER", 0.01)
    with pytest.raises(StreamInterruptedError):
        followed(lambda _: None, read, first)
