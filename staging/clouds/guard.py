"""A program beside ours that ends what ours had started, should ours be killed.

Whoever is killed with -9 can end nothing: a flyctl that hangs would stay for ever. Reads "+PID"
and "-PID" of process groups from stdin, whose end means that nobody is left to end them.
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE = ((signal.SIGINT, 5.0), (signal.SIGTERM, 1.0), (signal.SIGKILL, 0.0))


def main() -> None:
    """Keep count until the end, then end the rest politely, then surely."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    for request, seconds in PATIENCE:
        end(groups, request)
        limit = time.monotonic() + seconds
        while groups and time.monotonic() < limit:
            time.sleep(0.02)
            end(groups, 0)


def end(groups: set[int], request: int) -> None:
    """Send a signal to those that are still there, and forget the others."""
    for group in list(groups):
        try:
            os.killpg(group, request)
        except ProcessLookupError:
            groups.discard(group)
        except PermissionError:
            with contextlib.suppress(OSError):
                os.kill(group, request)
            groups.discard(group)


if __name__ == "__main__":
    main()
