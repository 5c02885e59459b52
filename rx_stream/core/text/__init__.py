"""Units of text: characters, words, lines, paragraphs, stop sequences."""
