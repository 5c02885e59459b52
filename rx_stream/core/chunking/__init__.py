"""Chunks for retrieval: windows, levels, Markdown, code."""
