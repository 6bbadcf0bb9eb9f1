"""Jobs have a machine each on GitHub and share one here: what measures has it for itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MEASURES = "nox -s load"


class Quiet:
    """Steps run side by side; one that measures waits for the others, and they for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._measuring = 0

    @contextmanager
    def for_step(self, run: str) -> Iterator[None]:
        """While a step runs."""
        measures = MEASURES in run
        with self._changed:
            self._measuring += measures
            self._changed.wait_for(lambda: not (self._running if measures else self._measuring))
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._measuring -= measures
                self._changed.notify_all()
