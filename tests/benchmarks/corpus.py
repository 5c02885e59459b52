"""The text that benchmarks read: the same on every machine with the same Python."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from pydoc_data import topics

from rx_stream.core.tokens.vocabulary import encoding_of

__all__ = ["english", "multilingual", "token_chunks"]

_RECORDINGS = Path(__file__).parents[1] / "recordings"


@cache
def english() -> str:
    """Return the topics of Python's own help: about 465,000 characters of prose and code."""
    return "\n\n".join(topics.topics[name] for name in sorted(topics.topics))


def _recorded(name: str) -> str:
    lines = (_RECORDINGS / name).read_text(encoding="utf-8").splitlines()
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    return "".join(choice.get("text", "") for event in events for choice in event["choices"])


@cache
def multilingual() -> str:
    """Return recorded answers in Japanese, with emoji, as code and as prose, again and again."""
    names = ("ja", "emoji", "code", "en-story")
    once = "\n\n".join(_recorded(f"llamacpp-{name}.sse") for name in names)
    return once * (400_000 // len(once) + 1)


@cache
def token_chunks(text: str) -> list[str]:
    """Return a text cut at the borders of its tokens, as a model would send it.

    A token that ends inside a character goes with the next one.
    """
    encoding = encoding_of("o200k_base")
    chunks: list[str] = []
    held = b""
    for token in encoding.encode_ordinary(text):
        held += encoding.decode_single_token_bytes(token)
        try:
            chunks.append(held.decode())
        except UnicodeDecodeError:
            continue
        held = b""
    assert "".join(chunks) == text
    return chunks
