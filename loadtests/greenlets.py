"""What is used of gevent, in one place, because it ships no types."""

from gevent import (  # type: ignore[import-untyped]  # see above
    Timeout,
    getcurrent,
    kill,
    signal_handler,
    sleep,
    spawn,
)
from gevent.event import Event  # type: ignore[import-untyped]  # see above
from gevent.fileobject import FileObject  # type: ignore[import-untyped]  # see above
from gevent.lock import BoundedSemaphore  # type: ignore[import-untyped]  # see above
from gevent.pool import Pool  # type: ignore[import-untyped]  # see above

__all__ = [
    "BoundedSemaphore",
    "Event",
    "FileObject",
    "Pool",
    "Timeout",
    "getcurrent",
    "kill",
    "patience",
    "signal_handler",
    "sleep",
    "spawn",
]


def patience(seconds: float) -> Timeout:
    """A time limit that ends its block in silence; a bare Timeout raises."""
    return Timeout(seconds, False)  # noqa: FBT003 - gevent's way to say so
