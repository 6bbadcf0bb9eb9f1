"""Whom alarms may be told to: nobody from a target that is only somebody's trial."""

from pathlib import Path

import pytest

from staging import settings
from staging.rules.alerts import Alert, Event, Rule, State
from staging.rules.telling import message, why_not
from staging.settings import Settings

ROOT = Path(__file__).parents[3]
HERE = ["http://127.0.0.1:8/x", "http://localhost:8/x", "https://[::1]/x"]
FAR = ["https://hooks.example/T0/B0/x", "https://10.0.0.7/x", "https://127.0.0.1.example/x"]


def loaded(target: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("STAGING_TARGET", target)
    return settings.load(ROOT)


@pytest.mark.parametrize("url", [*FAR, "https://user@hooks.example/@127.0.0.1"])
def test_a_rehearsal_alarms_nobody(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = why_not(loaded("rehearsal", monkeypatch), url)
    assert "alarms nobody but this computer" in told
    assert "example" not in told


@pytest.mark.parametrize("url", HERE)
@pytest.mark.parametrize("target", ["rehearsal", "cloud"])
def test_this_computer_may_always_be_told(
    url: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert why_not(loaded(target, monkeypatch), url) == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (FAR[0], ""),
        ("http://hooks.example/x", "not encrypted"),
        ("hooks.example/x", "no http(s) address"),
        ("https://[", "no http(s) address"),
        ("https://blue-banded-bee.fly.dev/v1/jobs", "production's own address"),
        ("https://BLUE-banded-bee.fly.dev./v1/jobs", "production's own address"),
    ],
)
def test_the_clouds_target_tells_anybody_but_production(
    url: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = why_not(loaded("cloud", monkeypatch), url)
    assert (expected in told) if expected else told == ""


def test_a_message_says_what_is_wrong_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule(name="health", figure="health", below=1)
    alert = Alert(rule=rule, state=State.FIRING, since=0, value=0)
    found = message(loaded("cloud", monkeypatch), Event(alert=alert, fired=True))
    assert found["text"] == "blue-banded-bee-staging: health fired: health is 0 (alarm below 1)"
    assert (found["alert"], found["state"], found["app"]) == (
        "health",
        "fired",
        "blue-banded-bee-staging",
    )
