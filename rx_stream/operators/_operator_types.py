"""What operators that keep the type of their items return, as type checkers can follow it.

Mypy cannot infer a chain in ``pipe()`` of callables whose type variables belong to the function
that made them; here they belong to the call.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from reactivex import Observable

from rx_stream.types import StreamProgress, TextT

__all__ = ["ItemOperator", "ReportingOperator", "TextOperator"]

_T = TypeVar("_T")


class TextOperator(Protocol):
    """From text to text, or from chunks to chunks."""

    def __call__(self, source: Observable[TextT], /) -> Observable[TextT]:
        """Return the stream behind the operator."""
        ...


class ItemOperator(Protocol):
    """From items of any type to items of that type."""

    def __call__(self, source: Observable[_T], /) -> Observable[_T]:
        """Return the stream behind the operator."""
        ...


class ReportingOperator(Protocol):
    """From items of any type to these, with reports between them."""

    def __call__(self, source: Observable[_T], /) -> Observable[_T | StreamProgress]:
        """Return the stream behind the operator."""
        ...
