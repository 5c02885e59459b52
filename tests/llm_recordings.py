"""The recorded streams, with what is expected of them, for the tests that read them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rx_stream import StreamChunk, StreamResult
from rx_stream.core.aggregator import Aggregator

_SHARED = Path(os.environ.get("RX_STREAM_SHARED") or Path(__file__).parents[2] / "shared")
_FOLDER = _SHARED / "recordings"


@dataclass(frozen=True)
class Recording:
    """One recorded body."""

    file: str
    dialect: str
    expected: dict[str, Any]
    features: list[str]

    @property
    def body(self) -> bytes:
        return (_FOLDER / self.file).read_bytes()

    @property
    def text(self) -> str:
        texts = self.expected.get("texts")
        return texts["0"] if texts else self.expected["text"]

    def payloads(self) -> list[dict[str, Any]]:
        """Return the payloads, parsed by the standard library alone."""
        lines = self.body.decode().replace("\r\n", "\n").split("\n")
        if self.file.endswith(".ndjson"):
            return [json.loads(line) for line in lines if line]
        data = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
        return [json.loads(text) for text in data if text and text != "[DONE]"]


def _read() -> list[Recording]:
    index = _FOLDER / "index.json"
    if not index.is_file():
        return []
    names = ("file", "dialect", "expected", "features")
    return [Recording(*(entry[name] for name in names)) for entry in json.loads(index.read_text())]


RECORDINGS = _read()


def recordings(**wanted: Any) -> pytest.MarkDecorator:
    """Parametrize over the recordings of some dialects, or with a trait."""
    failed = wanted.get("failed")
    chosen = [
        pytest.param(recording, id=recording.file)
        for recording in RECORDINGS
        if recording.dialect in wanted.get("dialects", (recording.dialect,))
        and (failed is None or failed == (recording.expected["error"] is not None))
    ]
    skipped = pytest.param(
        None, marks=pytest.mark.skip("the shared recordings are not beside this checkout")
    )
    return pytest.mark.parametrize("recording", chosen or [skipped])


def gather(chunks: list[StreamChunk]) -> StreamResult:
    """Return what chunks come to."""
    aggregator = Aggregator(lambda: 0.0)
    for chunk in chunks:
        aggregator.see(chunk)
    return aggregator.result()


def check(recording: Recording, chunks: list[StreamChunk], error: Exception | None) -> None:
    """Check everything that a recording is expected to give."""
    expected = recording.expected
    got = gather(chunks)
    assert got.content == recording.text
    assert got.reasoning == (expected["reasoning"] or "")
    assert got.refusal == (expected["refusal"] or "")
    assert list(got.tool_calls) == expected["tool_calls"]
    ends = [chunk for chunk in chunks if chunk.is_complete]
    if expected["error"]:
        assert error is not None
        assert not ends
        message = expected["error"]["message"]
        assert str(error) == message
        result: Any = error.result  # type: ignore[attr-defined]
        assert result.content == recording.text
        assert result.finish_reason == expected["finish_reason"]
        assert result.metadata["usage_raw"] == expected["usage"]
        return
    assert error is None
    assert ends == [chunks[-1]]
    end = ends[0]
    assert end.content == ""
    assert end.finish_reason == expected["finish_reason"]
    assert end.metadata["finish_reason_raw"] == expected["finish_reason_raw"]
    assert end.metadata["usage_raw"] == expected["usage"]
