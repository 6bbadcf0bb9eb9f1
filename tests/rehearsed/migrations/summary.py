"""What the end of a run says about traced locks and about verdicts on known migrations."""

from collections import Counter
from collections.abc import Iterable
from statistics import median


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Found and right, of how many; nothing of what was not tried."""
    found = list(properties)
    told = []
    for name, good, what in (
        ("locks", "found", "locks: {} of {} kinds of statement lock as PostgreSQL documents"),
        (
            "verdict",
            "right",
            "migrations: {} of {} verdicts on migrations of known danger are right",
        ),
    ):
        counts = Counter(str(value) for key, value in found if key == name)
        if counts:
            told.append(what.format(counts[good], counts.total()))
    waits = [str(value).split() for key, value in found if key == "blocked"]
    if waits:
        best = max(float(each[0]) for each in waits)
        usual = median(float(each[1]) for each in waits)
        told.append(
            f"locks: held as long as a blocked session waited, to {best:.1f} ms at best, "
            f"{usual:.1f} ms in the middle"
        )
    told += [f"migrations: {value}" for key, value in found if key == "history"]
    return told
