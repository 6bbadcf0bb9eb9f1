"""What a run of the workers found: step by step, and where they saturate."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from staging.rules.objectives import Outcome, Verdict
from staging.rules.queueing import FAIR, Worked, saturation


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """All steps; `limit_ms` is what tasks may wait (p95), if anything is asked."""

    steps: tuple[Worked, ...]
    limit_ms: float | None
    jobs: int
    refused: int
    name: str = "workers"

    def outcome(self, verdict: Verdict) -> Outcome:  # noqa: ARG002 - requests are not the point
        """Fail if the slowest rate is too much already, or tasks wait too long, or unfairly."""
        if not saturation(self.steps):
            return Outcome.INVALID
        return Outcome.FAIL if self._failures() else Outcome.PASS

    def reasons(self, verdict: Verdict) -> tuple[str, ...]:  # noqa: ARG002 - as above
        """Why it is not a pass."""
        if not saturation(self.steps):
            return (f"No task of {self.jobs} jobs was done.",)
        return self._failures()

    def lines(self) -> tuple[str, ...]:
        """A line for each step, and what they say together."""
        found = saturation(self.steps)
        if not found:
            return (f"{self.jobs} jobs enqueued, {self.refused} refused; no task was done.",)
        where = f"grows from {found.at:g} jobs/s on" if found.at else "never grew"
        return (
            f"Workers: {found.most:.1f} tasks/s at most, {found.bears:.1f} with a short queue; "
            f"it {where}. {self.jobs} jobs enqueued, {self.refused} refused.",
            *(_line(step) for step in self.steps),
        )

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        found = saturation(self.steps)
        return {
            "jobs": self.jobs,
            "refused": self.refused,
            "tasks_per_second": round(found.most, 3) if found else None,
            "without_queue": round(found.bears, 3) if found else None,
            "saturates_at": found.at if found else None,
            "steps": [
                {key: _number(value) for key, value in asdict(s).items()} for s in self.steps
            ],
        }

    def _failures(self) -> tuple[str, ...]:
        found, first = [], self.steps[0]
        calm = [step for step in self.steps if not step.saturated] or [first]
        waited = calm[-1].queue_p95_ms
        if first.saturated:
            found.append(f"The queue grew at the slowest rate already ({first.rate:g} jobs/s).")
        if self.limit_ms is not None and waited > self.limit_ms:
            by = 100 * (waited - self.limit_ms) / self.limit_ms
            found.append(
                f"time in queue {waited:.0f} ms > {self.limit_ms:.0f} ms ({by:+.0f} %), "
                f"p95 at {calm[-1].rate:g} jobs/s"
            )
        worst = min((s.fairness for s in calm if math.isfinite(s.fairness)), default=1.0)
        if worst < FAIR:
            found.append(f"One organisation waits for the other: fairness {worst:.2f} < {FAIR}.")
        return tuple(found)


def _line(step: Worked) -> str:
    fair = "" if math.isnan(step.fairness) else f", fairness {step.fairness:.2f}"
    back = f", {step.kept_back} jobs had no free site" if step.kept_back else ""
    return (
        f"  {step.rate:g} jobs/s: {step.done:.1f} of {step.offered:.1f} tasks/s, "
        f"{step.deepest} in the queue at most, {step.left} at the end; "
        f"in it p50 {step.queue_p50_ms:.0f}, p95 {step.queue_p95_ms:.0f} ms{fair}{back}"
    )


def _number(value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 3) if math.isfinite(value) else None
