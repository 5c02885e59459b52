"""The check of ``scheduler=`` arguments."""

from __future__ import annotations

from reactivex import abc

__all__ = ["scheduler_argument"]


def scheduler_argument(name: str, value: object) -> abc.SchedulerBase | None:
    """Return ``value`` if it is a scheduler or None.

    Args:
        name: The function that it was given to, for the message.
        value: The argument as the caller gave it.

    Raises:
        TypeError: It is something else.
    """
    if value is None or isinstance(value, abc.SchedulerBase):
        return value
    raise TypeError(f"{name}: scheduler must be a scheduler of Rx or None, not {value!r}")
