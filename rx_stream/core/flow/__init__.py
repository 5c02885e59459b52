"""Flow: coalescing, mailboxes, stalls, retries."""
