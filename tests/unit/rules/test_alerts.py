"""Alarms step by step: pending, raised, over; and what is not known clears nothing."""

from pathlib import Path

import pytest

from staging import settings
from staging.errors import ConfigurationError
from staging.rules.alerts import Alert, Event, Rule, State, evaluate, rules
from staging.rules.figures import NAMES, Figures

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / "staging.toml").read_text()
HEALTH = Rule(name="health", figure="health", below=1, for_seconds=10)
UNKNOWN = None


def told(steps: list[tuple[float, float | None]]) -> tuple[list[str], list[tuple[float, bool]]]:
    """The states and events of one rule, for looks at (second, value)."""
    standing: dict[str, Alert] = {}
    states, seen = [], []
    for at, value in steps:
        known = {} if value is None else {"health": value}
        found = Figures(values=known, unknown={}, samples=0)
        standing, events = evaluate([HEALTH], standing, found, at=at)
        states.append(str(standing["health"].state))
        seen += [(at, event.fired) for event in events]
    return states, seen


@pytest.mark.parametrize(
    ("steps", "states", "events"),
    [
        ([(0, 1), (5, 1)], ["clear", "clear"], []),
        ([(0, 0), (9, 0)], ["pending", "pending"], []),
        ([(0, 0), (10, 0)], ["pending", "firing"], [(10, True)]),
        ([(0, 0), (5, 1), (12, 0)], ["pending", "clear", "pending"], []),
        (
            [(0, 0), (10, 0), (15, 0), (20, 1), (25, 1)],
            ["pending", "firing", "firing", "clear", "clear"],
            [(10, True), (20, False)],
        ),
        ([(0, UNKNOWN), (60, UNKNOWN)], ["unknown", "unknown"], []),
        (
            [(0, 0), (10, 0), (15, UNKNOWN), (20, 1)],
            ["pending", "firing", "firing", "clear"],
            [(10, True), (20, False)],
        ),
        ([(0, 0), (8, UNKNOWN), (12, 0)], ["pending", "unknown", "pending"], []),
    ],
)
def test_an_alarm_goes_from_pending_to_raised_to_over(
    steps: list[tuple[float, float | None]], states: list[str], events: list[tuple[float, bool]]
) -> None:
    assert told(steps) == (states, events)


def test_a_rule_without_a_time_is_raised_at_once() -> None:
    rule = Rule(name="cost", figure="monthly_usd", above=70)
    found = Figures(values={"monthly_usd": 70.01}, unknown={}, samples=0)
    now, events = evaluate([rule], {}, found, at=3.0)
    assert events == (Event(alert=now["cost"], fired=True),)
    assert now["cost"] == Alert(rule=rule, state=State.FIRING, since=3.0, value=70.01)


def test_a_value_at_its_limit_is_within_it() -> None:
    assert not Rule(name="cost", figure="monthly_usd", above=70).broken(70)
    assert not HEALTH.broken(1)


def loaded(folder: Path, alerts: str) -> dict[str, Rule]:
    (folder / "staging.toml").write_text(f"{SHIPPED}\n{alerts}")
    return {rule.name: rule for rule in rules(settings.load(folder))}


def test_the_usual_rules_are_by_figures_that_there_are(tmp_path: Path) -> None:
    found = loaded(tmp_path, "")
    assert len(found) == 10
    assert {rule.figure for rule in found.values()} <= NAMES.keys()
    assert found["p95"].above == 800
    assert found["cost"].above == 70


def test_staging_toml_changes_adds_and_turns_off(tmp_path: Path) -> None:
    own = "[alerts.p95]\nabove = 99\n[alerts.memory]\noff = true\n"
    own += '[alerts.deep]\nfigure = "queue"\nabove = 1000\nfor_seconds = 30\n'
    found = loaded(tmp_path, own)
    assert (found["p95"].above, found["p95"].for_seconds) == (99, 60)
    assert "memory" not in found
    assert found["deep"] == Rule(name="deep", figure="queue", above=1000, for_seconds=30)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ('[alerts.deep]\nfigure = "queu"\nabove = 1\n', 'did you mean "queue"'),
        ("[alerts.depth]\nabove = 1\n", "there is no figure 'depth'"),
        ('[alerts.deep]\nfigure = "queue"\n', "it has no limit"),
        ("[alerts.p95]\nabov = 1\n", 'did you mean "above"'),
        ("[alerts.p95]\nabove = inf\n", "alerts.p95.above"),
    ],
)
def test_a_rule_that_could_never_be_raised_is_a_mistake(
    tmp_path: Path, own: str, expected: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, own)
    assert expected in str(caught.value)
