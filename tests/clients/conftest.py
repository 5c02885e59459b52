"""A real server on loopback."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asgi_server
import pytest


@contextmanager
def _serving(app: Any) -> Iterator[str]:
    with asgi_server.serving(app, ws="none") as (host, port):
        yield f"http://{host}:{port}"


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
