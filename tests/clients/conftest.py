"""A real server on loopback."""

from __future__ import annotations

import importlib.util
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def _serving(app: Any) -> Iterator[str]:
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server has stopped"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def serving(need_module: Callable[[str], None]) -> Callable[[Any], Any]:
    """Return a context manager that serves an application and gives its address."""
    need_module("uvicorn")
    return _serving


@pytest.fixture(scope="session")
def answers() -> Any:
    """The module ``server``: what is served and what must arrive."""
    path = Path(__file__).with_name("server.py")
    spec = importlib.util.spec_from_file_location("clients_server", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def base(serving: Callable[[Any], Any], answers: Any) -> Iterator[str]:
    """The address of a server of all answers."""
    with serving(answers.make_app()) as address:
        yield address
