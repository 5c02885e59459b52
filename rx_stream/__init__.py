"""Operators for the text that language models stream."""

from rx_stream._version import __version__

__all__ = ["__version__"]
