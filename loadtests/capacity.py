"""What a search for the limit found: the capacity with its interval, and lines for fly.toml."""

import math
from dataclasses import dataclass
from typing import Any

from staging.rules.knee import Bracket, Capacity, Concurrency, capacity, concurrency, patch
from staging.rules.objectives import Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One rate that was tried; `mean_ms` is how long a request stayed."""

    rate: float
    outcome: Outcome
    why: str
    p95_ms: float
    mean_ms: float

    @property
    def line(self) -> str:
        """In one line."""
        word = {"pass": "held", "fail": "broke", "invalid": "says nothing"}[self.outcome.value]
        return f"  {self.rate:.1f}/s {word}: p95 {self.p95_ms:.0f} ms" + (
            f" ({self.why})" if self.why else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """All trials and the brackets of the rounds that came to their end."""

    trials: tuple[Trial, ...]
    brackets: tuple[Bracket, ...]
    wanted: float
    machines: int
    name: str = "capacity"

    @property
    def found(self) -> Capacity | None:
        """The capacity; of a search that was cut off, what its trials leave open."""
        if whole := capacity(self.brackets):
            return whole
        held = [t.rate for t in self.trials if t.outcome is Outcome.PASS]
        broke = [t.rate for t in self.trials if t.outcome is Outcome.FAIL]
        if not held:
            return None
        high = min((rate for rate in broke if rate > max(held)), default=None)
        return capacity([Bracket(max(held), high)])

    @property
    def concurrency(self) -> Concurrency | None:
        """What follows for one machine, from how long requests stayed at the low end."""
        found = self.found
        held = [t for t in self.trials if t.outcome is Outcome.PASS and math.isfinite(t.mean_ms)]
        if not found or not held:
            return None
        nearest = min(held, key=lambda t: abs(t.rate - found.low))
        return concurrency(found, mean_ms=nearest.mean_ms, machines=self.machines)

    def outcome(self, verdict: Verdict) -> Outcome:
        """Pass if the capacity is what `requests_per_second` asks for, whatever else is open."""
        found = self.found
        if not found:
            broke = any(t.outcome is Outcome.FAIL for t in self.trials)
            return Outcome.FAIL if broke else verdict.outcome
        if found.low >= self.wanted:
            return Outcome.PASS
        open_ = found.high is None or found.high >= self.wanted
        return Outcome.INVALID if open_ else Outcome.FAIL

    def reasons(self, verdict: Verdict) -> tuple[str, ...]:
        """Why it is not a pass."""
        if self.outcome(verdict) is Outcome.PASS:
            return ()
        if not self.found:
            return tuple(t.why for t in self.trials[-1:] if t.why) or verdict.reasons
        return (f"{self._interval(self.found)} is not surely {self.wanted:.1f}/s.",)

    def lines(self) -> tuple[str, ...]:
        """Capacity, the law, the patch."""
        found, limits = self.found, self.concurrency
        if not found:
            return ("Capacity: none was found; no rate held.",)
        lines = [f"Capacity: {self._interval(found)}, by {len(self.trials)} trials."]
        if limits:
            lines += [
                f"At {found.low:.1f}/s each of {self.machines} machine(s) has {limits.held:.1f} "
                "requests at once (rate x latency). For fly.toml:",
                *(f"  {line}" for line in patch(limits).splitlines()),
            ]
        return tuple(lines)

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        found, limits = self.found, self.concurrency
        return {
            "rate": round(found.rate, 2) if found else None,
            "low": round(found.low, 2) if found else None,
            "high": round(found.high, 2) if found and found.high else None,
            "rounds": len(self.brackets),
            "machines": self.machines,
            "patch": patch(limits) if limits else None,
            "trials": [
                {
                    "rate": round(t.rate, 2),
                    "verdict": t.outcome.value,
                    "p95_ms": round(t.p95_ms, 3) if math.isfinite(t.p95_ms) else None,
                    "why": t.why,
                }
                for t in self.trials
            ],
        }

    def _interval(self, found: Capacity) -> str:
        if found.high is None:
            return f"at least {found.low:.1f}/s"
        return f"{found.rate:.1f}/s (between {found.low:.1f} and {found.high:.1f}/s)"
