"""Requests sent a second time because the platform may be waking; each is told, none is hidden."""

import threading
import time
from dataclasses import dataclass, field

from smoke.answer import Answer

PAUSE = 0.25
FROM_THE_PROXY = (502, 503)
REPEATABLE = frozenset({"GET", "HEAD"})


@dataclass(slots=True)
class Again:
    """`seconds` is what the whole run may wait in this way; what is slower has failed."""

    seconds: float = 10.0
    _noted: list[tuple[int, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may(self, where: str, why: str) -> bool:
        """Whether to ask once more, after a pause that this has taken."""
        with self._lock:
            if self.seconds < PAUSE:
                return False
            self.seconds -= PAUSE
            self._noted.append((threading.get_ident(), f"{where}: {why}"))
        time.sleep(PAUSE)
        return True

    def mine(self) -> list[str]:
        """What this thread asked again since it was last told of it."""
        me = threading.get_ident()
        with self._lock:
            found = [said for thread, said in self._noted if thread == me]
            self._noted = [noted for noted in self._noted if noted[0] != me]
        return list(dict.fromkeys(found))

    def others(self) -> list[str]:
        """What is left at the end: what journeys asked again."""
        with self._lock:
            return list(dict.fromkeys(said for _, said in self._noted))


def not_yet(answer: Answer, method: str) -> str:
    """Why an answer is the proxy's, that had no application to ask; or nothing.

    The application itself says 503 in JSON. What changes something is not sent twice.
    """
    from_proxy = answer.status in FROM_THE_PROXY and answer.body is None
    return f"{answer.status} from the proxy" if from_proxy and method in REPEATABLE else ""
