"""Server-Sent Events and NDJSON: decoding, encoding, dialects."""
