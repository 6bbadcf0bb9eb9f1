"""What a run has made and must end, whatever became of the run."""

from collections.abc import Callable
from threading import Lock

from smoke.answer import Answer
from smoke.evidence import Evidence


class Endings:
    """A list of last requests, made newest first; what they could not end is told."""

    def __init__(self) -> None:
        self._last: list[tuple[str, Callable[[], Answer]]] = []
        self._made: list[tuple[str, str]] = []
        self._lock = Lock()

    def add(self, thing: str, request: Callable[[], Answer]) -> None:
        """Have this end the thing when the run is over; 404 and 409 mean that it has ended."""
        with self._lock:
            self._last.append((thing, request))

    def make(self, kind: str, id_: str) -> None:
        """Note what a run has made: its rows can be removed where there is a database to ask."""
        with self._lock:
            self._made.append((kind, id_))

    def made(self, kind: str) -> list[str]:
        """The ids of what was made of one kind."""
        with self._lock:
            return [id_ for of, id_ in self._made if of == kind]

    def run(self) -> list[str]:
        """End everything; the sentences name what is left behind."""
        left = []
        while self._last:
            thing, request = self._last.pop()
            try:
                request().expect(200, 204, 404, 409)
            except Evidence as evidence:
                left.append(f"{thing} is left behind: {evidence}")
        return left
