"""What importing the library costs, and what it must not pull in."""

from __future__ import annotations

import statistics
import subprocess
import sys

LATER = (
    "tiktoken",
    "regex",
    "wcwidth",
    "sqlite3",
    "redis",
    "starlette",
    "uvicorn",
    "httpx",
    "rich",
    "tqdm",
    "msgspec",
    "orjson",
    "opentelemetry",
    "IPython",
)


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    loaded = python("import sys, rx_stream; print(*sorted({m.split('.')[0] for m in sys.modules}))")
    assert sorted(set(LATER) & set(loaded.split())) == []


def test_importing_costs_little_more_than_importing_reactivex() -> None:
    code = "import time; s = time.perf_counter(); import {}; print(time.perf_counter() - s)"
    alone: list[float] = []
    with_ours: list[float] = []
    for _ in range(7):
        alone.append(float(python(code.format("reactivex, reactivex.operators, asyncio"))))
        with_ours.append(float(python(code.format("rx_stream"))))
    assert statistics.median(with_ours) < 1.6 * statistics.median(alone) + 0.01


def test_every_public_name_can_be_loaded_and_no_other() -> None:
    import rx_stream

    loaded = {name: getattr(rx_stream, name) for name in rx_stream.__all__}
    assert {
        name for name, value in loaded.items() if getattr(value, "__name__", name) != name
    } == set()
    assert set(rx_stream.__all__) <= set(dir(rx_stream))
    missing = "no_such_operator"
    assert not hasattr(rx_stream, missing)
