"""Checks of arguments: one sentence that names the function, the rule and the value."""

from __future__ import annotations

import re
from datetime import timedelta
from math import inf, isfinite
from numbers import Real
from operator import index
from sys import float_info
from typing import SupportsIndex, TypeAlias, TypeVar

__all__ = [
    "Seconds",
    "as_bytes",
    "choice",
    "count",
    "language_tag",
    "number",
    "optional_count",
    "optional_seconds",
    "require",
    "seconds",
]

Seconds: TypeAlias = float | timedelta
"""A duration: seconds as a number, or a timedelta."""

_T = TypeVar("_T")

_MOST = int(float_info.max)
"""A number that no float can hold would fail where it is used."""

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


def _bad(kind: type[Exception], name: str, rule: str, value: object) -> Exception:
    return kind(f"{name} must be {rule}, not {value!r}")


def count(name: str, value: object, *, least: int = 1) -> int:
    """Return ``value`` as an int if it is a whole number of at least ``least``.

    Args:
        name: What the message calls it, e.g. ``"buffer_tokens: count"``.
        value: The argument as the caller gave it.
        least: The smallest value that is allowed.

    Raises:
        TypeError: It is no integer of any type (a bool is none).
        ValueError: It is too small, or larger than any float.
    """
    rule = f"a whole number of at least {least}"
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise _bad(TypeError, name, rule, value)
    whole = index(value)
    if whole < least:
        raise _bad(ValueError, name, rule, value)
    if whole > _MOST:
        raise _bad(ValueError, name, f"at most {float_info.max:g}", value)
    return whole


def optional_count(name: str, value: object, *, least: int = 1) -> int | None:
    """Return ``value`` if it is None or passes :func:`count`."""
    return None if value is None else count(name, value, least=least)


def language_tag(name: str, value: object) -> str:
    """Return ``value`` if it is a language tag, such as "en" or "pt-BR".

    Args:
        name: What the message calls it.
        value: The argument as the caller gave it.

    Raises:
        TypeError: It is not a str.
        ValueError: It does not begin with a code of ISO 639, which has two or three letters: no
            longer ones have ever been registered, and "english" is a mistake.
    """
    rule = "a language tag"
    if not isinstance(value, str):
        raise _bad(TypeError, name, rule, value)
    if _LANGUAGE_TAG.fullmatch(value) is None:
        raise _bad(ValueError, name, rule, value)
    return value


def number(
    name: str, value: object, *, unit: str, above: float = 0.0, least: float | None = None
) -> float:
    """Return ``value`` if it is a finite number above ``above`` or, if given, at least ``least``.

    Args:
        name: What the message calls it.
        value: The argument as the caller gave it.
        unit: The unit, for the message, e.g. ``"tokens per second"``.
        above: The value must be greater than this, unless ``least`` is given.
        least: The smallest value that is allowed.

    Raises:
        TypeError: It is not a real number of any type (a bool is not).
        ValueError: It is out of range or not finite.
    """
    rule = f"above {above:g} {unit}" if least is None else f"at least {least:g} {unit}"
    rule = rule.rstrip()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _bad(TypeError, name, rule, value)
    try:
        plain = float(value)
    except OverflowError:  # No float can hold it.
        plain = inf
    inside = plain > above if least is None else plain >= least
    if not (inside and isfinite(plain)):
        raise _bad(ValueError, name, rule, value)
    return plain


def seconds(name: str, value: object, *, above: float = 0.0, least: float | None = None) -> float:
    """Return a duration in seconds; it is a number or a timedelta.

    Raises:
        TypeError: It is neither.
        ValueError: It is out of range or not finite.
    """
    plain: object = value.total_seconds() if isinstance(value, timedelta) else value
    return number(name, plain, unit="seconds", above=above, least=least)


def optional_seconds(name: str, value: object) -> float | None:
    """Return None, or a duration in seconds above 0."""
    return None if value is None else seconds(name, value)


def choice(name: str, value: _T, allowed: tuple[_T, ...]) -> _T:
    """Return ``value`` if it is one of ``allowed``.

    Raises:
        ValueError: It is not.
    """
    if value not in allowed:
        raise _bad(ValueError, name, "one of " + ", ".join(map(repr, allowed)), value)
    return value


def require(name: str, value: object, kind: type, rule: str) -> None:
    """Check that ``value`` is a ``kind``; ``rule`` says in words what it must be.

    Raises:
        TypeError: It is not.
    """
    if not isinstance(value, kind):
        raise _bad(TypeError, name, rule, value)


def as_bytes(name: str, value: object) -> bytes:
    """Return ``value`` as bytes; what is not bytes-like raises TypeError.

    Args:
        name: The function that takes it, for the message.
        value: An item of a stream of bytes.

    Raises:
        TypeError: It is not bytes, bytearray or memoryview.
    """
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, memoryview):
        return value.tobytes()
    raise _bad(TypeError, f"{name}: an item", "bytes", value)
