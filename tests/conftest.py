"""What many tests share: where the shared data lies, and what a missing program means."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

LONG = os.environ.get("RX_STREAM_LONG") == "1"
IN_CI = os.environ.get("CI") == "true"

if os.environ.get("RX_STREAM_LOOP") == "uvloop":
    import uvloop

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Of policies, from Python 3.14 on.
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

settings.register_profile(
    "short",
    max_examples=int(os.environ.get("RX_STREAM_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("long" if LONG else "short")

_SHARED = Path(os.environ.get("RX_STREAM_SHARED") or Path(__file__).parents[2] / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data, which lies beside a development checkout."""
    if not _SHARED.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return _SHARED


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The recorded model streams that belong to this project."""
    return Path(__file__).parent / "recordings"


def _missing(what: str) -> None:
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI installs it")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def need_program():
    """Return a function that gives the path of a program, or skips (fails in CI)."""

    def need(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            _missing(f"the program {name}")
        return str(path)

    return need


@pytest.fixture(scope="session")
def need_module():
    """Return a function that gives an optional module, or skips (fails in CI)."""

    def need(name: str) -> Any:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            _missing(f"the module {name}")

    return need
