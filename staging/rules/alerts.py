"""When an alarm is raised, and when it is over: pure, one step for each look at staging."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from staging.errors import ConfigurationError
from staging.rules.figures import NAMES, Figures
from staging.settings import Settings
from staging.settings.checks import nearest


class State(StrEnum):
    """How an alarm stands; unknown is never clear."""

    CLEAR = "clear"
    PENDING = "pending"
    FIRING = "firing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An alarm is raised once its figure has been above or below the limit for so long."""

    name: str
    figure: str
    above: float | None = None
    below: float | None = None
    for_seconds: float = 0.0

    def broken(self, value: float) -> bool:
        """Whether the value is beyond the limit."""
        over = self.above is not None and value > self.above
        return over or (self.below is not None and value < self.below)

    @property
    def limit(self) -> str:
        """What is out of bounds, in words."""
        told = {"above": self.above, "below": self.below}
        return " or ".join(f"{word} {value:g}" for word, value in told.items() if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule and how it stands; `since` is when it came to stand so, `value` the newest known."""

    rule: Rule
    state: State
    since: float
    value: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An alarm that was raised (`fired`), or is over."""

    alert: Alert
    fired: bool


def usual(settings: Settings) -> tuple[Rule, ...]:
    """What holds unless [alerts] says otherwise; limits that are settings elsewhere are those."""
    goals = settings.objectives
    found = [
        Rule(name="health", figure="health", below=1, for_seconds=10),
        Rule(name="machines", figure="machines_down", above=0, for_seconds=20),
        Rule(name="p95", figure="p95_ms", above=goals.p95_ms, for_seconds=60),
        Rule(name="errors", figure="error_rate", above=goals.error_rate, for_seconds=60),
        Rule(name="connections", figure="connections", above=0.8, for_seconds=60),
        Rule(name="memory", figure="memory", above=0.9, for_seconds=120),
        Rule(name="certificate", figure="certificate_hours", above=settings.parity.valid_hours),
        Rule(name="blind", figure="blind", above=0, for_seconds=120),
    ]
    if settings.watch.queue:
        found.append(Rule(name="queue", figure="queue_growth", above=10, for_seconds=120))
    if settings.budget_usd is not None:
        found.append(Rule(name="cost", figure="monthly_usd", above=settings.budget_usd))
    return tuple(found)


def rules(settings: Settings) -> tuple[Rule, ...]:
    """The usual rules with what [alerts] changes, adds and turns off."""
    found = {rule.name: rule for rule in usual(settings)}
    for name, alarm in settings.watch.alarms.items():
        known = found.pop(name, None)
        if alarm.off:
            continue
        figure = alarm.figure or (known.figure if known else name)
        if figure not in NAMES:
            problem = f"staging.toml: alerts.{name}: there is no figure {figure!r}"
            raise ConfigurationError(
                f"{problem}{nearest(figure, NAMES)}.", detail=f"Expected one of {', '.join(NAMES)}."
            )
        rule = replace(known, figure=figure) if known else Rule(name=name, figure=figure)
        if alarm.above is not None or alarm.below is not None:
            rule = replace(rule, above=alarm.above, below=alarm.below)
        if alarm.for_seconds is not None:
            rule = replace(rule, for_seconds=alarm.for_seconds)
        if not rule.limit:
            problem = f"staging.toml: alerts.{name}: it has no limit."
            raise ConfigurationError(problem, detail="Expected above or below.")
        found[name] = rule
    return tuple(found.values())


def evaluate(
    asked: Iterable[Rule], before: Mapping[str, Alert], found: Figures, *, at: float
) -> tuple[dict[str, Alert], tuple[Event, ...]]:
    """How each rule stands now, given how it stood, and what has begun or ended by it."""
    now = {rule.name: _stands(rule, before.get(rule.name), found, at=at) for rule in asked}
    events = []
    for name, alert in now.items():
        fired, was = alert.state is State.FIRING, before.get(name)
        firing_before = was is not None and was.state is State.FIRING
        if fired != firing_before:
            events.append(Event(alert=alert, fired=fired))
    return now, tuple(events)


def _stands(rule: Rule, was: Alert | None, found: Figures, *, at: float) -> Alert:
    """A figure that is not known changes nothing of an alarm that was raised, and clears none."""
    value, why = found.values.get(rule.figure), found.unknown.get(rule.figure, "")
    if value is None:
        if was is not None and was.state is State.FIRING:
            return replace(was, why=why or "not known any more")
        state = State.UNKNOWN
    elif not rule.broken(value):
        state = State.CLEAR
    else:
        return _beyond(rule, was, value, at=at)
    since = was.since if was is not None and was.state is state else at
    return Alert(rule=rule, state=state, since=since, value=value, why=why)


def _beyond(rule: Rule, was: Alert | None, value: float, *, at: float) -> Alert:
    """Pending from the first look on that saw it, firing once that is long enough ago."""
    if was is not None and was.state is State.FIRING:
        return replace(was, value=value, why="")
    since = was.since if was is not None and was.state is State.PENDING else at
    if at - since >= rule.for_seconds:
        return Alert(rule=rule, state=State.FIRING, since=at, value=value)
    return Alert(rule=rule, state=State.PENDING, since=since, value=value)
