"""Sinks: leave Rx for iterators and ASGI."""
