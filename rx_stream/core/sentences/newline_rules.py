"""Newlines in hard-wrapped text, and the Markdown code blocks in which only newlines count."""

from __future__ import annotations

import re

from rx_stream.core.sentences.sentence_marks import NEWLINES, SPACES, Decision, Verdict, one_of

__all__ = ["CodeFence", "judge_soft_newline"]

_second_newline = re.compile(f"{one_of(SPACES)}*{one_of(NEWLINES)}").match
_space = re.compile(rf"(?:\s|{one_of(SPACES)})*").match
_block = re.compile(r"```|~~~|#{1,6}[ \t]|[-*+>|\u2022\u2043][ \t]|\d{1,2}[.)][ \t]").match
_part_of_block = re.compile(r"`{0,2}|~{0,2}|#{0,6}|[-*+>|\u2022\u2043]|\d{0,2}[.)]?").fullmatch

_FENCES = ("```", "~~~")


def judge_soft_newline(text: str, at: int, final: bool) -> Decision:
    """Judge a newline that is only white space unless it ends a block.

    It does before another newline and before a Markdown block: a heading, a list item, a
    quotation, a table or code.
    """
    second = _second_newline(text, at + 1)
    if second:
        return Verdict.END, second.end()
    space = _space(text, at + 1)
    following = space.end() if space else at + 1
    if _block(text, following):
        return Verdict.END, at + 1
    if not final and _part_of_block(text, following):
        return Verdict.WAIT, at
    return Verdict.GO_ON, at + 1


class CodeFence:
    """Knows whether the text is in a Markdown code block.

    Attributes:
        closing: What begins the line that ends the block; empty outside of one.
    """

    __slots__ = ("closing",)

    def __init__(self) -> None:
        self.closing = ""

    @staticmethod
    def is_fence(opening: str) -> bool:
        """Tell whether a line that begins so opens or closes a block."""
        return opening in _FENCES

    def end_line(self, opening: str) -> None:
        """Note the end of a line that began with these three characters."""
        if self.closing:
            if opening == self.closing:
                self.closing = ""
        elif opening in _FENCES:
            self.closing = opening
