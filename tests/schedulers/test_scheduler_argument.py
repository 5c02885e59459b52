"""What is no scheduler is refused by whoever is given it, at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reactivex.scheduler import ImmediateScheduler

from rx_stream import (
    buffer_lines,
    buffer_paragraphs,
    buffer_sentences,
    buffer_words,
    from_iterable,
    from_recording,
    keep_alive,
    resume_on_error,
    smooth_text,
    throttle_tokens,
    timeout_between_tokens,
    timeout_first_token,
    track_progress,
)

BODY = Path(__file__).parent.parent / "recordings" / "llamacpp-chat.sse"
MAKERS: dict[str, Callable[..., object]] = {
    "buffer_lines": buffer_lines,
    "buffer_paragraphs": buffer_paragraphs,
    "buffer_sentences": buffer_sentences,
    "buffer_words": buffer_words,
    "from_iterable": lambda **options: from_iterable([], **options),
    "from_recording": lambda **options: from_recording(BODY, **options),
    "keep_alive": lambda **options: keep_alive(1, **options),
    "resume_on_error": lambda **options: resume_on_error(lambda *_: None, **options),
    "smooth_text": smooth_text,
    "throttle_tokens": lambda **options: throttle_tokens(None, **options),
    "timeout_between_tokens": lambda **options: timeout_between_tokens(1, **options),
    "timeout_first_token": lambda **options: timeout_first_token(1, **options),
    "track_progress": track_progress,
}


@pytest.mark.parametrize("value", ["x", 5, ImmediateScheduler, object()], ids=lambda _: "")
@pytest.mark.parametrize("name", MAKERS)
def test_what_is_no_scheduler_is_refused_at_the_call(name: str, value: Any) -> None:
    with pytest.raises(
        TypeError, match=f"^{name}: scheduler must be a scheduler of Rx or None, not"
    ):
        MAKERS[name](scheduler=value)
    assert MAKERS[name](scheduler=ImmediateScheduler()) is not None
