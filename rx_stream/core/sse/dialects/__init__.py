"""The dialects of output: one file each, and the table of their names."""

from __future__ import annotations

from typing import Literal, TypeAlias

from rx_stream.core.sse.dialects.anthropic import AnthropicDialect
from rx_stream.core.sse.dialects.base import Identity, SseDialect
from rx_stream.core.sse.dialects.json import JsonDialect
from rx_stream.core.sse.dialects.openai import OpenAIDialect
from rx_stream.core.sse.dialects.text import TextDialect
from rx_stream.core.sse.dialects.ui import UiDialect

__all__ = ["DIALECTS", "DialectName", "Identity", "SseDialect"]

DialectName: TypeAlias = Literal["json", "text", "openai", "anthropic", "ui"]
"""What ``dialect=`` of everything that sends events takes."""

DIALECTS: dict[str, type[SseDialect]] = {
    dialect.name: dialect
    for dialect in (JsonDialect, TextDialect, OpenAIDialect, AnthropicDialect, UiDialect)
}
"""The dialects by their names."""
