"""Sources: make Observables of iterables, model streams, recordings, logs."""
