"""Ports for servers that are about to start.

Between asking for a port and listening on it another program may take it. So none comes from the
range that the kernel hands out by itself (to any program that connects, too), and a process walks
through its own stretch: two processes meet only where both stand at the same number at once.
"""

import itertools
import os
import socket

FIRST, END, STRIDE = 12_000, 32_000, 97
_walk = itertools.cycle(range(FIRST, END))
next(itertools.islice(_walk, os.getpid() * STRIDE % (END - FIRST), None))


def free() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that this process has not given before."""
    found = next((port for port in itertools.islice(_walk, END - FIRST) if is_free(port)), None)
    if found is None:
        raise OSError("no free port on 127.0.0.1")
    return found


def is_free(port: int) -> bool:
    """Whether a server can listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
