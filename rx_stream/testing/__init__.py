"""Test your own streams: text marbles in virtual time, and pictures of what happened."""

from rx_stream.testing.diagram import Diagram, diagram
from rx_stream.testing.recording import Recording, Row
from rx_stream.testing.text_marbles import TextMarbles

__all__ = ["Diagram", "Recording", "Row", "TextMarbles", "diagram"]
