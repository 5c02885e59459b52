"""Reconcile our own count of tokens with what a provider reports."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["Calibration", "TokenAccount", "visible_output"]

_REASONING = "reasoning_tokens"
_OUTPUT = "output_tokens"


def visible_output(usage: Mapping[str, object]) -> int | None:
    """Return the reported output tokens that are text of the answer; None where not reported.

    Args:
        usage: Usage in our terms: ``output_tokens`` include ``reasoning_tokens``.
    """
    output = _reported(usage, _OUTPUT)
    if output is None:
        return None
    return max(0, output - (_reported(usage, _REASONING) or 0))


class TokenAccount:
    """The tokens of one answer: counted by us between the reports of the provider.

    A provider's usage is cumulative and may come often, once, or never; it includes reasoning and
    calls of tools, which are not in the text. So a report is taken as the truth at its moment, and
    what is counted afterwards is added to it. Reports before the last never make the number fall.

    Args:
        source: What counts: the name of an encoding, or ``"estimate"``.

    Attributes:
        counted: Tokens counted by us in all.
        reported: Output tokens of the latest report; None before the first.
    """

    __slots__ = ("_base", "_own", "_seen", "counted", "reported")

    def __init__(self, source: str = "o200k_base") -> None:
        self._own = source
        self._base = 0  # Tokens at the last report ...
        self._seen = 0  # ... and what we had counted then.
        self.counted = 0
        self.reported: int | None = None

    @property
    def tokens(self) -> int:
        """Tokens so far, the best that is known."""
        return self._base + self.counted - self._seen

    @property
    def source(self) -> str:
        """Who counted: ``"provider"`` right after a report, else what we count with."""
        if self.reported is not None and self.counted == self._seen:
            return "provider"
        return self._own

    def count(self, total: int) -> None:
        """Note our own running total, which never falls below what it was."""
        self.counted = max(self.counted, total)

    def report(self, usage: Mapping[str, object], *, final: bool = False) -> None:
        """Take a usage report.

        Args:
            usage: Usage in our terms; only ``output_tokens`` matters. A report without it, or with
                less than an earlier one had, changes nothing, unless it is the final one.
            final: Whether it is the usage of the finished answer, which always wins.
        """
        output = _reported(usage, _OUTPUT)
        if output is None:
            return
        if final:
            self.reported = self._base = output
        else:
            self.reported = max(output, self.reported or 0)
            self._base = max(self.reported, self.tokens)
        self._seen = self.counted


class Calibration:
    """How many tokens a model reports for one that we count, learnt from its answers.

    A vocabulary other than the model's own is off by a few percent on English and by a factor of
    up to three on other scripts, so one ratio per model is kept, as a moving average weighted with
    the length of the answers. Numbers multiplied by it are estimates and have to be marked so.

    Args:
        weight: Share of the newest full-length answer in the average, above 0 and at most 1.
        full_length: Counted tokens from which an answer has the whole weight.
        capacity: Models remembered; the one not observed for longest is forgotten.
    """

    __slots__ = ("_capacity", "_full_length", "_ratios", "_weight")

    def __init__(self, *, weight: float = 0.3, full_length: int = 200, capacity: int = 256) -> None:
        self._weight = weight
        self._full_length = full_length
        self._capacity = capacity
        self._ratios: dict[str, float] = {}

    def ratio(self, model: str) -> float:
        """Return the model's tokens per token counted by us; 1.0 for a model never observed."""
        return self._ratios.get(model, 1.0)

    def estimate(self, model: str, counted: int) -> int:
        """Return about how many tokens of its own a model has used for ``counted`` of ours."""
        return round(counted * self.ratio(model))

    def observe(self, model: str, usage: Mapping[str, object], counted: int) -> None:
        """Learn from a finished answer.

        Args:
            model: The model's name.
            usage: Its usage in our terms.
            counted: Tokens that we counted in the text of the answer.
        """
        visible = visible_output(usage)
        if not visible or counted <= 0:
            return
        known = self._ratios.pop(model, None)
        share = self._weight * min(1.0, counted / self._full_length)
        seen = visible / counted
        self._ratios[model] = seen if known is None else known + share * (seen - known)
        if len(self._ratios) > self._capacity:
            del self._ratios[next(iter(self._ratios))]


def _reported(usage: Mapping[str, object], key: str) -> int | None:
    value = usage.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
