"""A process that does not end when it is asked to, or that grows."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rehearsal.application.faults import Faults

GROWS_BY = 10  # MB a second
MOST = 300  # MB: enough to be seen, and no danger to a small machine that runs the rehearsal
_STEPS = 5  # a second
_MEGABYTE = 1_000_000


@asynccontextmanager
async def process(faults: Faults) -> AsyncIterator[None]:
    """The process while it serves."""
    if "ignores-sigterm" in faults:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # uvicorn has set its own handler by now
    growing = asyncio.create_task(_grow()) if "leaks-memory" in faults else None
    yield
    if growing is not None:
        growing.cancel()


async def _grow() -> None:
    kept: list[bytes] = []
    step = GROWS_BY * _MEGABYTE // _STEPS
    while len(kept) * step < MOST * _MEGABYTE:
        kept.append(b"x" * step)  # written, for what is only reserved is not resident
        await asyncio.sleep(1 / _STEPS)
    await asyncio.Event().wait()
