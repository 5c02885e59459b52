"""Tokens: vocabularies, exact counts, pieces, what usage says."""
