"""Durable logs: entries, states, the Durable Streams protocol."""
