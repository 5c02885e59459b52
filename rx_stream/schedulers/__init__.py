"""Schedulers: the clock, the shared timer thread, the loop, the gate."""
