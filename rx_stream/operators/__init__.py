"""Operators: one public function a file."""
