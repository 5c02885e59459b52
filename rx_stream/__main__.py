"""The command line: ``rx-stream`` and ``python -m rx_stream``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: What follows the program's name; by default that of this process.
    """
    try:
        # Here, so that Ctrl-C while modules load is no traceback either.
        from rx_stream.cli import run

        return run(arguments)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells have it.


if __name__ == "__main__":
    sys.exit(main())
