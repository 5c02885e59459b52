"""The names of the dialects, apart from their decoders: a help text need not load those."""

from __future__ import annotations

__all__ = ["ALIASES", "DIALECT_NAMES", "WIRE"]

DIALECT_NAMES = (
    "openai.chat",
    "openai.completions",
    "openai.responses",
    "anthropic.messages",
    "gemini",
    "mistral",
    "litellm",
    "cohere.v2",
    "ollama",
    "langchain",
    "llama_index",
    "text",
)
"""What ``dialect=`` may name, and what a first item may turn out to be."""

ALIASES = {
    "openai": "openai.chat",
    "completions": "openai.completions",
    "responses": "openai.responses",
    "anthropic": "anthropic.messages",
    "google": "gemini",
    "cohere": "cohere.v2",
    "ollama.chat": "ollama",
    "ollama.generate": "ollama",
    "langgraph": "langchain",
}
"""Other names that are understood."""

WIRE = frozenset(DIALECT_NAMES) - {"langchain", "llama_index", "text"}
"""The dialects that are spoken over HTTP."""
