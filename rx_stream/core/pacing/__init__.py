"""Pacing: limiters, smoothing, turns."""
