"""Where a drill happens: staging as it is, traffic on it, and what is to be told of it."""

from dataclasses import dataclass, field

from staging.clouds.postgres import Address
from staging.errors import StagingError
from staging.inventory import App, Machine, Project
from staging.operations.drills.accounts import Account
from staging.operations.drills.jobs import Jobs
from staging.operations.drills.putback import Journal
from staging.operations.drills.records import Check, Verdict
from staging.operations.drills.traffic import Traffic
from staging.operations.journal import Change
from staging.operations.opening import Clouds
from staging.operations.steps import until
from staging.rules import recovery
from staging.settings import Settings

RECOVERS = 30.0  # seconds


@dataclass(slots=True)
class Scene:
    """All that a drill is given; `begin` is its moment, `check` what it says in the end.

    `memory` is what the drills of one run tell one another.
    """

    clouds: Clouds
    app: App
    url: str
    project: Project
    where: Address
    machines: tuple[Machine, ...]
    accounts: tuple[Account, ...]
    traffic: Traffic
    jobs: Jobs
    journal: Journal
    change: Change | None
    memory: dict[str, float]
    checks: list[Check] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    _sign: float | None = None

    @property
    def settings(self) -> Settings:
        """Staging's, or the preview's."""
        return self.clouds.settings

    @property
    def name(self) -> str:
        """The app's."""
        return self.app.name

    def begin(self) -> None:
        """The accident happens now."""
        self.traffic.begin()

    def sign(self) -> None:
        """Something else than a request told of the accident, now."""
        if self._sign is None:
            self._sign = self.traffic.seconds()

    def check(self, what: str, *, seen: bool | None, told: str = "") -> None:
        """What was expected, and whether it was seen; None where that cannot be told."""
        verdict: Verdict = "invalid" if seen is None else "pass" if seen else "fail"
        self.checks.append(Check(what=what, verdict=verdict, told=told))

    def recovers(self, *, within: float = RECOVERS) -> None:
        """Wait for good answers in a row, and say whether they came."""
        what = f"all answers are good again within {within:g} s"
        try:
            until(self._well, what="Good answers in a row", limit=within)
        except StagingError as error:
            self.check(what, seen=False, told=error.detail)
        else:
            self.check(what, seen=True, told=f"after {self.measured().recovered} s")

    def _well(self) -> str | None:
        seen = self.traffic.settled()
        if seen is None and self.measured().recovered is None:
            return "not enough answers since"
        return seen

    def measured(self) -> recovery.Measured:
        """The times, as far as they are known by now."""
        return recovery.measured(self.traffic.samples(), sign=self._sign)

    def errors_are_clean(self) -> None:
        """No answer told of SQL, hosts, paths or stacks."""
        bad = [s for s in self.traffic.samples() if s.told.startswith("status")]
        leaks = [f"{s.kind}: {s.told}" for s in bad if recovery.inner(s.told)]
        told = leaks[0] if leaks else f"{len(bad)} errors read"
        self.check("no error tells of the inside", seen=not leaks, told=told)

    def bad(self, kind: str) -> list[recovery.Sample]:
        """The requests of a kind that were not good since the accident."""
        found = self.traffic.samples()
        return [s for s in found if s.kind == kind and not s.good and s.answered >= 0]
