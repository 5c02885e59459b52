"""Functions and observers that an operator reports to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from reactivex import abc

__all__ = ["reporter"]

_T = TypeVar("_T")


def reporter(
    name: str, target: Callable[[_T], object] | abc.ObserverBase[_T]
) -> Callable[[_T], object]:
    """Return the function to call with a report.

    Args:
        name: What the message of an error calls it, e.g. ``"aggregate: on_result"``.
        target: A function, or an observer.

    Raises:
        TypeError: It is neither.
    """
    on_next: object = getattr(target, "on_next", None)
    if callable(on_next):
        return cast("Callable[[_T], object]", on_next)
    if callable(target):
        return target
    raise TypeError(f"{name} must be a function or an observer, not {target!r}")
