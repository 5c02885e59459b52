"""What a client of ``resume_response`` sees, over all engines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest
import reactivex as rx

from rx_stream import (
    LogUnavailableError,
    MemoryLog,
    StreamChunk,
    from_iterable,
    from_sse,
    publish,
    resume_response,
    to_async_iterable,
)
from rx_stream.logs.hub import Hub


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 50))


async def write(log: Any, source: Any, stream_id: str = "s") -> None:
    async for _ in to_async_iterable(source.pipe(publish(log, stream_id))):
        pass


async def get(app: Any, last: str | None = None, query: str = "", method: str = "GET") -> Any:
    headers = {} if last is None else {"last-event-id": last}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.request(method, f"http://test/{query}", headers=headers)


async def events_of(response: httpx.Response) -> list[Any]:
    return [e async for e in to_async_iterable(rx.of(response.content).pipe(from_sse()))]


def text_in(events: list[Any]) -> str:
    return "".join(json.loads(e.data)["content"] for e in events if e.event in (None, "message"))


def test_the_whole_stream_comes_with_ids_and_an_end_and_then_204(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            app = resume_response(log, "s", retry=1000)
            await write(log, from_iterable(["Hé", "llo", StreamChunk("", None, True, "stop")]))
            response = await get(app)
            assert response.status_code == 200
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            events = await events_of(response)
            assert text_in(events) == "Héllo"
            assert events[0].retry == 1000
            assert (events[-1].event, json.loads(events[-1].data)) == (
                "done",
                {"finish_reason": "stop"},
            )
            assert (await get(app, events[-1].id)).status_code == 204

    run(main())


def test_every_position_resumes_exactly(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            app = resume_response(log, "s")
            text = "aé流🙂z"
            await write(log, from_iterable([text]))
            epoch = (await events_of(await get(app)))[0].id.partition(".")[0]
            for offset in range(1, len(text.encode()) + 1):
                response = await get(app, query=f"?lastEventId={epoch}.{offset}")
                try:
                    rest = text.encode()[offset:].decode()
                except UnicodeDecodeError:
                    assert response.status_code == 400
                else:
                    events = await events_of(response)
                    assert text_in(events) == rest
                    assert events[-1].event == "done"

    run(main())


@pytest.mark.parametrize("last", ["x", "s1:2", "abc.-1", "abc.1.1", "abc."])
def test_a_malformed_position_is_400(last: str) -> None:
    async def main() -> None:
        log = MemoryLog()
        await write(log, rx.of("text"))
        assert (await get(resume_response(log, "s"), last)).status_code == 400

    run(main())


def test_a_position_beyond_the_end_is_400(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            log.settle = 0.1
            lease = await log.acquire("s")
            await log.append(lease, 0, b"text")
            app = resume_response(log, "s")
            assert (await get(app, f"{lease.epoch}.5")).status_code == 400
            assert (await get(app, f"{lease.epoch}.99999")).status_code == 400

    run(main())


def test_a_lost_position_is_told_in_band_and_the_text_starts_anew(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            await write(log, rx.of("text"))
            events = await events_of(await get(resume_response(log, "s"), "abc.2"))
            assert events[0].event == "reset"
            assert events[0].id == events[1].id.partition(".")[0] + ".0"
            assert text_in(events) == "text"

    run(main())


def test_an_expired_stream_is_told_in_band_once(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            log.settle = 0.1
            app = resume_response(log, "s")
            (event,) = await events_of(await get(app, "abc.2"))
            assert (event.event, json.loads(event.data)["type"]) == ("stream-error", "expired")
            assert (await get(app, event.id)).status_code == 204

    run(main())


def test_a_stream_that_never_was_is_404() -> None:
    async def main() -> None:
        log = MemoryLog()
        assert (await get(resume_response(log, "s"))).status_code == 404
        assert (await get(resume_response(log, lambda _: None))).status_code == 404
        assert (await get(resume_response(log, lambda _: "bad id"))).status_code == 404

    run(main())


def test_the_stream_may_be_found_by_a_coroutine() -> None:
    async def find(scope: Any) -> str:
        return scope["path"].strip("/")

    async def main() -> None:
        log = MemoryLog()
        await write(log, rx.of("text"))
        assert text_in(await events_of(await get(resume_response(log, find), query="s"))) == "text"

    run(main())


def test_a_failed_stream_ends_with_an_error_and_without_its_words(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            with pytest.raises(ValueError, match="secret"):
                await write(log, rx.concat(rx.of("half"), rx.throw(ValueError("secret"))))
            app = resume_response(log, "s")
            response = await get(app)
            events = await events_of(response)
            assert text_in(events) == "half"
            assert events[-1].event == "stream-error"
            assert "secret" not in response.text
            assert (await get(app, events[-2].id)).status_code == 200
            assert (await get(app, events[-1].id)).status_code == 204

    run(main())


@pytest.mark.realtime
def test_a_producer_that_has_gone_is_told_and_may_come_back(open_log: Any) -> None:
    async def main() -> None:
        async with open_log(lease=0.1, grace=0.1) as log:
            lease = await log.acquire("s")
            await log.append(lease, 0, b"half")
            app = resume_response(log, "s")
            events = await events_of(await get(app))
            assert json.loads(events[-1].data)["type"] == "interrupted"
            assert events[-1].id == f"{lease.epoch}.4"
            await write(log, rx.of("never seen"), "other")
            again = await log.acquire("s", resume=True)
            await log.append(again, 4, b" whole")
            await log.close(again, "completed")
            events = await events_of(await get(app, events[-1].id))
            assert text_in(events) == " whole"
            assert events[-1].event == "done"

    run(main())


def test_head_sends_the_headers_and_other_methods_are_refused() -> None:
    async def main() -> None:
        app = resume_response(MemoryLog(), "s", headers={"X-Own": "1"})
        response = await get(app, method="HEAD")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["x-own"] == "1"
        assert (await get(app, method="DELETE")).status_code == 405

    run(main())


def test_the_ui_dialect_replays_what_runs_and_is_204_otherwise(open_log: Any) -> None:
    async def main() -> None:
        async with open_log() as log:
            app = resume_response(log, "s", dialect="ui")
            assert (await get(app)).status_code == 204
            lease = await log.acquire("s")
            await log.append(lease, 0, b"Hello")
            begun = asyncio.Event()

            async def watched(scope: Any, receive: Any, send: Any) -> None:
                async def send_and_tell(message: Any) -> None:
                    await send(message)
                    if b"Hello" in message.get("body", b""):
                        begun.set()

                await app(scope, receive, send_and_tell)

            async def end() -> None:
                await begun.wait()
                await log.append(lease, 5, b" you")
                await log.close(lease, "completed")

            ending = asyncio.ensure_future(end())
            response = await get(watched, "whatever")
            await ending
            assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
            deltas = [e.data for e in await events_of(response) if "text-delta" in e.data]
            assert "".join(json.loads(data)["delta"] for data in deltas) == "Hello you"
            assert (await get(app)).status_code == 204

    run(main())


def test_an_end_whose_text_cannot_be_read_is_not_the_end_for_the_client() -> None:
    class Lost(MemoryLog):
        """A log that is away once the text is asked for."""

        away = False

        async def look(self, stream_id: str) -> Any:
            if self.away:
                raise LogUnavailableError("away")
            return await super().look(stream_id)

        async def open(self, stream_id: str, snapshot: Any, offset: int) -> Hub:
            self.away = True
            return Hub(stream_id, snapshot, offset)

    async def main() -> None:
        log = Lost(grace=0)
        await write(log, rx.of("text"))
        (event,) = await events_of(await get(resume_response(log, "s")))
        assert (event.event, json.loads(event.data)["type"]) == ("stream-error", "interrupted")
        assert not event.id

    run(main())
