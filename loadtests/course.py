"""What has happened in a run so far, so that an interrupted one can still tell it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from loadtests.engine import Effort
from loadtests.latency import Recorder
from loadtests.ledger import Ledger
from loadtests.live import Now, View
from loadtests.mix import Errand, Omitted
from loadtests.order import Order
from loadtests.resources.explanation import Explanation
from loadtests.result import Special
from loadtests.schedule import Schedule
from loadtests.site import Site
from loadtests.visitor import Plan
from staging.rules.objectives import Figure
from staging.secret import Secret


@dataclass(slots=True)
class Course:
    """One run. `lost` are the objectives for which it was ended early."""

    url: str
    schedule: Schedule
    errands: tuple[Errand, ...]
    domain: str | None = None
    forwarded: bool = True
    token: Secret | None = None
    job: str | None = None
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    recorder: Recorder = field(default_factory=Recorder)
    effort: Effort = field(default_factory=Effort)
    ledger: Ledger = field(default_factory=Ledger)
    site: Site | None = None
    not_run: tuple[Omitted, ...] = ()
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lost: tuple[str, ...] = ()
    partial: bool = False
    special: Special | None = None
    missing: int = 0
    crew: list[dict[str, Any]] = field(default_factory=list)
    resources: dict[str, Figure] = field(default_factory=dict)
    explanation: Explanation = field(default_factory=Explanation)
    view: View = field(default_factory=View)

    def plan(
        self,
        order: Order,
        errands: Iterator[Errand],
        *,
        schedule: Schedule | None = None,
        over: Callable[[], bool] = bool,
    ) -> Plan:
        """What the users of the engine share."""
        due = schedule or self.schedule

        def tell(recorder: Recorder, passed: float, interval: float) -> None:
            self.view.tell(
                Now(
                    passed=passed,
                    seconds=due.seconds,
                    interval=interval,
                    planned=due.rate_at(passed),
                    latest=recorder.latest(),
                    errors=recorder.errors,
                )
            )

        return Plan(
            url=self.url,
            users=order.users,
            schedule=due,
            tell=tell,
            errands=errands,
            token=self.token,
            job=self.job,
            domain=self.domain,
            forwarded=self.forwarded,
            ledger=self.ledger,
            over=over,
            recorder=self.recorder,
            every=self.view.every,
        )
