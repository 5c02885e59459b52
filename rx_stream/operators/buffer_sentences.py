"""The operator :func:`buffer_sentences`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reactivex import Observable, abc

from rx_stream.core.arguments import (
    Seconds,
    choice,
    count,
    language_tag,
    optional_count,
    optional_seconds,
    require,
)
from rx_stream.core.protocols import SettlingCore
from rx_stream.core.sentences.sentence_merger import SentenceMerger
from rx_stream.core.sentences.sentences import Sentences
from rx_stream.core.text.cut_places import cut_at_clause
from rx_stream.core.text.length_limit import DrainableCore, LengthLimit
from rx_stream.operators._lift import lift_text
from rx_stream.operators._operator_types import TextOperator
from rx_stream.schedulers.scheduler_argument import scheduler_argument

__all__ = ["buffer_sentences"]


def buffer_sentences(
    *,
    language: str = "en",
    strip: bool = False,
    min_length: int = 0,
    max_length: int | None = None,
    first_min: int | None = None,
    newline: Literal["break", "soft"] = "break",
    abbreviations: Iterable[str] = (),
    flush_after: Seconds | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> TextOperator:
    r"""Emit each sentence as soon as the text settles where it ends.

    Loses nothing unless ``strip`` is set: then it loses the white space around sentences. Without
    it, white space before the next sentence stays with the one before.

    What ends a sentence is decided by its script: ``. ! ? …`` before white space, ``。！？`` and
    the marks of Indic, Arabic, Armenian, Greek, Ethiopic and other scripts, and a newline.
    Abbreviations, initials, decimals, versions, addresses, list numbers, quotations, footnote
    marks and Markdown code blocks are known. A sentence leaves with the first character of the
    next one; after an abbreviation the whole next word may be needed, or 24 characters of it.
    Thai has no mark: its text is one sentence up to a newline or ``max_length``.

    .. marble::

        'Dr. Lee paid $3' 250ms '.50. He' ' left.' |
        [ buffer_sentences() ]
        250ms 'Dr. Lee paid $3.50. ' 'He left.' |

    Args:
        language: A language tag such as ``"en"`` or ``"pt-BR"``. It selects abbreviations and
            first words only; a language without lists gets the English ones.
        strip: Take the white space off both ends, and drop what has nothing else: for speech.
        min_length: Code points, without white space around them, under which a sentence is joined
            to the next one.
        max_length: Code points after which a longer sentence is cut: behind the last mark of a
            clause that fits, else behind the last white space, else at a border of characters.
            Only a character that is longer itself is not cut.
        first_min: If given, the first piece may end at the mark of a clause (``, ; :`` and
            ``，、；：``) once it has this many code points: something to say early.
        newline: ``"break"``: each newline ends a sentence; ``"soft"``, for hard-wrapped text: only
            a blank line does, or a newline before a Markdown block.
        abbreviations: More words whose dot never ends a sentence.
        flush_after: Seconds of silence after which a sentence leaves that waits only for what
            follows its final mark. With it, where sentences end depends on when their text comes.
        scheduler: Where that silence is measured; by default the subscriber's, or the running
            event loop, or one timer thread.

    Returns:
        An operator from text to text of the same type.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: ``language`` is no language tag, a length is too small, ``min_length`` is above
            ``max_length``, ``newline`` is not known, an abbreviation is empty, or ``flush_after``
            is not above 0.
    """
    name = "buffer_sentences"
    language_tag(f"{name}: language", language)
    require(f"{name}: strip", strip, bool, "True or False")
    least = count(f"{name}: min_length", min_length, least=0)
    limit = optional_count(f"{name}: max_length", max_length)
    if limit is not None and least > limit:
        raise ValueError(f"{name}: min_length must be at most max_length, {limit}, not {least}")
    first = optional_count(f"{name}: first_min", first_min)
    choice(f"{name}: newline", newline, ("break", "soft"))
    known = _abbreviations(abbreviations)
    silence = optional_seconds(f"{name}: flush_after", flush_after)

    def make() -> SettlingCore[str, str]:
        core: DrainableCore = Sentences(language, newline=newline, abbreviations=known)
        if least or first is not None:
            core = SentenceMerger(core, least, first)
        if limit is None:
            return core
        return LengthLimit(core, limit, cut_at_clause, settles_all=False)

    return lift_text(
        make, trim=strip, flush_after=silence, scheduler=scheduler_argument(name, scheduler)
    )


def _abbreviations(value: Iterable[str]) -> tuple[str, ...]:
    rule = "buffer_sentences: abbreviations must be words"
    # An Observable has an index, so that it would be iterated over without end.
    if isinstance(value, (str, bytes, Observable)):
        raise TypeError(f"{rule} in a list or tuple, not {value!r}")
    try:
        words = tuple(value)
    except TypeError as error:
        raise TypeError(f"{rule} in a list or tuple, not {value!r}") from error
    for word in words:
        require("buffer_sentences: abbreviations", word, str, "words")
        if not word.strip(" ."):
            raise ValueError(f"{rule}, not {word!r}")
    return words
