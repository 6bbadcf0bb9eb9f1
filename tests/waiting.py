"""Waiting in tests: for what becomes so, and never for ever."""

import time
from collections.abc import Callable


def until(done: Callable[[], object], *, within: float = 20) -> None:
    """Wait until something is so; AssertionError when it does not become so."""
    limit = time.monotonic() + within
    while not done():
        assert time.monotonic() < limit, f"it did not become so in {within:g} s"
        time.sleep(0.05)
