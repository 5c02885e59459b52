"""Cut a stream of items with cores that may fail, e.g. with what their user gave them to count."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rx_stream.core.protocols import Core
from rx_stream.core.text.text_items import TextItems
from rx_stream.types import TextT

__all__ = ["FailingItems"]


class FailingItems(TextItems[TextT]):
    """Strings or chunks, up to the failure of a core: before it, all text that is held leaves.

    Args:
        make: Makes the core of a choice. One that fails returns what it holds and has an
            ``outcome``.
    """

    __slots__ = ()

    def __init__(self, make: Callable[[], Core[str, str]]) -> None:
        super().__init__(make(), make=make)

    @property
    def outcome(self) -> Exception | None:
        """Why a core could not go on; None as long as all can."""
        for core, _ in self._in_order():
            outcome: Exception | None = getattr(core, "outcome", None)
            if outcome is not None:
                return outcome
        return None

    def feed(self, item: TextT, /) -> Sequence[TextT]:
        """Take one item and return the pieces that are now complete, or all if a core fails."""
        out = super().feed(item)
        return out if self.outcome is None else [*out, *self.flush()]
