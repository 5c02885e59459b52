"""Make an encoding of tiktoken without the network.

tiktoken's own functions say what an encoding is made of, its split pattern and special tokens, but
they fetch the table while they do: without a time limit, and a cached file that does not match is
deleted. So they are run here with another loader, in namespaces of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, cast

from rx_stream.core.tokens.vocabulary_table import Ranks

if TYPE_CHECKING:
    import tiktoken

__all__ = ["cached_file", "encoding_from", "encoding_from_cache", "known_names", "split_pattern"]

_Recipe = Callable[[], Mapping[str, object]]
_LOADERS = ("load_tiktoken_bpe", "data_gym_to_mergeable_bpe_ranks")


def known_names() -> list[str]:
    """Return the names of the encodings that tiktoken itself defines."""
    return list(cast("Mapping[str, _Recipe]", _tiktoken_names()["ENCODING_CONSTRUCTORS"]))


def encoding_from(name: str, ranks: Ranks) -> tiktoken.Encoding:
    """Return tiktoken's encoding of this name over a table that is at hand."""
    return _construct(_recipe(name, _same_loader(ranks)))


def encoding_from_cache(name: str) -> tiktoken.Encoding:
    """Return tiktoken's encoding of this name from the files in its cache.

    Raises:
        LookupError: A file is missing or not the one that tiktoken expects.
    """
    import tiktoken.load

    loading: dict[str, object] = {**vars(tiktoken.load), "read_file_cached": cached_file}
    loaders: dict[str, object] = {loader: _rebound(loading[loader], loading) for loader in _LOADERS}
    return _construct(_recipe(name, loaders))


@cache
def split_pattern(name: str) -> str:
    """Return the regular expression with which tiktoken splits text for this encoding."""
    recipe = _recipe(name, _same_loader({}))
    return cast("str", recipe["pat_str"])


def cached_file(address: str, expected_hash: str | None = None) -> bytes:
    """Return a file from tiktoken's cache; never fetch it, and never delete a wrong one.

    Args:
        address: Where tiktoken would fetch it.
        expected_hash: Its sha256.

    Raises:
        LookupError: The cache has no such file, or another one under its name.

    Source: ``tiktoken.load.read_file_cached``.
    """
    import hashlib
    import tempfile

    environment = os.environ
    folder = environment.get("TIKTOKEN_CACHE_DIR", environment.get("DATA_GYM_CACHE_DIR"))
    if folder is None:
        folder = os.path.join(tempfile.gettempdir(), "data-gym-cache")
    path = Path(folder, hashlib.sha1(address.encode()).hexdigest())
    if not folder or not path.is_file():
        raise LookupError(f"{path} does not exist")
    data = path.read_bytes()
    if expected_hash is not None and hashlib.sha256(data).hexdigest() != expected_hash:
        raise LookupError(f"{path} is not the file that tiktoken expects")
    return data


def _same_loader(ranks: Ranks) -> dict[str, object]:
    def load(*_: object, **__: object) -> Ranks:
        return ranks

    return dict.fromkeys(_LOADERS, load)


def _tiktoken_names() -> dict[str, object]:
    return dict(vars(import_module("tiktoken_ext.openai_public")))


def _recipe(name: str, loaders: dict[str, object]) -> Mapping[str, object]:
    names = _tiktoken_names() | loaders
    # One encoding's function may call another's: all of them have to see the other loader.
    for key in known_names():
        names[key] = _rebound(names[key], names)
    return cast("_Recipe", names[name])()


def _rebound(function: object, names: dict[str, object]) -> FunctionType:
    assert isinstance(function, FunctionType)
    return FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )


def _construct(recipe: Mapping[str, object]) -> tiktoken.Encoding:
    import tiktoken

    return cast("Callable[..., tiktoken.Encoding]", tiktoken.Encoding)(**recipe)
