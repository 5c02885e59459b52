"""A real small model: ``demo --live``, and that cancelling stops it.

Not run by default: it takes 0.5 GB of memory, and the weights have a licence of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from rx_stream import from_llm, to_iterable
from rx_stream.cli.live import local_model

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        os.environ.get("RX_STREAM_LIVE") != "1", reason="a real model: set RX_STREAM_LIVE=1"
    ),
]
LONGEST = 400


@pytest.fixture
def address(need_module) -> Iterator[str]:
    need_module("xllamacpp")
    with local_model() as address:
        yield address


def metrics(address: str) -> dict[str, float]:
    lines = httpx.get(f"{address}/metrics").text.splitlines()
    pairs = (line.removeprefix("llamacpp:").split() for line in lines if line[:1] != "#")
    return {name: float(value) for name, value in pairs}


def test_cancelling_stops_the_generation(address: str) -> None:
    ask = {"prompt": "Once upon a time", "max_tokens": LONGEST, "stream": True}
    with httpx.Client(timeout=60.0) as client:
        call = client.stream("POST", f"{address}/v1/completions", json=ask)
        stream = to_iterable(from_llm(call))
        assert "".join(str(next(stream)) for _ in range(5))
        stream.close()
    give_up = time.monotonic() + 10.0
    while metrics(address)["requests_processing"] > 0:
        assert time.monotonic() < give_up
    made = metrics(address)["tokens_predicted_total"]
    assert made < LONGEST / 2
    assert metrics(address)["tokens_predicted_total"] == made


def test_the_demo_goes_on_with_a_text(need_module) -> None:
    need_module("xllamacpp")
    done = subprocess.run(
        [sys.executable, "-m", "rx_stream", "demo", "--live", "--max-tokens", "12"],
        capture_output=True,
    )
    assert done.returncode == 0
    assert len(done.stdout) > 10
    told = done.stderr.decode()
    assert "Gemma Terms of Use" in told
    assert told.count("\n") == 1
