"""The jobs that the run creates, so that it can end them all again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loadtests.greenlets import Pool, patience, sleep

AT_ONCE = 10


class Ledger:
    """Every job of the run, and how many creations have not been answered yet."""

    def __init__(self) -> None:
        self._jobs: list[str] = []
        self._unanswered = 0

    def add(self, job: str) -> None:
        """Remember a job to be ended."""
        self._jobs.append(job)

    @contextmanager
    def creating(self) -> Iterator[None]:
        """Around a creation: until it is over, a job may exist whose id is not known."""
        self._unanswered += 1
        try:
            yield
        finally:
            self._unanswered -= 1

    def settle(self, *, seconds: float) -> None:
        """Wait until no creation is unanswered, but not for longer than `seconds`."""
        with patience(seconds):
            while self._unanswered:
                sleep(0.02)

    def clear(self, cancel: Callable[[str, int], bool], *, seconds: float) -> int:
        """End every job by `cancel(job, number)`, the newest first; how many could not be ended."""
        pool = Pool(AT_ONCE)

        def end(number: int, job: str) -> None:
            if cancel(job, number):
                self._jobs.remove(job)

        with patience(seconds):
            for number, job in enumerate(reversed(tuple(self._jobs))):
                pool.spawn(end, number, job)
            pool.join()
        pool.kill()
        return len(self._jobs)
