"""How soon an accident shows in steady traffic, and how soon all is well again. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

IN_A_ROW = 12
"""Good answers that it takes: three of each kind of request."""

INNER = re.compile(
    r"Traceback|goroutine \d|panic:|SQLSTATE|psycopg|pgx|postgres(?:ql)?://|\bat 0x|\.(?:py|go):\d"
    r"|127\.0\.0\.1|supabase\.co|\b(?:select|insert|update|delete)\b.+\b(?:from|into|set)\b",
    re.IGNORECASE,
)
"""What an error must not tell: no SQL, host, path or stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One request: when it was sent and answered, in seconds since the accident began."""

    kind: str
    sent: float
    answered: float
    good: bool
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds from the accident to the first sign of it, and to the first of the good answers.

    `detected` is None where nothing showed, `recovered` where it did not end in good answers.
    """

    requests: int
    lost: int
    detected: float | None
    recovered: float | None
    signs: tuple[str, ...] = ()


def measured(samples: Sequence[Sample], *, sign: float | None = None) -> Measured:
    """Read the samples of one drill; `sign` is when something else first told of it."""
    after = sorted((s for s in samples if s.answered >= 0), key=lambda s: s.answered)
    bad = [s for s in after if not s.good]
    first = min((s.answered for s in bad), default=None)
    known = [each for each in (first, sign) if each is not None]
    kinds = dict.fromkeys(f"{s.kind}: {s.told}" for s in bad)
    return Measured(
        requests=len(samples),
        lost=sum(not s.good for s in samples),
        detected=round(min(known), 2) if known else None,
        recovered=_recovered(after),
        signs=tuple(kinds)[:8],
    )


def _recovered(after: Sequence[Sample]) -> float | None:
    """When the last of the kinds that were bad was first good again, if all stayed good then."""
    last = max((s.answered for s in after if not s.good), default=-1.0)
    if sum(s.answered > last for s in after) < IN_A_ROW:
        return None
    first = [0.0]
    for kind in {s.kind for s in after if not s.good}:
        own = [s for s in after if s.kind == kind]
        bad = max(n for n, s in enumerate(own) if not s.good)
        if bad == len(own) - 1:
            return None
        first.append(own[bad + 1].answered)
    return round(max(first), 2)


def settled(samples: Sequence[Sample]) -> bool:
    """Whether the newest answers are all good, so many in a row."""
    newest = sorted(samples, key=lambda s: s.answered)[-IN_A_ROW:]
    return len(newest) == IN_A_ROW and all(s.good for s in newest)


def inner(told: str) -> str:
    """What an error tells of the inside, if it does."""
    found = INNER.search(told)
    return found[0][:60] if found else ""
