"""Serving, against a server that is played by the test, and against uvicorn on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
import reactivex as rx
from reactivex.scheduler import NewThreadScheduler
from reactivex.subject import Subject

from rx_stream import (
    ServerSentEvent,
    StreamChunk,
    from_async_iterable,
    from_iterable,
    headers_for,
    sse_response,
)
from rx_stream.core.sse.sse_decoder import SseDecoder

SECRET = "password=hunter2"


class Exchange:
    """One request, with the test as the server."""

    def __init__(self, app, method: str = "GET", *, query: bytes = b"", last_id: str | None = None):
        headers = [] if last_id is None else [(b"last-event-id", last_id.encode())]
        self.scope = {
            "type": "http",
            "method": method,
            "path": "/answer",
            "query_string": query,
            "headers": headers,
        }
        self.app = app
        self.messages: list[dict[str, object]] = []
        self.arrived = asyncio.Condition()
        self.gone = asyncio.Event()
        self.reading = asyncio.Event()
        self.reading.set()
        self.task = asyncio.create_task(app(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, object]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, object]) -> None:
        async with self.arrived:
            self.messages.append(message)
            self.arrived.notify_all()
        await self.reading.wait()

    async def until(self, text: bytes) -> None:
        async with asyncio.timeout(5), self.arrived:
            await self.arrived.wait_for(lambda: text in self.body)

    async def end(self) -> Exchange:
        async with asyncio.timeout(5):
            await self.task
        return self

    @property
    def body(self) -> bytes:
        return b"".join(self.bodies)

    @property
    def bodies(self) -> list[bytes]:
        return [m["body"] for m in self.messages if m["type"] == "http.response.body"]

    @property
    def status(self) -> object:
        return self.messages[0]["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {k.decode(): v.decode() for k, v in self.messages[0]["headers"]}

    @property
    def events(self) -> list[ServerSentEvent]:
        return SseDecoder().feed(self.body)

    @property
    def text(self) -> str:
        payloads = [json.loads(e.data) for e in self.events if e.event is None]
        return "".join(payload["content"] for payload in payloads)


class Source:
    """An async source that tells whether it was closed, and when."""

    def __init__(self, items=("a",), *, then_wait: bool = True):
        self.items = items
        self.then_wait = then_wait
        self.produced = 0
        self.opened = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[str]:
        self.opened += 1
        try:
            for item in self.items:
                self.produced += 1
                yield item
            if self.then_wait:
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.02)  # Closing takes time, and the response waits for it.
            self.closed = True

    @property
    def stream(self) -> rx.Observable:
        return from_async_iterable(self)


def run(test) -> None:
    asyncio.run(asyncio.wait_for(test, 20))


def run_by_hand(test) -> None:
    """Run where the test sets the time: on a loop of Python, and without an end by time."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(test)


# ------------------------------------------------------------------------------- what is sent


def test_a_stream_is_served_with_its_headers_a_comment_and_its_end() -> None:
    async def test() -> None:
        got = await Exchange(sse_response(from_iterable(["a", "b"]), ids="s", retry=9)).end()
        assert got.status == 200
        assert got.headers == headers_for("json")
        assert got.bodies[0] == b":\n"
        assert [e.id for e in got.events] == ["s:0", "s:1", "s:2"]
        assert [e.retry for e in got.events] == [9, None, None]
        assert got.text == "ab"
        assert got.events[-1].event == "done"
        assert [m.get("more_body") for m in got.messages[1:]].count(False) == 1
        assert got.messages[-1]["more_body"] is False

    run(test())


def test_headers_and_the_comment_do_not_wait_for_the_first_item() -> None:
    async def test() -> None:
        got = Exchange(sse_response(rx.never()))
        await got.until(b":\n")
        assert got.status == 200
        got.gone.set()
        await got.end()

    run(test())


def test_what_is_ready_goes_out_in_one_write_of_at_most_16_kib() -> None:
    async def test() -> None:
        stream: Subject[str] = Subject()
        got = Exchange(sse_response(stream, capacity=100_000))
        await got.until(b":\n")
        for _ in range(1000):
            stream.on_next("x" * 40)
        stream.on_completed()
        await got.end()
        assert got.text == "x" * 40_000
        sizes = [len(body) for body in got.bodies]
        assert max(sizes) <= 16 * 1024
        assert len(sizes) < 10

    run(test())


