"""Put on PYTHONPATH, this kills `invoke` with -9 at the boundary of a step that KILL_AT names.

`begin:NAME` is before the step's work, `end:NAME` after it and before anybody knows.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

MOMENT, _, STEP = os.environ.get("KILL_AT", "").partition(":")

if MOMENT and "invoke" in sys.orig_argv:
    sys.path.insert(0, str(Path.cwd()))
    from staging.operations.steps import Steps

    _add = Steps.add

    def add(
        self: Steps, name: str, action: Callable[[], object], *, after: Iterable[str] = ()
    ) -> None:
        def killed() -> None:
            if MOMENT == "end":
                action()
            os.kill(os.getpid(), signal.SIGKILL)

        _add(self, name, killed if name == STEP else action, after=after)

    Steps.add = add  # type: ignore[method-assign]
