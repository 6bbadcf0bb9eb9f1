"""What was asked and answered in a run, kept for the report: bounded, and without a token."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from smoke.answer import Answer

LONGEST = 2000
"""Characters of a body that are kept."""

WHOLE = 3
"""Successes of one endpoint whose bodies are kept; all that fails is."""

MOST = 5000
CHECK = "check"
"""What threads that work for the running check are named after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request; `at` is seconds since the run began, `status` None where no answer came.

    `of` is the check or the journey that asked, `sent` and `got` the bodies as far as they are
    kept, `caller` nobody or a user.
    """

    at: float
    of: str
    caller: str
    request: str
    target: str
    status: int | None
    seconds: float
    sent: str
    got: str


@dataclass(slots=True)
class Exchanges:
    """All of a run; several threads write."""

    check: str = ""
    all: list[Exchange] = field(default_factory=list)
    _begun: float = field(default_factory=time.monotonic)
    _seen: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(
        self, request: str, target: str, *, caller: str, sent: bytes | None, answer: Answer | None
    ) -> None:
        """Keep one; no `answer` means that none came."""
        status = answer.status if answer else None
        with self._lock:
            self._seen[(request, status)] += 1
            good = status is not None and status < 400
            whole = not good or self._seen[(request, status)] <= WHOLE
            if len(self.all) < MOST:
                self.all.append(
                    Exchange(
                        at=time.monotonic() - self._begun - (answer.seconds if answer else 0),
                        of=self._who(),
                        caller=caller,
                        request=request,
                        target=target,
                        status=status,
                        seconds=answer.seconds if answer else 0.0,
                        sent=_text(sent)[:LONGEST] if whole else "",
                        got=answer.text[:LONGEST] if answer and whole else "",
                    )
                )

    def _who(self) -> str:
        thread = threading.current_thread()
        name = thread.name.partition("_")[0]
        return self.check if thread is threading.main_thread() or name == CHECK else name


def _text(sent: bytes | None) -> str:
    return (sent or b"").decode(errors="replace")
