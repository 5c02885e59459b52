"""Load what an extra of this package installs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["load_extra"]


def load_extra(caller: str, module: str, extra: str) -> Any:
    """Return a module, untyped: with its stubs installed or without, the same checks pass.

    Args:
        caller: Who needs it, for the message.
        module: Its name.
        extra: The extra that installs it.

    Raises:
        ModuleNotFoundError: It is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        raise ModuleNotFoundError(
            f'{caller}: needs the package {package}: install "rx_stream[{extra}]"', name=error.name
        ) from error
