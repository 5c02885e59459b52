"""Pure state machines: no Rx, no event loop, no threads, no sockets, no clock."""