def test_an_event_larger_than_a_write_is_sent_in_parts() -> None:
    async def test() -> None:
        got = await Exchange(sse_response(rx.of("x" * 100_000))).end()
        assert got.text == "x" * 100_000
        assert max(map(len, got.bodies)) <= 16 * 1024

    run(test())


def test_each_request_subscribes_anew() -> None:
    async def test() -> None:
        app = sse_response(from_iterable(["a", "b"]))
        assert [(await Exchange(app).end()).text for _ in range(2)] == ["ab", "ab"]

    run(test())


def test_the_source_may_be_made_from_the_scope() -> None:
    async def later(scope):
        await asyncio.sleep(0)
        return rx.of(scope["path"])

    async def test() -> None:
        assert (await Exchange(sse_response(lambda scope: rx.of(scope["path"]))).end()).text == (
            "/answer"
        )
        assert (await Exchange(sse_response(later)).end()).text == "/answer"

    run(test())


def test_an_error_in_making_the_source_is_the_servers_before_anything_is_sent() -> None:
    def fails(scope):
        raise LookupError("no such answer")

    async def test() -> None:
        got = Exchange(sse_response(fails))
        with pytest.raises(LookupError):
            await got.end()
        assert got.messages == []
        got = Exchange(sse_response(lambda scope: "text"))
        with pytest.raises(TypeError, match="sse_response: what source returned must be an Obs"):
            await got.end()

    run(test())


# --------------------------------------------------------------------------------- the methods


def test_head_has_the_headers_and_subscribes_nothing() -> None:
    async def test() -> None:
        source = Source()
        got = await Exchange(sse_response(source.stream), "HEAD").end()
        assert (got.status, got.body) == (200, b"")
        assert got.headers == headers_for("json")
        assert source.opened == 0

    run(test())


def test_post_is_served_and_other_methods_are_not_allowed() -> None:
    async def test() -> None:
        app = sse_response(rx.of("a"))
        assert (await Exchange(app, "POST").end()).text == "a"
        got = await Exchange(app, "DELETE").end()
        assert (got.status, got.headers) == (405, {"allow": "GET, HEAD, POST"})

    run(test())


def test_a_reconnect_after_the_end_gets_204() -> None:
    async def test() -> None:
        app = sse_response(from_iterable(["a", "b"]), ids="s")
        assert (await Exchange(app, last_id="s:2").end()).status == 200
        assert (await Exchange(app, last_id="s:1").end()).status == 200
        assert (await Exchange(app, last_id="s:2").end()).status == 204
        assert (await Exchange(app, query=b"lastEventId=s:2").end()).status == 204
        assert (await Exchange(app, query=b"other=1", last_id="s:2").end()).status == 200

    run(test())


@pytest.mark.parametrize("ids", ["s", lambda index: f"s:{index}"])
def test_the_end_of_another_answer_is_not_the_end_of_this_one(ids: object) -> None:
    answers = [["a"], ["a", "b", "c"], ["a", "b", "c"]]

    async def test() -> None:
        app = sse_response(lambda scope: from_iterable(answers.pop(0)), ids=ids)
        short = await Exchange(app).end()
        assert [e.id for e in short.events[:-1]] == ["s:0"]
        assert (await Exchange(app, last_id="s:1").end()).text == "abc"
        assert (await Exchange(app, last_id=short.events[-1].id).end()).status == 204
        assert len(answers) == 1

    run(test())


def test_without_an_end_marker_no_id_tells_the_end_of_an_answer() -> None:
    async def test() -> None:
        app = sse_response(lambda scope: rx.of("a"), ids="s", done=False)
        assert [e.id for e in (await Exchange(app).end()).events] == ["s:0"]
        assert (await Exchange(app, last_id="s:0").end()).status == 200

    run(test())


