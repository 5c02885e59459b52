"""Abbreviations and first words by language, written by hand for this library."""

from rx_stream.core.sentences.sentence_words.profile import Profile, profile_for

__all__ = ["Profile", "profile_for"]
