"""Ctrl-C and SIGTERM: each ends the run at once, and only the first counts.

What follows the first is short and must not be cut: jobs are cancelled, the report is written.
"""

import signal

from loadtests.greenlets import getcurrent, kill, signal_handler


def expect_interruption() -> None:
    """From now on the first signal raises KeyboardInterrupt in the calling greenlet."""
    runner = getcurrent()
    received: list[int] = []

    def interrupt(number: int) -> None:
        if not received:
            kill(runner, KeyboardInterrupt())
        received.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal_handler(number, interrupt, number)
