"""Whether what a hundred workers recorded is whole once it is merged, and what that costs.

`python -m benchmarks.merging`: each worker's record goes through what the wire carries, and every
percentile is held against that of all latencies in one list.
"""

import random
import sys
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, exit_code
from loadtests.latency import SPREAD, Recorder, at
from loadtests.schedule import Departure
from loadtests.wire import heard, line, packed, unpacked

WORKERS, EACH = 100, 2000


def figures() -> Iterator[Figure]:
    """One: differences, of how many values, in how many ms."""
    records, every = _records()
    sent = [line("result", measured=packed(record)) for record in records]
    began = time.perf_counter()
    merged = Recorder()
    for raw in sent:
        merged.add(unpacked(heard(raw)["measured"]))
    took = 1000 * (time.perf_counter() - began)
    found = sorted(ms for tally in merged.tallies.values() for ms in tally.due)
    off = sum(at(found, fraction) != at(every, fraction) for fraction in (*SPREAD, 1.0))
    off += sum(one != other for one, other in zip(found, every, strict=True))
    yield Figure(
        name=f"merge of {WORKERS} workers' {len(every):,} latencies",
        seen=f"{off} differences, {took:.0f} ms",
        wanted="exact",
        kept=not off,
    )


def _records() -> tuple[list[Recorder], list[float]]:
    chance, records = random.Random(8), []
    every: list[float] = []
    for _ in range(WORKERS):
        record = Recorder()
        for number in range(EACH):
            departure = Departure(late_ms=chance.random(), foreseen=True, in_time=True, at=number)
            took = chance.lognormvariate(2, 2)
            name = chance.choice(("GET /health", "GET /v1/jobs"))
            record.record(name, departure=departure, took_ms=took, error="")
            every.append(departure.late_ms + took)
        records.append(record)
    return records, sorted(every)


if __name__ == "__main__":
    sys.exit(exit_code(figures()))
