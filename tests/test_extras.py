"""Who needs what an extra installs asks for it by the extra's name, at the call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, cast

import pytest

from rx_stream import (
    RedisLimiter,
    RedisLog,
    buffer_words,
    otel_metrics,
    rich_progress,
    tqdm_progress,
    widget_progress,
)

NOBODY = cast("Any", None)
USERS: dict[str, tuple[Callable[[], object], str, str]] = {
    "RedisLimiter": (lambda: RedisLimiter(NOBODY, "key", 1), "redis.asyncio", "redis"),
    "RedisLog": (lambda: RedisLog(NOBODY), "redis.asyncio", "redis"),
    "buffer_words": (lambda: buffer_words(mode="uax29"), "unicode_segmentation_rs", "uax29"),
    "otel_metrics": (lambda: otel_metrics("openai"), "opentelemetry.metrics", "otel"),
    "rich_progress": (rich_progress, "rich.console", "progress"),
    "tqdm_progress": (tqdm_progress, "tqdm.auto", "progress"),
    "widget_progress": (widget_progress, "ipywidgets", "notebooks"),
}


@pytest.mark.parametrize("name", USERS)
def test_who_needs_an_extra_says_so_at_the_call(name: str, monkeypatch: Any) -> None:
    use, module, extra = USERS[name]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError, match=rf"^{name}: .*rx_stream\[{extra}\]"):
        use()
