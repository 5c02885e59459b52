"""Find the vocabulary of a model without the network, once per process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from rx_stream.core.tokens.vocabulary_build import encoding_from, encoding_from_cache, known_names
from rx_stream.core.tokens.vocabulary_table import embedded_ranks

if TYPE_CHECKING:
    import tiktoken

__all__ = ["DEFAULT_ENCODING", "encoding_of", "preload_tokens"]

DEFAULT_ENCODING = "o200k_base"
"""The encoding of OpenAI's models since GPT-4o, and close to what others count for English."""

# o200k_harmony has more special tokens over the same table.
_SAME_TABLE = {"o200k_harmony": "o200k_base"}

_loaded: dict[str, tiktoken.Encoding] = {}
# Building takes 0.2 s and 80 MB: a second thread has to wait for it, not do it again.
_building = threading.Lock()


def encoding_of(
    encoding: str | tiktoken.Encoding | None = None, *, name: str = "encoding_of"
) -> tiktoken.Encoding:
    """Return a tiktoken encoding, loaded at most once per process and never from the network.

    An encoding that the application has loaded with tiktoken is shared; else the table that ships
    with this package is used (``o200k_base``, ``o200k_harmony``, ``cl100k_base``); else the file
    that an earlier run left in tiktoken's cache. Loading takes about 0.2 s. Any thread may call
    it.

    Args:
        encoding: The name of an encoding, the name of a model that tiktoken knows, or an encoding,
            which is returned as it is; None means ``o200k_base``.
        name: Who asks, for the messages.

    Raises:
        ValueError: Neither tiktoken nor the application has an encoding of this name.
        TypeError: It is neither a name nor an encoding.
        LookupError: The table is not on this machine; the message names the remedies.
    """
    import tiktoken

    if isinstance(encoding, tiktoken.Encoding):
        return encoding
    if encoding is None:
        encoding = DEFAULT_ENCODING
    if not isinstance(encoding, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"{name}: encoding must be the name of an encoding or a tiktoken.Encoding, "
            f"not {encoding!r}"
        )
    found = _loaded.get(encoding)
    return _load(encoding, name) if found is None else found


def preload_tokens(encoding: str | None = None) -> None:
    """Load a vocabulary now, so that the first operator that counts need not.

    Takes about 0.2 s and, for ``o200k_base``, 80 MB; nothing if it is loaded already. Call it
    where a service starts.

    Args:
        encoding: The name of an encoding; None means ``o200k_base``.

    Raises:
        ValueError: There is no encoding of this name.
        TypeError: It is not a name.
        LookupError: The table is not on this machine; the message names the remedies.
    """
    from rx_stream.core.tokens.token_pieces import pieces_of

    pieces_of(encoding_of(encoding, name="preload_tokens"))


def _load(wanted: str, asker: str) -> tiktoken.Encoding:
    with _building:
        found = _loaded.get(wanted)
        if found is None:
            found = _loaded[wanted] = _find(wanted, asker)
        return found


def _find(wanted: str, asker: str) -> tiktoken.Encoding:
    from tiktoken import registry

    encoding = _encoding_name(wanted)
    shared = registry.ENCODINGS.get(encoding) or _loaded.get(encoding)
    if shared is not None:
        return shared
    if encoding not in known_names():
        raise ValueError(
            f"{asker}: encoding must be one of {', '.join(known_names())}, a model that tiktoken "
            f"knows, an encoding that the application has loaded, or something that counts, "
            f"not {wanted!r}"
        )
    ranks = embedded_ranks(_SAME_TABLE.get(encoding, encoding))
    if ranks is not None:
        return encoding_from(encoding, ranks)
    try:
        return encoding_from_cache(encoding)
    except LookupError as error:
        raise LookupError(_remedies(encoding, asker, error)) from None


def _encoding_name(wanted: str) -> str:
    import tiktoken

    try:
        return tiktoken.encoding_name_for_model(wanted)
    except KeyError:
        return wanted


def _remedies(encoding: str, asker: str, reason: LookupError) -> str:
    return (
        f"{asker}: the vocabulary of {encoding} is not on this machine ({reason}), and it is never "
        f"downloaded while text is streaming. Call tiktoken.get_encoding({encoding!r}) once where "
        f"there is a network, set TIKTOKEN_CACHE_DIR to a folder that has its file, or pass a "
        f"tiktoken.Encoding or a function that counts as encoding="
    )
