"""Units of text: sentences."""
