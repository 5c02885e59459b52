"""What a decoder has learnt of one answer, and the chunks that it makes of it."""

from __future__ import annotations

from collections.abc import Mapping

from rx_stream.core.llm.finish_reasons import normalise_finish_reason
from rx_stream.core.llm.halves import Halves
from rx_stream.core.llm.options import Options
from rx_stream.core.llm.reported_usage import ReportedUsage
from rx_stream.core.llm.token_counts import TokenCounts
from rx_stream.core.llm.tool_call_keys import ToolCallKeys
from rx_stream.core.llm.usage import normalise_usage
from rx_stream.core.tool_calls import ToolCallDelta
from rx_stream.errors import RxStreamError
from rx_stream.types import FinishReason, StreamChunk

__all__ = ["Answer"]

_MOST_CHOICES = 1_024  # OpenAI gives 128 at most.


class Answer:
    """Collects the chunks of one answer; the decoder of a dialect tells it what it has read.

    Attributes:
        counts: Counts what the provider does not; None if nobody wants that.
        dialect: Name of the dialect, once it is known.
        provider: Who answers, where that is known.
        model: The model, once it has been named.
        out: Chunks that are ready.
        ended: Whether the end marker has come.
        mute: Whether text is not wanted, because it came in another way.
        reported: What the provider reports of its tokens.
        extra: What else goes into the metadata of the terminal chunk.
        keys: The tool calls of each choice.
    """

    __slots__ = (
        "_bases",
        "_finish",
        "_halves",
        "counts",
        "dialect",
        "ended",
        "extra",
        "keys",
        "model",
        "mute",
        "options",
        "out",
        "provider",
        "reported",
    )

    def __init__(self, options: Options) -> None:
        self.options = options
        self.counts = TokenCounts() if options.token_counts == "exact" else None
        self.dialect: str | None = None
        self.provider: str | None = None
        self.model: str | None = None
        self.out: list[StreamChunk] = []
        self.ended = False
        self.mute = False
        self.reported = ReportedUsage()
        self.extra: dict[str, object] = {}
        self.keys: dict[int, ToolCallKeys] = {}
        self._finish: dict[int, tuple[str, FinishReason]] = {}
        # One mapping for all text of a choice: a chunk of text then costs no dict.
        self._bases: dict[tuple[int, str, str | None], dict[str, object]] = {}
        self._halves = Halves()

    # ------------------------------------------------------------------ what a decoder has read

    def about(self, *, model: object = None, provider: object = None) -> None:
        """Note who answers; said once."""
        if self.model is None and isinstance(model, str) and model:
            self.model = model
        if isinstance(provider, str) and provider:
            self.provider = provider

    def wants(self, choice: int) -> bool:
        """Tell whether a choice is to be emitted."""
        return choice == 0 or self.options.choices == "all"

    def base(
        self, choice: int, channel: str = "answer", source: str | None = None
    ) -> dict[str, object]:
        """Return the metadata that all chunks of a choice and a channel share."""
        key = (choice, channel, source)
        base = self._bases.get(key)
        if base is None or (self.model is not None and "model" not in base):
            base = dict[str, object](choice=choice, channel=channel)
            named = {"model": self.model, "provider": self.provider, "token_count_source": source}
            base |= {name: value for name, value in named.items() if value is not None}
            self._bases[key] = base
        return base

    def text_base(self, choice: int, channel: str, source: str) -> dict[str, object]:
        """Return the metadata of text, which says who counted its tokens."""
        if not source and self.counts is not None:
            return self.base(choice, channel, self.counts.source)
        return self.base(choice, channel, source or None)

    def begin(self, choice: int) -> None:
        """Note that there is a choice: without an end of it, the answer is not whole.

        Raises:
            RxStreamError: There are too many: whoever cuts or counts keeps something for each.
        """
        if abs(choice) >= _MOST_CHOICES:
            raise RxStreamError(f"from_llm: the answer has more than {_MOST_CHOICES} choices")
        if choice and self.wants(choice):
            self.base(choice)

    def text(
        self, text: str, choice: int = 0, *, tokens: int | None = None, source: str = ""
    ) -> None:
        """Emit text of the answer.

        Args:
            text: The text; nothing is emitted for none.
            choice: Which of several answers it belongs to.
            tokens: How many tokens it has, if the provider says so.
            source: What says so.
        """
        if not text or self.mute or not self.wants(choice):
            return
        text = self._halves.join((choice, "answer"), text)
        if not text:
            return
        tokens, source = self._tokens(tokens, source)
        base = self.text_base(choice, "answer", source)
        self.out.append(StreamChunk(text, tokens, False, None, base))

    def reasoning(
        self, text: str, choice: int = 0, *, tokens: int | None = None, source: str = ""
    ) -> None:
        """Emit reasoning where the caller wants it."""
        if not text or not self.wants(choice):
            return
        text = self._halves.join((choice, "reasoning"), text)
        if text:
            tokens, source = self._tokens(tokens, source)
            self._reason(text, choice, tokens, source)

    def _reason(self, text: str, choice: int, tokens: int | None, source: str) -> None:
        where = self.options.reasoning
        if where == "inline":
            base = self.text_base(choice, "reasoning", source)
            self.out.append(StreamChunk(text, tokens, False, None, base))
        elif where == "metadata":
            base = self.base(choice, "reasoning")
            self.out.append(StreamChunk("", None, False, None, {**base, "reasoning": text}))

    def refusal(self, text: str, choice: int = 0) -> None:
        """Emit a refusal, which is no answer text."""
        if text and self.wants(choice):
            text = self._halves.join((choice, "refusal"), text)
            self.note("refusal", text, choice, channel="refusal")

    def tool_calls(self, deltas: list[ToolCallDelta], choice: int = 0) -> None:
        """Emit pieces of tool calls."""
        for delta in deltas if self.wants(choice) else ():
            if piece := delta["arguments_delta"]:
                delta["arguments_delta"] = self._halves.join((choice, delta["index"]), piece)
        self.note("tool_calls", deltas, choice, channel="tool")

    def note(self, name: str, value: object, choice: int = 0, *, channel: str) -> None:
        """Emit a chunk that has something in its metadata only."""
        if value and self.wants(choice):
            metadata = {**self.base(choice, channel), name: value}
            self.out.append(StreamChunk("", None, False, None, metadata))

    def calls(self, choice: int) -> ToolCallKeys:
        """Return the tool calls of a choice."""
        return self.keys.setdefault(choice, ToolCallKeys())

    def finish(
        self, raw: str | None, choice: int = 0, *, normal: FinishReason | None = None
    ) -> None:
        """Note why a choice ended; the last word wins."""
        if raw:
            known = normal or normalise_finish_reason(raw) or "other"
            self._finish[choice] = (raw, known)

    def usage(self, raw: object, counted: int | None = None) -> None:
        """Take a usage report, before the text that came with it."""
        self.reported.merge(raw, counted)

    def end(self) -> None:
        """Note the end marker."""
        self.ended = True

    def reopen(self) -> None:
        """Forget why it ended: more of it comes."""
        self._finish.clear()

    # ------------------------------------------------------------------ what comes out

    @property
    def whole(self) -> bool:
        """Whether the answer has come to an end of its own."""
        if self.ended:
            return True
        wanted = {base for base, *_ in self._bases} | {0}
        return wanted <= self._finish.keys()

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the first choice ended."""
        return self._finish[0][1] if 0 in self._finish else None

    @property
    def holds_half(self) -> bool:
        """Whether half a character of the first choice's text waits for its other half."""
        return (0, "answer") in self._halves

    def take(self) -> list[StreamChunk]:
        """Return the chunks that are ready."""
        out, self.out = self.out, []
        if out and self.counts is not None:
            self.counts.fill(out)
        return out

    def close(self) -> None:
        """Emit what is held; the data have ended, for better or worse."""
        for (choice, what), half in self._halves.drain().items():
            if what == "answer":
                base = self.text_base(choice, "answer", "")
                self.out.append(StreamChunk(half, None, False, None, base))
            elif what == "reasoning":
                self._reason(half, choice, None, "")
            elif isinstance(what, str):
                self.note(what, half, choice, channel=what)
            else:
                piece = ToolCallDelta(index=what, id=None, name=None, arguments_delta=half)
                self.note("tool_calls", [piece], choice, channel="tool")

    def complete(self) -> None:
        """Emit the terminal chunk, and before it the end of each choice if there are several."""
        self.close()
        if self.options.choices == "all" and len(self._finish) > 1:
            for choice, (raw, normal) in sorted(self._finish.items()):
                about = {**self.base(choice), "finish_reason_raw": raw}
                self.out.append(StreamChunk("", None, False, normal, about))
        self.out.append(StreamChunk("", None, True, self.finish_reason, self.summary()))

    def summary(self) -> dict[str, object]:
        """Return the metadata of the terminal chunk."""
        usage: Mapping[str, int] | None = normalise_usage(self.reported.raw)
        return {
            **self.base(0),
            "dialect": self.dialect,
            "finish_reason_raw": self._finish[0][0] if 0 in self._finish else None,
            "usage": usage,
            "usage_raw": self.reported.raw or None,
            "end_marker": self.ended,
            **self.extra,
        }

    def _tokens(self, tokens: int | None, source: str) -> tuple[int | None, str]:
        step = self.reported.take_step()
        if tokens is not None:
            return tokens, source
        return (None, "") if step is None else (step, "usage")
