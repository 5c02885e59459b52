"""Streams of language models: what came in, turned into chunks. One file for each dialect."""
