"""A page whose answer survives kill -9 of either of two web workers, with one Redis behind them.

Start Redis and two workers, and open http://127.0.0.1:8001/ :

    redis-server --port 6390 --save "" &
    python two_workers.py 8001 8002 &
    python two_workers.py 8002 8001 &

The environment variable REDIS_URL names another Redis, PACE other seconds for each word.

Kill the worker of port 8001 while the text arrives: the page goes on at the other one. A producer
that was killed with its worker is told to the page within a few seconds; "again" starts a new one.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Mount, Route

from rx_stream import LogError, RedisLog, from_async_iterable, publish, resume_response

PAGE = """<!doctype html><meta charset="utf-8"><title>Two workers</title>
<button id="again">again</button><pre id="text"></pre><script>
const ports = %s
let text = '', last = ''
async function begin() {
  const id = crypto.randomUUID()
  text = last = ''
  const started = await fetch('/start/' + id, { method: 'POST' })
  if (!started.ok) {
    document.getElementById('text').textContent = (await started.json()).error
    return
  }
  follow(id, 0)
}
function follow(id, worker) {
  const host = 'http://' + location.hostname + ':' + ports[worker %% ports.length]
  const events = new EventSource(host + '/stream/' + id + (last ? '?lastEventId=' + last : ''))
  const show = () => { document.getElementById('text').textContent = text }
  events.onmessage = e => { last = e.lastEventId; text += JSON.parse(e.data).content; show() }
  events.addEventListener('reset', () => { text = '' })
  events.addEventListener('done', () => { text += '\\n[complete]'; show(); events.close() })
  events.addEventListener('stream-error', e => { text += '\\n' + e.data; show(); events.close() })
  events.onerror = () => { events.close(); setTimeout(follow, 300, id, worker + 1) }
}
document.getElementById('again').onclick = begin
begin()
</script>"""

REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6390")
PACE = float(os.environ.get("PACE", "0.1"))
LOG = RedisLog(redis.asyncio.Redis.from_url(REDIS), lease=3.0, grace=2.0)


async def answer() -> AsyncIterator[str]:
    """Stand for a model."""
    for number in range(300):
        await asyncio.sleep(PACE)
        yield f"word{number} "


async def start(request: Request) -> JSONResponse:
    """Start a producer that no request can stop."""
    name = request.path_params["id"]
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        sys.stderr.write(f"{name}: {error}\n")

    from_async_iterable(answer()).pipe(publish(LOG, name)).subscribe(on_error=failed)
    try:
        while not failures and await LOG.status(name) == "missing":
            await asyncio.sleep(0.01)
    except LogError as error:
        failed(error)
    if failures:
        return JSONResponse({"error": str(failures[0])}, 503)
    return JSONResponse({"id": name})


def stream_id(scope: Any) -> str:
    """Return the last part of the path."""
    return str(scope["path"].rpartition("/")[2])


def application(ports: list[int]) -> Starlette:
    """Return one worker."""
    headers = {"access-control-allow-origin": "*"}
    return Starlette(
        routes=[
            Route("/", lambda _: HTMLResponse(PAGE % ports)),
            Route("/start/{id}", start, methods=["POST"]),
            Mount("/stream", resume_response(LOG, stream_id, headers=headers)),
        ]
    )


if __name__ == "__main__":
    own, *others = map(int, sys.argv[1:])
    uvicorn.run(application([own, *others]), port=own, log_level="warning")
