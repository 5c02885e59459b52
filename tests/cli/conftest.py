"""A command run in this process, which is quicker than in its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rx_stream.__main__ import main


@dataclass
class Done:
    """What a run of the command came to."""

    returncode: object
    stdout: bytes
    stderr: bytes


@pytest.fixture
def chat(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """Return a function that runs the command in this process, which is quicker."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def run(url: str, *options: str, **environment: str) -> Done:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        try:
            status: object = main(["chat", url, "--model", "m", *options, "Hello?"])
        except SystemExit as stop:
            status = stop.code
        return Done(status, *capfdbinary.readouterr())

    return run
