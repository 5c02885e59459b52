"""Notes on somebody else's exception."""

from __future__ import annotations

from contextlib import suppress

__all__ = ["add_note"]


def add_note(error: Exception, note: str) -> None:
    """Add a note to an exception where its class lets one; the exception itself matters more."""
    with suppress(AttributeError):  # A frozen dataclass takes none.
        error.add_note(note)
