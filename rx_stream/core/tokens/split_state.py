"""Where in the split pattern the end of a text is: which run of characters it is inside."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

__all__ = ["matcher", "run_start", "split_matcher", "state_after"]

# (?r) matches from the end of the text backwards: the run that touches the end.
_PATTERNS = {
    "letters+marks": r"(?r)[\p{L}\p{M}]+",
    "letters": r"(?r)\p{L}+",
    "punctuation": r"(?r)[^\s\p{L}\p{N}]+",
    "punctuation+ends": r"(?r)[^\s\p{L}\p{N}]*[\r\n/]*",
    "punctuation+newlines": r"(?r)[^\s\p{L}\p{N}]*[\r\n]*",
    "ends": r"(?r)[\r\n/]+",
    "blanks": r"(?r)\s+",
    "numbers": r"(?r)\p{N}+",
    "last cased": r"(?r)[\p{Lu}\p{Lt}\p{Ll}]",
    "last letter": r"(?r)\p{L}",
    "pair of punctuation": r"[^\s\p{L}\p{N}\p{M}]{2}",
    "two punctuation or marks": r"(?r)[^\s\p{L}\p{N}]{2}",
    "two blanks": r"(?r)[^\S\r\n]{2}",
    "letter": r"\p{L}",
    "all lower": r"\p{Ll}+",
    "all upper": r"[\p{Lu}\p{Lt}]+",
    "all letters+marks": r"[\p{L}\p{M}]+",
    "all letters": r"\p{L}+",
    "all ends": r"[\r\n/]+",
    "all punctuation or marks": r"[^\s\p{L}\p{N}]+",
    "all blanks": r"\s+",
    "number": r"\p{N}+",
    "word+marks": r"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    "word": r"[^\r\n\p{L}\p{N}]?\p{L}+",
}


@cache
def split_matcher(pattern: str) -> Pattern[str]:
    """Return a pattern of an encoding, compiled."""
    import regex

    return regex.compile(pattern)


def matcher(name: str) -> Pattern[str]:
    """Return the pattern of a class of characters, compiled."""
    return split_matcher(_PATTERNS[name])


def run_start(name: str, text: str) -> int:
    """Return where the run of a class that touches the end of a text starts."""
    match = matcher(name).match(text)
    return len(text) if match is None else match.start()


# A punctuation mark that no token of any table joins with another character.
_LONE_MARK = "\u2e2e"
# A lower-case letter that joins with nothing.
_LONE_LOWER = "\u021f"


def state_after(left: str, right: str, marks_are_letters: bool) -> str | None:
    """Return a short text after which the split pattern goes on as after ``left``.

    It has to do so for ``right`` and anything that follows it; None where that is not proven.
    """
    if marks_are_letters and matcher("all ends").fullmatch(right) and right.strip("/"):
        state = _state_after_ends(left)
        if state is not None:
            return state
    if matcher("all blanks").fullmatch(right):
        return _state_after_blanks(left, right)
    if marks_are_letters:
        if matcher("all letters+marks").fullmatch(right):
            state = _state_after_letters(left, right)
            if state is not None:
                return state
        if matcher("all punctuation or marks").fullmatch(right):
            return _state_after_punctuation(left)
        return None
    if matcher("all letters").fullmatch(right):
        return "" if matcher("last letter").match(left) else None
    if matcher("all punctuation or marks").fullmatch(right):
        return "" if matcher("two punctuation or marks").match(left) else None
    return None


def _state_after_punctuation(left: str) -> str | None:
    # One mark of punctuation may begin a word of marks; two never do, and take all that follows.
    run = matcher("punctuation").match(left)
    if run is None or not matcher("pair of punctuation").search(run.group()):
        return None
    return _LONE_MARK + _LONE_MARK


def _state_after_ends(left: str) -> str | None:
    # Punctuation, of which a slash is some, is one part with the slashes and line ends after it.
    run = matcher("ends").match(left)
    if run is None:
        return None
    before = left[: run.start()]
    if "/" in run.group() or matcher("punctuation").match(before):
        return _LONE_MARK
    return None


def _state_after_letters(left: str, right: str) -> str | None:
    run = matcher("letters+marks").match(left)
    if run is None or (run.start() and not matcher("letter").search(run.group())):
        # Marks right after punctuation are part of it.
        return None
    if matcher("all lower").fullmatch(right) or matcher("all upper").fullmatch(right):
        return ""
    # Was a lower-case letter seen since the last upper-case one?
    last = matcher("last cased").search(run.group())
    return _LONE_LOWER if last is not None and matcher("all lower").match(last.group()) else ""


def _state_after_blanks(left: str, right: str) -> str | None:
    if "\n" not in right and "\r" not in right:
        return "" if matcher("two blanks").match(left) else None
    match = matcher("blanks").match(left)
    if match is None:
        return None
    before = left[: match.start()]
    if before and matcher("punctuation").match(before):
        # Punctuation and the line ends after it are one part.
        only_ends = not match.group().strip("\r\n") and not right.strip("\r\n")
        return _LONE_MARK if only_ends else None
    return "" if "\n" in right[1:] or "\r" in right[1:] else None
