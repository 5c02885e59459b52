"""The HTTP faces of a log."""
