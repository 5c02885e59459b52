"""Install the package with each of its extras, each in an environment of its own, and use it.

Usage: python tests/tools/extras.py [WHEEL] [EXTRA ...]

WHEEL is what to install; by default the project itself. What is large, and what everything else is
tested with anyway, is only resolved, not installed. Exits with 1 if an extra cannot be had or used.
"""

from __future__ import annotations

import configparser
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]

USES = {
    "cli": """
        import httpx, rich
        from rx_stream.cli import run
        assert run(["chat", "http://127.0.0.1:1/v1", "--model", "m", "Hi"]) == 1
    """,
    "serve": """
        import uvicorn
        from rx_stream import StreamChunk, from_iterable
        from rx_stream.serve.app import page_app
        uvicorn.Config(page_app(lambda: from_iterable([StreamChunk("Hi")]), 1)).load()
    """,
    "redis": """
        import asyncio, redis.asyncio
        from rx_stream import LogUnavailableError, RedisLimiter, RedisLog
        async def main():
            async with redis.asyncio.Redis(port=1) as client:
                RedisLimiter(client, "key", 10)
                try:
                    await RedisLog(client).status("s")
                except LogUnavailableError:
                    return "no server, as expected"
        assert asyncio.run(main())
    """,
    "sdks": """
        import anthropic, google.genai, langchain_core.messages
        from openai.types.chat import ChatCompletionChunk
        from rx_stream import collect, from_llm
        choice = {"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}
        chunk = ChatCompletionChunk.model_validate({
            "id": "c", "created": 1, "model": "m", "object": "chat.completion.chunk",
            "choices": [choice],
        })
        assert from_llm([chunk]).pipe(collect()).run().content == "Hi"
        message = langchain_core.messages.AIMessageChunk(
            "Hi", response_metadata={"finish_reason": "stop"}
        )
        assert from_llm([message]).pipe(collect()).run().content == "Hi"
    """,
    "clients": """
        import anthropic, django, flask, httpx_sse, litestar, openai
        from fastapi import FastAPI
        from rx_stream import from_iterable, headers_for, sse_iterable, sse_response
        FastAPI().mount("/answer", sse_response(from_iterable(["Hi"])))
        body = sse_iterable(from_iterable(["Hi"]))
        assert b"Hi" in flask.Response(body, headers=headers_for("json")).get_data()
    """,
    "uax29": """
        from rx_stream import buffer_words, from_iterable, to_iterable
        words = from_iterable(["Hello, wor", "ld"]).pipe(buffer_words(mode="uax29"))
        assert list(to_iterable(words)) == ["Hello", ",", " ", "world"]
    """,
    "progress": """
        from rx_stream import collect, from_iterable, rich_progress, tqdm_progress, track_progress
        for show in (rich_progress(), tqdm_progress()):
            from_iterable(["Hi"]).pipe(track_progress(1, on_progress=show), collect()).run()
    """,
    "notebooks": """
        import ipykernel, matplotlib, nbclient, nbformat
        from rx_stream import collect, from_iterable, track_progress, widget_progress
        bar = widget_progress()
        from_iterable(["Hi"]).pipe(track_progress(1, on_progress=bar), collect()).run()
    """,
    "otel": """
        from opentelemetry.metrics import NoOpMeterProvider
        from rx_stream import collect, from_iterable, otel_metrics
        meters = NoOpMeterProvider()
        from_iterable(["Hi"]).pipe(otel_metrics("openai", meter_provider=meters), collect()).run()
    """,
    "docs": """
        import pdoc
    """,
}
ONLY_RESOLVED = {"live", "peers", "test"}


def names() -> list[str]:
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    return list(settings["options.extras_require"])


def pip(python: str, *arguments: str) -> None:
    quiet = ("-qq", "--disable-pip-version-check", "--root-user-action", "ignore")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", *quiet, *arguments], check=True
    )


def use(code: str) -> str:
    """Return code without the indentation of this file, with warnings of others let through."""
    lines = code.strip("\n").split("\n")
    return "\n".join(line[8:] for line in lines)


def check(wheel: str, extra: str, folder: Path) -> None:
    """Raise if an extra cannot be installed, or what it enables does not work.

    Raises:
        subprocess.CalledProcessError: It does not.
    """
    what = f"{wheel}[{extra}]"
    if extra in ONLY_RESOLVED:
        pip(sys.executable, "--dry-run", "--ignore-installed", what)
        return
    home = folder / extra
    venv.create(home, with_pip=False)
    python = str(home / "bin" / "python")
    pip(python, what)
    subprocess.run([python, "-c", use(USES[extra])], check=True, cwd=folder)


def tried(wheel: str, extra: str, folder: Path) -> bool:
    """Check an extra and print how it went."""
    begin = time.monotonic()
    try:
        check(wheel, extra, folder)
        how = "resolved" if extra in ONLY_RESOLVED else "installed and used"
    except subprocess.CalledProcessError:
        how = "FAILED"
    print(f"{extra:12s} {how:20s} {time.monotonic() - begin:5.1f} s", flush=True)
    return how != "FAILED"


def main(wheel: str, extras: list[str]) -> int:
    # Two at once: most of the time goes to waiting for the registry.
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        went_well = list(pool.map(lambda extra: tried(wheel, extra, Path(folder)), extras))
    return 0 if all(went_well) else 1


if __name__ == "__main__":
    given = sys.argv[1:]
    package = given.pop(0) if given and given[0].endswith(".whl") else str(ROOT)
    assert {*USES, *ONLY_RESOLVED} == set(names()), "an extra is not used here"
    sys.exit(main(package, given or names()))
