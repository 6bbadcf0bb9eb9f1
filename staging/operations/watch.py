"""Looks at staging, one after the other: what is there, its figures, its alarms, who was told."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from staging.clouds import process, webhook
from staging.errors import INVALID, NOT_SO, SUCCESS, ConfigurationError, ServiceFailed
from staging.operations.glance import Glance
from staging.operations.opening import open_clouds
from staging.rules import alerts, telling
from staging.rules.alerts import Alert, Event, State
from staging.rules.figures import ENOUGH, TRENDS, Figures, Look, figures
from staging.settings import Settings

SHORTEST, LONGEST = 1.0, 3600.0
KEPT = 600
"""Looks that are kept at most, whatever `--every` is."""
USUALLY = 4
"""Requests of each look."""
UNDELIVERED = 50
"""Messages that wait for a webhook that does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One machine as the screen shows it."""

    id: str
    state: str
    region: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One alarm: how it stands, for how many seconds, and why that is not known."""

    name: str
    state: State
    figure: str
    value: float | None
    limit: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What one look shows. `told` are messages that were taken, `untold` says why one was not."""

    target: str
    app: str
    url: str | None
    at: str
    release: int | None
    machines: tuple[Seen, ...]
    figures: Mapping[str, float]
    unknown: Mapping[str, str]
    samples: int
    budget_usd: float | None
    alerts: tuple[Standing, ...]
    told: tuple[str, ...]
    untold: str
    seconds: float

    @property
    def exit_code(self) -> int:
        """1 if an alarm is raised or about to be, 6 if the state of one is not known."""
        states = {each.state for each in self.alerts}
        if states & {State.FIRING, State.PENDING}:
            return NOT_SO
        return INVALID if State.UNKNOWN in states else SUCCESS


def once(settings: Settings) -> Watched:
    """One look, as long as it takes to have enough requests; nobody is told of anything.

    Alarms by a trend are left out: one look shows none.
    """
    watcher = _Watcher(settings)
    watcher.rules = tuple(rule for rule in watcher.rules if rule.figure not in TRENDS)
    return watcher.look(once=True)


def period(every: float) -> float:
    """Seconds between looks, or ConfigurationError: each look costs the clouds a few calls."""
    if not SHORTEST <= every <= LONGEST:
        problem = f"--every {every:g} will not do."
        raise ConfigurationError(problem, detail=f"Expected {SHORTEST:g} to {LONGEST:g} seconds.")
    return every


def watch(settings: Settings, *, every: float, show: Callable[[Watched], None]) -> None:
    """Look until the user interrupts; who is to be told of alarms is told."""
    watcher = _Watcher(settings)
    while not process.ending():
        due = time.monotonic() + every
        seen = watcher.look()
        if process.ending():
            return
        show(seen)
        while time.monotonic() < due and not process.ending():
            time.sleep(min(0.1, max(0.0, due - time.monotonic())))


@dataclass(slots=True)
class _Watcher:
    settings: Settings
    glance: Glance = field(init=False)
    rules: tuple[alerts.Rule, ...] = field(init=False)
    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=KEPT))
    standing: dict[str, Alert] = field(default_factory=dict)
    undelivered: deque[Event] = field(default_factory=lambda: deque(maxlen=UNDELIVERED))

    def __post_init__(self) -> None:
        self.rules = alerts.rules(self.settings)
        wanted = frozenset(rule.figure for rule in self.rules)
        self.glance = Glance(open_clouds(self.settings), wanted)

    def look(self, *, once: bool = False) -> Watched:
        began = time.monotonic()
        self.looks.append(self.glance.look(ENOUGH if once else USUALLY))
        found = figures(self.looks)
        at = self.looks[-1].at
        if process.ending():  # what was cut off says nothing
            return self._watched(found, at, (), "", began)
        self.standing, events = alerts.evaluate(self.rules, self.standing, found, at=at)
        told, untold = ((), "") if once else self._tell(events)
        return self._watched(found, at, told, untold, began)

    def _tell(self, events: tuple[Event, ...]) -> tuple[tuple[str, ...], str]:
        """Each once; what a webhook did not take is sent again, in its order, at the next look."""
        url = self.glance.clouds.environ.secret("STAGING_ALERT_WEBHOOK")
        if url is None:
            return (), ""
        self.undelivered.extend(events)
        if refused := telling.why_not(self.settings, url.reveal()):
            self.undelivered.clear()
            return (), refused
        told: list[str] = []
        while self.undelivered and not process.ending():
            body = telling.message(self.settings, self.undelivered[0])
            try:
                webhook.post(url, body)
            except ServiceFailed as error:
                return tuple(told), error.problem
            told.append(str(body["text"]))
            self.undelivered.popleft()
        return tuple(told), ""

    def _watched(
        self, found: Figures, at: float, told: tuple[str, ...], untold: str, began: float
    ) -> Watched:
        glance, settings = self.glance, self.settings
        return Watched(
            target=settings.target.name,
            app=settings.staging.app,
            url=glance.url,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            release=glance.release,
            machines=tuple(
                Seen(id=m.id, state=m.state, region=m.region, digest=m.digest)
                for m in glance.machines
            ),
            figures={name: round(value, 4) for name, value in found.values.items()},
            unknown=dict(found.unknown),
            samples=found.samples,
            budget_usd=settings.budget_usd,
            alerts=tuple(_standing(alert, at) for alert in self.standing.values()),
            told=told,
            untold=untold,
            seconds=round(time.monotonic() - began, 2),
        )


def _standing(alert: Alert, at: float) -> Standing:
    rule = alert.rule
    return Standing(
        name=rule.name,
        state=alert.state,
        figure=rule.figure,
        value=None if alert.value is None else round(alert.value, 4),
        limit=rule.limit,
        seconds=round(at - alert.since, 1),
        why=alert.why,
    )
