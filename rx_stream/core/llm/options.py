"""How an answer is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Choices", "Counts", "Options", "Reasoning"]

Choices: TypeAlias = Literal["first", "all"]
Reasoning: TypeAlias = Literal["metadata", "inline", "drop"]
Counts: TypeAlias = Literal["exact", "provider"]


@dataclass(slots=True, frozen=True)
class Options:
    """How an answer is to be read.

    Args:
        choices: Whether to emit the first of several choices only, or all of them.
        reasoning: Where reasoning goes: into ``metadata``, into the text, or nowhere.
        token_counts: Whether text is counted where the provider does not tell its tokens.
    """

    choices: Choices = "first"
    reasoning: Reasoning = "metadata"
    token_counts: Counts = "exact"
