"""The end of a source's clean-up, for sinks that have to wait for it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import Any, TypeAlias

__all__ = ["CleanUp", "Closing"]


class Closing(concurrent.futures.Future[None]):
    """Done when a source that runs elsewhere is closed.

    Args:
        loop: The loop it runs on, if it does; where that has stopped, nobody waits any more.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__()
        self.loop = loop

    def finish(self) -> None:
        """Note that the source is closed."""
        if not self.done():
            self.set_result(None)

    @property
    def lost(self) -> bool:
        """Whether it can never finish."""
        return self.loop is not None and not self.loop.is_running()


CleanUp: TypeAlias = "asyncio.Task[Any] | Closing"
"""What a sink waits for."""
