"""What every engine of the log must do: one suite over all of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sqlite3
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import reactivex as rx
import reactivex.operators as ops
from reactivex.subject import Subject

from rx_stream import (
    BadPositionError,
    LogFullError,
    LogUnavailableError,
    MemoryLog,
    PositionLostError,
    ProducerFencedError,
    SQLiteLog,
    StreamCancelledError,
    StreamChunk,
    StreamFailedError,
    StreamInterruptedError,
    StreamProgress,
    StreamTakenError,
    UnknownStreamError,
    from_async_iterable,
    from_iterable,
    from_log,
    publish,
    to_async_iterable,
)
from rx_stream.core.logs.stream_log import Change
from rx_stream.logs.follower import Follower

LONG = os.environ.get("RX_STREAM_LONG") == "1"
pytestmark = pytest.mark.timeout(700 if LONG else 60)
WORDS = [" the", "é", " 流", " token", "🙂", "\n", "", " of", " x", "\ud83d"]


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 600 if LONG else 50))


async def items_of(source: Any) -> list[Any]:
    return [item async for item in to_async_iterable(source)]


async def text_of(source: Any) -> str:
    return "".join(item.content for item in await items_of(source))


async def read(log: Any, stream_id: str = "s", after: str = "") -> str:
    return await text_of(from_log(log, stream_id, after=after))


async def slowly(words: list[str], pause: float = 0.0) -> Any:
    for word in words:
        await asyncio.sleep(pause)
        yield word


def some_words(seed: int, count: int = 60) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) for _ in range(count)]


async def all_of(source: Any) -> tuple[list[str], Exception | None]:
    """Return the texts of a source, and how it ended."""
    texts: list[str] = []
    ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
    source.subscribe(
        lambda item: texts.append(str(item)), ended.set_result, lambda: ended.set_result(None)
    )
    return texts, await ended


async def end_of(log: Any, source: Any, stream_id: str = "s") -> Exception | None:
    """Publish a source, and return how it ended."""
    _, error = await all_of(source.pipe(publish(log, stream_id)))
    return error


async def until_gone(log: Any) -> None:
    """Wait until the lease of a producer has run out, and for a moment more."""
    gone = False
    while not gone:
        gone = await log.status("s") == "interrupted"
        await asyncio.sleep(0.005)


async def lose(log: Any) -> None:
    """Let a log lose all that it has."""
    if isinstance(log, MemoryLog):
        log._streams.clear()
    elif isinstance(log, SQLiteLog):
        with contextlib.closing(log.connect()) as db:
            db.executescript("delete from rx_stream_state; delete from rx_stream_text")
    else:
        await log.client.execute_command("FLUSHALL")


# --- publish and read


def test_what_was_published_is_read_in_full(open_log: Any) -> None:
    async def main() -> None:
        words = some_words(1)
        async with open_log() as log:
            assert await items_of(from_iterable(words).pipe(publish(log, "s"))) == words
            assert await read(log) == "".join(words)
            assert await log.status("s") == "completed"

    run(main())


def test_items_pass_unchanged_and_only_text_is_written(open_log: Any) -> None:
    async def main() -> None:
        items = [StreamChunk("a"), StreamProgress(), StreamChunk("b", metadata={"x": 1}), "c", 7]
        async with open_log() as log:
            passed = await items_of(rx.from_iterable(items).pipe(publish(log, "s")))
            assert all(one is other for one, other in zip(passed, items, strict=True))
            assert await read(log) == "abc"

    run(main())


def test_a_terminal_chunk_comes_back_with_its_finish_reason(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            chunks = [StreamChunk("hi"), StreamChunk("", None, True, "length")]
            await items_of(from_iterable(chunks).pipe(publish(log, "s")))
            *_, last = await items_of(from_log(log, "s"))
            assert last.is_complete
            assert last.finish_reason == "length"

    run(main())


def test_a_detail_that_publish_did_not_write_is_no_finish_reason(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            for name, detail in (("a", "free words"), ("b", "[1]"), ("c", '{"finish_reason": 1}')):
                lease = await log.acquire(name)
                await log.append(lease, 0, b"text")
                await log.close(lease, "completed", detail)
                assert [c.content for c in await items_of(from_log(log, name))] == ["text"]

    run(main())


def test_the_text_of_a_second_choice_is_an_error_and_not_mixed_in(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            chunks = [StreamChunk("a"), StreamChunk("b", metadata={"choice": 1}), StreamChunk("c")]
            source = from_iterable(chunks)
            texts, error = await all_of(source.pipe(publish(log, "s")))
            assert texts == ["a"]
            assert isinstance(error, ValueError)
            assert str(error) == "publish: a log has one choice, not choice 1"
            texts, failed = await all_of(from_log(log, "s"))
            assert texts == ["a"]
            assert isinstance(failed, StreamFailedError)

    run(main())


def test_an_empty_stream_completes(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            assert await end_of(log, rx.empty()) is None
            assert await items_of(from_log(log, "s")) == []

    run(main())


def test_a_reader_follows_while_the_producer_writes(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            pushed: Subject[str] = Subject()
            done = asyncio.ensure_future(items_of(pushed.pipe(publish(log, "s"))))
            while not pushed.observers:
                await asyncio.sleep(0.001)
            reader = to_async_iterable(from_log(log, "s"))
            for word in ("Hel", "lo", " wörld"):
                await asyncio.sleep(0)
                pushed.on_next(word)
                assert (await anext(reader)).content == word
            pushed.on_completed()
            assert [chunk async for chunk in reader] == []
            await done

    run(main())


def test_readers_that_join_and_cut_at_random_get_the_exact_text(open_log: Any) -> None:
    async def reader(log: Any, seed: int, cuts: int, sent: list[str]) -> str:
        chance = random.Random(seed)
        text, after = "", ""
        joins = chance.randrange(100)
        while len(sent) < joins:
            await asyncio.sleep(0.001)
        while True:
            stop = chance.randrange(1, 4) if cuts else -1
            chunks = to_async_iterable(from_log(log, "s", after=after))
            async for chunk in chunks:
                text += chunk.content
                after = chunk.metadata["id"]
                stop -= 1
                if stop == 0:
                    break
            await chunks.aclose()
            if stop:
                return text
            cuts -= 1

    async def main() -> None:
        for seed in range(20 if LONG else 3):
            async with open_log() as log:
                words = some_words(seed, 150)
                sent: list[str] = []
                source = from_async_iterable(slowly(words, 0.001)).pipe(ops.do_action(sent.append))
                writing = asyncio.ensure_future(items_of(source.pipe(publish(log, "s"))))
                while await log.status("s") != "running":
                    await asyncio.sleep(0.001)
                count = random.Random(seed).choice([1, 10, 100 if LONG else 30])
                readers = [reader(log, n, n % 50, sent) for n in range(count)]
                assert set(await asyncio.gather(*readers)) == {"".join(words)}
                await writing

    run(main())


def test_any_character_border_is_a_position_and_nothing_else(open_log: Any) -> None:
    async def main() -> None:
        text = "aé流🙂z"
        data = text.encode()
        async with open_log() as log:
            await items_of(from_iterable([text]).pipe(publish(log, "s")))
            (chunk,) = await items_of(from_log(log, "s"))
            epoch, _, end = chunk.metadata["id"].partition(".")
            assert int(end) == len(data)
            for offset in range(len(data) + 1):
                try:
                    expected: str | None = data[offset:].decode()
                except UnicodeDecodeError:
                    expected = None
                if expected is None:
                    with pytest.raises(BadPositionError):
                        await read(log, after=f"{epoch}.{offset}")
                else:
                    assert await read(log, after=f"{epoch}.{offset}") == expected

    run(main())


@pytest.mark.parametrize("after", ["x", "1", ".", "a.b", "a.-1", "a.01", "a.1.2", " a.1", "a.9e9"])
def test_a_malformed_position_is_an_error(memory_log: Any, after: str) -> None:
    async def main() -> None:
        async with memory_log() as log:
            await items_of(from_iterable(["text"]).pipe(publish(log, "s")))
            with pytest.raises(BadPositionError):
                await read(log, after=after)

    run(main())


def test_a_position_beyond_the_end_is_an_error(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, b"text")
            log.settle = min(log.settle, 0.1)
            for offset in (5, 6, 999_999):
                with pytest.raises(BadPositionError):
                    await read(log, after=f"{lease.epoch}.{offset}")

    run(main())


def test_a_position_of_another_text_is_lost(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            await items_of(from_iterable(["text"]).pipe(publish(log, "s")))
            with pytest.raises(PositionLostError):
                await read(log, after="abc.2")

    run(main())


def test_a_stream_that_never_was_is_unknown(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            assert await log.status("s") == "missing"
            with pytest.raises(UnknownStreamError):
                await read(log)

    run(main())


# --- honest ends


def test_an_error_at_any_chunk_reaches_the_readers_after_the_text(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            for index in range(30 if LONG else 6):
                name = f"s{index}"
                source = rx.concat(
                    rx.from_iterable(["ab"] * index), rx.throw(ValueError("no luck"))
                )
                assert isinstance(await end_of(log, source, name), ValueError)
                texts, error = await all_of(from_log(log, name))
                assert "".join(texts) == "ab" * index
                assert isinstance(error, StreamFailedError)
                assert error.detail == "ValueError: no luck"

    run(main())


def test_a_disposed_producer_is_told_to_the_readers(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            source = from_async_iterable(slowly(["a"] * 1000, 0.001))
            async for _ in (chunks := to_async_iterable(source.pipe(publish(log, "s")))):
                break
            await chunks.aclose()
            assert await log.status("s") == "cancelled"
            with pytest.raises(StreamCancelledError):
                await read(log)

    run(main())


# The longer one is longer than any engine waits before it looks again.
@pytest.mark.realtime
@pytest.mark.parametrize("grace", [0.2, 2.5])
def test_a_producer_that_has_gone_is_told_within_the_grace_time(
    open_log: Any, grace: float
) -> None:
    async def main() -> None:
        async with open_log(lease=0.2, grace=grace) as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, "hé".encode())
            reader = to_async_iterable(from_log(log, "s"))
            assert (await anext(reader)).content == "hé"
            before = asyncio.get_running_loop().time()
            with pytest.raises(StreamInterruptedError) as caught:
                await anext(reader)
            assert grace < asyncio.get_running_loop().time() - before < grace + 1.8
            assert caught.value.position == f"{lease.epoch}.3"
            assert await log.status("s") == "interrupted"

    run(main())


@pytest.mark.realtime
def test_a_silent_producer_keeps_its_stream_and_its_readers(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(lease=0.3, grace=0.1) as log:
            pushed: Subject[str] = Subject()
            done = asyncio.ensure_future(items_of(pushed.pipe(publish(log, "s"))))
            while await log.status("s") == "missing":
                await asyncio.sleep(0)
            reading = asyncio.ensure_future(read(log))
            # For longer than any engine waits before it looks at leases.
            await asyncio.wait([reading], timeout=2.5)
            assert await log.status("s") == "running"
            assert await log.acquire("s") is None
            pushed.on_next("late")
            pushed.on_completed()
            await done
            assert await reading == await read(log) == "late"

    run(main())


# --- one producer


def test_a_second_producer_gets_an_error_and_its_source_stays_untouched(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            await log.acquire("s")
            subscribed: list[int] = []
            source = rx.defer(lambda _: subscribed.append(1) or rx.of("b"))
            assert isinstance(await end_of(log, source), StreamTakenError)
            assert subscribed == []

    run(main())


def test_a_stream_that_has_ended_is_not_written_again(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            assert await end_of(log, rx.of("a")) is None
            assert isinstance(await end_of(log, rx.of("b")), StreamTakenError)
            assert await read(log) == "a"

    run(main())


def test_of_two_racing_producers_exactly_one_runs(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            for number in range(1000 if LONG else 50):
                name = f"s{number}"
                ends = await asyncio.gather(
                    *(end_of(log, rx.of(producer), name) for producer in ("a", "b"))
                )
                assert [type(end) for end in ends].count(StreamTakenError) == 1
                assert ends.count(None) == 1
                assert await read(log, name) == ("a" if ends[0] is None else "b")

    run(main())


@pytest.mark.realtime
def test_a_zombie_cannot_append_or_close_after_a_takeover(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(lease=0.05) as log:
            old = await log.acquire("s")
            await log.append(old, 0, b"old ")
            await until_gone(log)
            new = await log.acquire("s", resume=True)
            assert new.start == 4
            assert new.epoch != old.epoch
            with pytest.raises(ProducerFencedError):
                await log.append(old, 4, b"zombie")
            with pytest.raises(ProducerFencedError):
                await log.close(old, "completed")
            await log.append(new, 4, b"new")
            await log.close(new, "completed")
            assert await read(log) == "old new"

    run(main())


@pytest.mark.realtime
def test_a_producer_that_resumes_keeps_the_positions_of_the_readers(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(lease=0.05) as log:
            old = await log.acquire("s")
            await log.append(old, 0, b"0123456789")
            reader = to_async_iterable(from_log(log, "s"))
            first = await anext(reader)
            await until_gone(log)
            assert await items_of(rx.of("abc").pipe(publish(log, "s", resume=True))) == ["abc"]
            assert "".join([chunk.content async for chunk in reader]) == "abc"
            assert await read(log, after=first.metadata["id"]) == "abc"
            assert await read(log, after=f"{old.epoch}.7") == "789abc"
            assert await read(log) == "0123456789abc"

    run(main())


@pytest.mark.realtime
@pytest.mark.parametrize("kept", [[], [(4, b"0123")]])
def test_a_text_that_was_lost_is_not_continued(
    open_log: Any, monkeypatch: pytest.MonkeyPatch, kept: list[tuple[int, bytes]]
) -> None:
    async def entries(*_: Any) -> list[tuple[int, bytes]]:
        return kept

    async def main() -> None:
        async with open_log(lease=0.05) as log:
            old = await log.acquire("s")
            await log.append(old, 0, b"0123456789")
            await until_gone(log)
            monkeypatch.setattr(log, "entries", entries)
            _, error = await all_of(rx.of("abc").pipe(publish(log, "s", resume=True)))
            assert isinstance(error, LogUnavailableError)
            assert await log.status("s") != "completed"

    run(main())


@pytest.mark.realtime
def test_a_text_produced_anew_loses_the_positions_of_the_readers(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(lease=0.05) as log:
            old = await log.acquire("s")
            await log.append(old, 0, b"0123456789")
            reader = to_async_iterable(from_log(log, "s"))
            first = await anext(reader)
            await until_gone(log)
            await items_of(rx.of("abc").pipe(publish(log, "s")))
            with pytest.raises(PositionLostError):
                await anext(reader)
            with pytest.raises(PositionLostError):
                await read(log, after=first.metadata["id"])
            assert await read(log) == "abc"

    run(main())


# --- the primitives


def test_an_append_elsewhere_adds_nothing_and_says_where_the_log_ends(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            lease = await log.acquire("s")
            assert await log.append(lease, 0, b"abc") == 3
            assert await log.append(lease, 0, b"abc") == 3
            assert await log.append(lease, 2, b"xyz") == 3
            assert await log.append(lease, 9, b"xyz") == 3
            assert await log.append(lease, 3, b"def") == 6
            assert await log.close(lease, "completed", length=7) == 6
            assert await log.status("s") == "running"
            assert await log.close(lease, "completed", length=6) == 6
            assert await log.close(lease, "completed", length=6) == 6
            with pytest.raises(ProducerFencedError):
                await log.close(lease, "error")
            with pytest.raises(ProducerFencedError):
                await log.append(lease, 6, b"x")
            assert await read(log) == "abcdef"

    run(main())


def test_a_forgotten_stream_is_restored_by_its_producer(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, b"abc")
            await lose(log)
            assert await log.append(lease, 3, b"def") == 0
            assert await log.append(lease, 0, b"abcdef") == 6
            await log.close(lease, "completed")
            assert await read(log, after=f"{lease.epoch}.3") == "def"

    run(main())


@pytest.mark.realtime
@pytest.mark.parametrize("more", ["two", ""])
def test_a_stream_that_expires_while_it_is_written_never_completes_with_a_hole(
    open_log: Any, more: str
) -> None:
    async def main() -> None:
        async with open_log(ttl=0.1) as log:
            pushed: Subject[str] = Subject()
            end = asyncio.ensure_future(end_of(log, pushed))
            while not pushed.observers:
                await asyncio.sleep(0.001)
            pushed.on_next("one ")
            while await log.status("s") != "missing":
                await asyncio.sleep(0.01)
            pushed.on_next(more)
            pushed.on_completed()
            if isinstance(log, MemoryLog):  # Which has no other place for the text.
                assert str(await end) == "the log has forgotten the stream 's'"
                with pytest.raises((UnknownStreamError, StreamInterruptedError)):
                    await read(log)
            else:
                assert await end is None
                assert await read(log) == f"one {more}"

    run(main())


@pytest.mark.parametrize("closed", [False, True])
def test_a_deleted_stream_is_not_brought_back_by_its_producer(open_log: Any, closed: bool) -> None:
    async def main() -> None:
        async with open_log() as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, b"abc")
            if closed:
                await log.close(lease, "completed")
            await log.delete("s")
            assert await log.status("s") == "missing"
            with pytest.raises(ProducerFencedError, match="deleted"):
                await log.append(lease, 3, b"def")
            with pytest.raises(ProducerFencedError, match="deleted"):
                await log.close(lease, "completed")
            assert await log.status("s") == "missing"
            with pytest.raises(UnknownStreamError):
                await read(log)

    run(main())


def test_a_publisher_is_told_that_its_stream_was_deleted(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            pushed: Subject[str] = Subject()
            end = asyncio.ensure_future(end_of(log, pushed))
            while not pushed.observers:
                await asyncio.sleep(0.001)
            pushed.on_next("one two ")
            assert (await anext(to_async_iterable(from_log(log, "s")))).content == "one two "
            await log.delete("s")
            pushed.on_next("three four ")
            pushed.on_completed()
            assert isinstance(await end, ProducerFencedError)
            assert await log.status("s") == "missing"

    run(main())


def test_a_deleted_stream_can_be_written_anew(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            old = await log.acquire("s")
            await log.append(old, 0, b"old")
            await log.delete("s")
            await log.delete("other")
            assert await log.change("other", None, Change("m", [b"x"]))
            assert (await log.snapshot("other")).length == 1
            new = await log.acquire("s", resume=True)
            assert new.start == 0
            await log.append(new, 0, b"new")
            with pytest.raises(ProducerFencedError):
                await log.append(old, 3, b"!")
            await lose(log)
            assert await log.append(new, 0, b"new") == 3
            await log.close(new, "completed")
            assert await read(log) == "new"

    run(main())


def test_readers_of_a_deleted_stream_are_told_and_find_the_new_one(stored_log: Any) -> None:
    async def main() -> None:
        async with stored_log() as log:
            old = await log.acquire("s")
            await log.append(old, 0, b"old text ")
            readers = [Follower(log, "s", None), Follower(log, "s", None)]
            for reader in readers:
                await reader.open()
                assert await reader.read() == b"old text "
            await log.delete("s")
            new = await log.acquire("s")
            await log.append(new, 0, b"new ")
            await log.append(new, 4, b"answer")  # The first that is behind what was read.
            for reader in readers:
                with pytest.raises(PositionLostError):
                    await reader.read()
                assert reader.hub.failure is None
            await readers[0].restart()
            await log.close(new, "completed")
            got = b""
            while more := await readers[0].read():
                got += more
            assert got == b"new answer"
            for reader in readers:
                await reader.close()

    run(main())


def test_what_failed_one_reader_fails_nobody_who_comes_later(stored_log: Any) -> None:
    async def main() -> None:
        async with stored_log() as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, b"one ")
            early = Follower(log, "s", None)
            await early.open()
            assert await early.read() == b"one "
            early.hub.fail(LogUnavailableError("for a moment"))
            late = Follower(log, "s", None)
            await late.open()
            assert await late.read() == b"one "
            with pytest.raises(LogUnavailableError, match="for a moment"):
                await early.read()
            await early.close()
            await log.append(lease, 4, b"two")
            assert await late.read() == b"two"
            await late.close()

    run(main())


def test_readers_of_a_file_that_cannot_be_opened_get_an_error_of_this_library(
    sqlite_log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise sqlite3.OperationalError("unable to open database file")

    async def main() -> None:
        async with sqlite_log() as log:
            assert await end_of(log, rx.of("a")) is None
            monkeypatch.setattr(log, "connect", fail)
            with pytest.raises(LogUnavailableError, match="unable to open database file"):
                await read(log)
            monkeypatch.undo()
            assert await read(log) == "a"

    run(main())


@pytest.mark.realtime
def test_that_a_stream_was_deleted_is_forgotten_in_time(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(ttl=0.05) as log:
            lease = await log.acquire("s")
            await log.delete("s")
            end = 0
            while not end:
                await asyncio.sleep(0.005)
                with contextlib.suppress(ProducerFencedError):
                    end = await log.append(lease, 0, b"abc")
            assert end == 3

    run(main())


def test_a_stream_cannot_become_larger_than_the_limit(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(max_bytes=10) as log:
            assert await end_of(log, rx.of("0123456789"), "fits") is None
            pushed: Subject[str] = Subject()
            end = asyncio.ensure_future(end_of(log, pushed, "s"))
            while not pushed.observers:
                await asyncio.sleep(0.001)
            pushed.on_next("01234567890")
            error = await end
            assert isinstance(error, LogFullError)
            assert error.limit == 10

    run(main())


@pytest.mark.realtime
def test_a_stream_is_forgotten_some_time_after_its_end(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(ended_ttl=0.1, ttl=0.4) as log:
            assert await end_of(log, rx.of("a")) is None
            running = await log.acquire("running")
            begun = asyncio.get_running_loop().time()
            while asyncio.get_running_loop().time() < begun + 0.6:
                await asyncio.sleep(0.02)
                await log.append(running, 0, b"")
            assert await log.status("s") == "missing"
            assert await log.status("running") == "running"
            while await log.status("running") != "missing":
                await asyncio.sleep(0.02)
            assert await end_of(log, rx.of("b")) is None
            assert await read(log) == "b"

    run(main())


@pytest.mark.parametrize("bad", ["", "a b", "a\n", "ä", "{a}", "a/b", "a" * 201, "a\x00"])
def test_a_bad_stream_id_is_refused_at_the_call(memory_log: Any, bad: str) -> None:
    async def main() -> None:
        async with memory_log() as log:
            for call in (publish, from_log):
                with pytest.raises(ValueError, match=f"{call.__name__}: stream_id must be"):
                    call(log, bad)
            with pytest.raises(ValueError, match="stream_id must be"):
                await log.acquire(bad)

    run(main())


def test_readers_are_told_that_their_log_was_closed(stored_log: Any) -> None:
    async def main() -> None:
        async with stored_log() as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, b"one ")
            reader = to_async_iterable(from_log(log, "s"))
            assert (await anext(reader)).content == "one "
            before = asyncio.all_tasks()
            waiting = asyncio.ensure_future(anext(reader))
            await asyncio.sleep(0)
            await log.aclose()
            with pytest.raises(LogUnavailableError, match="the log was closed"):
                await waiting
            await reader.aclose()
            assert asyncio.all_tasks() <= before
            assert await read_some(log) == "one "

    async def read_some(log: Any) -> str:
        async for chunk in (reader := to_async_iterable(from_log(log, "s"))):
            await reader.aclose()
            return chunk.content
        return ""

    run(main())


def test_a_publisher_is_told_that_its_log_was_closed_though_nothing_was_written(
    stored_log: Any,
) -> None:
    async def main() -> None:
        async with stored_log() as log:
            lease = await log.acquire("s")
            told: list[Any] = []
            log.producer(lease, b"", told.append)
            await log.aclose()
            assert [type(error) for error in told] == [LogUnavailableError]

    run(main())


def test_a_reader_that_begins_while_its_log_is_closed_leaves_nothing(stored_log: Any) -> None:
    async def main() -> None:
        async with stored_log() as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, b"one ")
            snapshot = await log.snapshot("s")
            early = await log.open("s", snapshot, 4)
            before = asyncio.all_tasks()
            # It needs text from before, and is asking for it when the log is closed.
            opening = asyncio.ensure_future(log.open("s", snapshot, 0))
            await asyncio.sleep(0)
            await log.aclose()
            with pytest.raises(LogUnavailableError, match="the log was closed"):
                await opening
            await log.release(early)
            assert asyncio.all_tasks() < before

    run(main())


def test_nothing_is_left_running(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            log.linger = 0.0
            before = asyncio.all_tasks()
            await items_of(from_iterable(["a", "b"]).pipe(publish(log, "s")))
            assert await read(log) == "ab"
            lease = await log.acquire("t")
            await log.append(lease, 0, b"x")
            reader = to_async_iterable(from_log(log, "t"))
            await anext(reader)
            await reader.aclose()
            while asyncio.all_tasks() != before:
                await asyncio.sleep(0.001)

    run(main())


def test_a_log_serves_one_loop_after_another(open_log: Any) -> None:
    logs: list[Any] = []

    async def first() -> None:
        async with open_log() as log:
            logs.append(log)
            assert await end_of(log, rx.of("a"), "one") is None
            assert await read(log, "one") == "a"

    run(first())
    if type(logs[0]).__name__ == "RedisLog":
        return  # A redis.asyncio client belongs to one loop.

    async def second() -> None:
        assert await end_of(logs[0], rx.of("b"), "two") is None
        assert await read(logs[0], "two") == "b"
        await logs[0].aclose()

    run(second())


def test_where_no_loop_runs_the_error_says_who_needs_one(tmp_path: Path) -> None:
    told: list[Exception] = []
    log = SQLiteLog(tmp_path / "streams.db")
    rx.of("a").pipe(publish(log, "s")).subscribe(on_error=told.append)
    assert isinstance(told[0], RuntimeError)
    assert str(told[0]).startswith("publish: no asyncio loop runs where it is subscribed")