def test_a_stream_that_failed_is_not_over() -> None:
    async def test() -> None:
        app = sse_response(rx.concat(rx.of("a"), rx.throw(OSError())), ids="s")
        await Exchange(app).end()
        assert (await Exchange(app, last_id="s:0").end()).status == 200

    run(test())


# -------------------------------------------------------------------------------------- errors


def test_an_error_is_told_without_its_words_and_logged_with_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test() -> None:
        got = await Exchange(sse_response(rx.concat(rx.of("a"), rx.throw(OSError(SECRET))))).end()
        assert got.text == "a"
        assert got.events[-1].event == "stream-error"
        assert SECRET.encode() not in got.body
        assert got.messages[-1]["more_body"] is False

    with caplog.at_level(logging.ERROR):
        run(test())
    assert SECRET in caplog.text


def test_an_item_that_cannot_be_sent_ends_the_stream_after_those_before_it() -> None:
    async def test() -> None:
        source = Source(["a", 5, "b"])
        got = await Exchange(sse_response(source.stream)).end()
        assert got.text == "a"
        assert got.events[-1].event == "stream-error"
        assert source.closed

    run(test())


@pytest.mark.parametrize(
    ("dialect", "bad"),
    [("json", b"bytes"), ("anthropic", StreamChunk("x", metadata={"choice": 1}))],
)
def test_an_item_that_cannot_be_sent_is_an_error_though_the_source_has_ended(
    dialect: str, bad: object, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        items = [StreamChunk("a"), bad, StreamChunk("b")]
        got = await Exchange(sse_response(rx.from_iterable(items), dialect=dialect)).end()
        assert got.events[-1].event == {"json": "stream-error", "anthropic": "error"}[dialect]
        assert b'"a"' in got.body
        assert b'"b"' not in got.body
        assert got.messages[-1]["more_body"] is False

    run(test())
    assert "a stream of events has failed" in caplog.text


def test_a_source_that_fails_after_its_end_is_an_error_of_the_stream() -> None:
    def ends_and_fails(observer, scheduler=None):
        observer.on_next("a")
        observer.on_completed()
        raise OSError(SECRET)

    async def test() -> None:
        got = await Exchange(sse_response(rx.create(ends_and_fails))).end()
        assert [e.event for e in got.events] == ["stream-error"]

    run(test())


def test_a_source_that_fails_to_subscribe_is_an_error_of_the_stream() -> None:
    def fails(observer, scheduler=None):
        raise OSError(SECRET)

    async def test() -> None:
        got = await Exchange(sse_response(rx.create(fails))).end()
        assert got.events[-1].event == "stream-error"

    run(test())


def test_raise_gives_the_error_to_the_server() -> None:
    async def test() -> None:
        stream = rx.concat(rx.of("a"), rx.throw(OSError("boom")))
        got = Exchange(sse_response(stream.pipe(), on_error="raise"))
        await got.until(b'"a"')
        with pytest.raises(OSError, match="boom"):
            await got.end()
        assert all(m.get("more_body", True) for m in got.messages)

    run(test())


# ------------------------------------------------------------------------------- disconnection


def test_a_client_that_goes_while_idle_closes_the_source_before_the_response_ends() -> None:
    async def test() -> None:
        source = Source(["a"])
        got = Exchange(sse_response(source.stream))
        await got.until(b'"a"')
        got.gone.set()
        await got.end()
        assert source.closed

    run(test())


def test_a_client_that_goes_while_stalled_closes_the_source() -> None:
    async def test() -> None:
        source = Source(["x"] * 10_000)
        got = Exchange(sse_response(source.stream))
        await got.until(b":\n")
        got.reading.clear()
        await got.until(b'"x"')
        got.gone.set()
        await got.end()
        assert source.closed

    run(test())


@pytest.mark.parametrize("failing", ["http.response.start", "http.response.body"])
def test_a_write_that_fails_closes_the_source(failing: str) -> None:
    async def test() -> None:
        source = Source(["a"])

        async def receive():
            await asyncio.Event().wait()

        async def send(message):
            if message["type"] == failing:
                raise OSError("the connection is gone")

        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
        await asyncio.wait_for(sse_response(source.stream)(scope, receive, send), 5)
        assert source.closed or source.opened == 0

    run(test())


@pytest.mark.realtime
def test_a_client_that_never_reads_is_let_go() -> None:
    async def test() -> None:
        source = Source(["x"] * 100_000)
        got = Exchange(sse_response(source.stream, write_timeout=0.1))
        await got.until(b":\n")
        got.reading.clear()
        await got.end()
        assert source.closed
        assert source.produced < 100_000

    run(test())


def test_a_stalled_client_costs_no_more_than_the_capacity() -> None:
    async def test() -> None:
        source = Source(["x" * 100] * 100_000)
        app = sse_response(source.stream, overflow="block", capacity=16)
        got = Exchange(app)
        await got.until(b":\n")
        got.reading.clear()
        await got.until(b"x")
        for _ in range(500):  # Each is a turn for the source, which never waits for anything.
            await asyncio.sleep(0)
        assert source.produced <= 3 * 16
        got.gone.set()
        await got.end()

    run(test())


def test_text_for_a_slow_client_is_joined_and_none_of_it_is_lost() -> None:
    async def test() -> None:
        stream: Subject[str] = Subject()
        got = Exchange(sse_response(stream, capacity=4))
        await got.until(b":\n")
        got.reading.clear()
        words = [f"word{i} " for i in range(2000)]
        for word in words:
            stream.on_next(word)
            await asyncio.sleep(0)
        stream.on_completed()
        got.reading.set()
        await got.end()
        assert got.text == "".join(words)
        assert len(got.events) < 200

    run(test())


def test_a_source_that_cannot_wait_is_refused_if_that_is_asked() -> None:
    async def test() -> None:
        got = await Exchange(sse_response(Subject(), overflow="block")).end()
        assert got.events[-1].event == "stream-error"

    run(test())


@pytest.mark.parametrize("overflow", ["buffer", "error"])
def test_what_waits_is_delivered_before_the_error_of_a_full_queue(overflow: str) -> None:
    async def test() -> None:
        stream: Subject[str] = Subject()
        got = Exchange(sse_response(stream, capacity=4, overflow=overflow))
        await got.until(b":\n")
        got.reading.clear()
        words = [f"{i} " for i in range(100)]
        for word in words:
            stream.on_next(word)
            await asyncio.sleep(0)
        got.reading.set()
        await got.end()
        assert "".join(words).startswith(got.text)
        assert 4 <= len(got.text.split()) < 20
        assert got.events[-1].event == "stream-error"

    run(test())


def test_coalescing_is_bounded_and_what_waits_is_delivered_before_the_error() -> None:
    async def test() -> None:
        stream: Subject[str] = Subject()
        got = Exchange(sse_response(stream, capacity=4, max_characters=100))
        await got.until(b":\n")
        got.reading.clear()
        for _ in range(100):
            stream.on_next("x" * 10)
            await asyncio.sleep(0)
        got.reading.set()
        await got.end()
        assert set(got.text) == {"x"}
        assert 100 <= len(got.text) < 300
        assert got.events[-1].event == "stream-error"

    run(test())


def test_a_lossy_strategy_drops_and_the_end_still_comes() -> None:
    async def test() -> None:
        stream: Subject[str] = Subject()
        got = Exchange(sse_response(stream, capacity=4, overflow="drop_oldest"))
        await got.until(b":\n")
        got.reading.clear()
        for i in range(100):
            stream.on_next(f"{i} ")
            await asyncio.sleep(0)
        stream.on_completed()
        got.reading.set()
        await got.end()
        assert got.text.endswith("98 99 ")
        assert len(got.text.split()) < 20
        assert got.events[-1].event == "done"

    run(test())


def test_a_stream_that_pushes_from_another_thread_is_served_whole() -> None:
    async def test() -> None:
        words = [f"{i} " for i in range(5000)]
        stream = rx.from_(words, scheduler=NewThreadScheduler())
        got = await Exchange(sse_response(stream, capacity=8, max_characters=1 << 20)).end()
        assert got.text == "".join(words)
        assert got.events[-1].event == "done"

    run(test())


# ------------------------------------------------------------------------------ time and the end


def test_a_comment_line_comes_in_silence_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        monkeypatch.setattr(loop, "time", lambda: now)

        async def let_pass(seconds: float) -> None:
            nonlocal now
            now += seconds
            for _ in range(10):
                await asyncio.sleep(0)

        stream: Subject[str] = Subject()
        got = Exchange(sse_response(stream, keep_alive=0.1))
        for _ in range(10):
            await let_pass(0.02)
            stream.on_next("a")
        busy = got.body.count(b":\n")
        for _ in range(7):
            await let_pass(0.05)
        idle = got.body.count(b":\n") - busy
        stream.on_completed()
        await got.end()
        assert (busy, idle) == (1, 3)
        assert b"\n\n:\n\n" not in got.body

    run_by_hand(test())


def test_no_comment_line_if_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        got = Exchange(sse_response(rx.never(), keep_alive=None))
        await got.until(b":\n")
        loop = asyncio.get_running_loop()
        noon = loop.time() + 86_400
        monkeypatch.setattr(loop, "time", lambda: noon)
        for _ in range(10):  # What is due a day later would come now.
            await asyncio.sleep(0)
        assert got.body == b":\n"
        got.gone.set()
        await got.task

    run_by_hand(test())


@pytest.mark.realtime
def test_a_response_ends_after_its_time_without_an_end_marker() -> None:
    async def test() -> None:
        source = Source(["a"])
        got = await Exchange(sse_response(source.stream, max_duration=0.1)).end()
        assert got.text == "a"
        assert [e.event for e in got.events] == [None, "stream-error"]
        assert got.messages[-1]["more_body"] is False
        assert source.closed

    run(test())


def test_aclose_says_farewell_to_every_client() -> None:
    async def test() -> None:
        sources = [Source(["a"]), Source(["a"])]
        given = iter(sources)
        app = sse_response(lambda scope: next(given).stream)
        exchanges = [Exchange(app), Exchange(app)]
        for got in exchanges:
            await got.until(b'"a"')
        await app.aclose()
        for got in exchanges:
            await got.end()
            assert got.events[-1].event == "stream-error"
            assert got.messages[-1]["more_body"] is False
        assert all(source.closed for source in sources)

    run(test())


async def in_the_midst_of_an_event(app, stream: Subject[str]) -> Exchange:
    """Return an exchange whose client has stopped reading inside the second event."""
    got = Exchange(app)
    await got.until(b":\n")
    got.reading.clear()
    stream.on_next("a")
    stream.on_next("x" * 100_000)
    await got.until(b"xx")
    assert len(got.body) < 50_000
    return got


def test_a_farewell_does_not_become_a_part_of_the_text() -> None:
    async def test() -> None:
        stream: Subject[str] = Subject()
        app = sse_response(stream)
        got = await in_the_midst_of_an_event(app, stream)
        closing = asyncio.ensure_future(app.aclose())
        while stream.observers:
            await asyncio.sleep(0)
        got.reading.set()
        await closing
        await got.end()
        assert got.text == "a" + "x" * 100_000
        assert [e.event for e in got.events] == [None, None, "stream-error"]
        assert got.messages[-1]["more_body"] is False

    run(test())


@pytest.mark.parametrize("leave", ["shutdown", "disconnect"])
def test_an_event_that_is_cut_off_stays_unfinished_and_leaves_no_task(
    leave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        monkeypatch.setattr("rx_stream.sinks._sse_stream._FAREWELL", 0.01)
        stream: Subject[str] = Subject()
        app = sse_response(stream)
        before = asyncio.all_tasks()
        got = await in_the_midst_of_an_event(app, stream)
        if leave == "shutdown":
            await app.aclose()
        else:
            got.gone.set()
        await got.end()
        assert got.text == "a"
        assert [e.event for e in got.events] == [None]
        assert b"stream-error" not in got.body
        assert asyncio.all_tasks() == before

    run(test())


def test_nothing_follows_the_end_though_the_client_has_not_taken_it() -> None:
    async def test() -> None:
        stream: Subject[str] = Subject()
        app = sse_response(stream)
        got = Exchange(app)
        await got.until(b":\n")
        got.reading.clear()
        stream.on_completed()
        await got.until(b"done")
        await app.aclose()
        await got.end()
        assert [e.event for e in got.events] == ["done"]
        assert [m.get("more_body") for m in got.messages[1:]].count(False) == 1

    run(test())


def test_a_server_that_cancels_leaves_no_task_and_tells_the_client() -> None:
    async def test() -> None:
        source = Source(["a"])
        before = asyncio.all_tasks()
        got = Exchange(sse_response(source.stream))
        await got.until(b'"a"')
        got.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await got.task
        assert source.closed
        assert got.events[-1].event == "stream-error"
        assert asyncio.all_tasks() == before

    run(test())


def test_the_response_works_in_one_loop_after_another() -> None:
    app = sse_response(from_iterable(["a"]), ids="s")

    async def test() -> str:
        return (await Exchange(app).end()).text

    assert [asyncio.run(test()) for _ in range(2)] == ["a", "a"]


def test_a_server_may_run_it_as_its_whole_application() -> None:
    async def test() -> None:
        incoming = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        sent: list[object] = []

        async def receive():
            return next(incoming)

        async def send(message):
            sent.append(message["type"])

        await sse_response(rx.never())({"type": "lifespan"}, receive, send)
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    run(test())


def test_a_websocket_is_refused() -> None:
    with pytest.raises(RuntimeError, match="sse_response: serves http only, not 'websocket'"):
        asyncio.run(sse_response(rx.never())({"type": "websocket"}, None, None))


# ------------------------------------------------------------------------------------ arguments


@pytest.mark.parametrize(
    ("kind", "options", "rule"),
    [
        (TypeError, {"source": "text"}, "source must be an Observable or a callable, not 'text'"),
        (ValueError, {"dialect": "xml"}, "dialect must be one of .*, not 'xml'"),
        (ValueError, {"capacity": 0}, "capacity must be .*, not 0"),
        (ValueError, {"keep_alive": 0}, "keep_alive must be above 0 seconds, not 0"),
        (TypeError, {"keep_alive": "5"}, "keep_alive must be .*, not '5'"),
        (ValueError, {"overflow": "explode"}, "overflow must be one of .*, not 'explode'"),
        (ValueError, {"max_characters": 0}, "max_characters must be .*, not 0"),
        (ValueError, {"write_timeout": -1}, "write_timeout must be .*, not -1"),
        (ValueError, {"max_duration": 0}, "max_duration must be .*, not 0"),
        (ValueError, {"ids": "a\nb"}, r"ids must be without CR.*, not 'a\\nb'"),
        (ValueError, {"headers": {"a": "b\r\nc: d"}}, "headers must be without CR, LF and NUL"),
        (
            ValueError,
            {"headers": {"a": "\u2713"}},
            "headers must be .* in Latin-1, not {'a': '\u2713'}",
        ),
        (TypeError, {"headers": {"a": 5}}, "headers must be a mapping of strings, not"),
        (TypeError, {"headers": ["a"]}, "headers must be a mapping of strings, not"),
    ],
)
def test_bad_arguments_are_refused_at_the_call(
    kind: type[Exception], options: dict[str, object], rule: str
) -> None:
    source = options.pop("source", rx.never())
    with pytest.raises(kind, match=f"sse_response: {rule}"):
        sse_response(source, **options)


def test_headers_can_be_added_and_replaced() -> None:
    async def test() -> None:
        headers = {"X-Extra": "1", "Cache-Control": "no-store"}
        got = await Exchange(sse_response(rx.of("a"), headers=headers, dialect="ui")).end()
        expected = {**headers_for("ui"), "x-extra": "1", "cache-control": "no-store"}
        assert got.headers == expected

    run(test())


def test_chunks_of_a_model_are_served_in_any_dialect() -> None:
    async def test() -> None:
        items = [StreamChunk("Hi"), StreamChunk("", None, True, "stop")]
        got = await Exchange(sse_response(from_iterable(items), dialect="openai")).end()
        assert got.body.endswith(b"data: [DONE]\n\n")

    run(test())
