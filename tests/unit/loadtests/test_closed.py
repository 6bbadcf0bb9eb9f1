"""Users who wait for their answers."""

from pathlib import Path

import pytest

from loadtests.closed import Closed
from loadtests.order import order
from loadtests.profile import profile, scaled
from staging.errors import ConfigurationError

ADDRESS = {"STAGING_BASE_URL": "http://127.0.0.1:1"}


def begun(*, users: int = 4, think: float = 2.0, seconds: float = 10.0) -> Closed:
    schedule = Closed(users=users, think=think, seconds=seconds)
    schedule.begin(100.0)
    return schedule


def test_users_begin_spread_over_the_first_thought() -> None:
    schedule = begun()
    dues = [slot.due for slot in (schedule.claim(100.0) for _ in range(4)) if slot]
    assert dues == [100.0, 100.5, 101.0, 101.5]


def test_the_next_request_is_due_when_its_user_has_thought() -> None:
    schedule = begun(users=1)
    schedule.claim(100.0)
    slow = schedule.claim(105.0)  # the answer took five seconds
    assert slow
    assert slow.due == 107.0
    assert schedule.depart(slow, 107.0).late_ms == 0


def test_only_what_was_asked_was_planned() -> None:
    schedule = begun(users=1)
    for now in (100.0, 101.0, 103.0):
        schedule.claim(now)
    assert (schedule.planned, schedule.claimed) == (3, 3)
    assert [schedule.due_by(second) for second in (0.0, 1.0, 4.0, 9.0)] == [0, 1, 2, 3]


def test_nobody_asks_after_the_end() -> None:
    schedule = begun(users=1)
    schedule.claim(100.0)
    assert schedule.claim(108.5) is None
    schedule.close()
    assert schedule.claim(101.0) is None


def test_the_rate_of_the_closed_model_is_what_its_users_make() -> None:
    found = profile("users")
    assert found.rate == 20
    assert scaled(found, rate=None, seconds=None, users=50).rate == 50
    with pytest.raises(ConfigurationError, match="--rate cannot be given"):
        order(["--profile", "users", "--rate", "5"], ADDRESS)
    with pytest.raises(ConfigurationError, match="carried by one process"):
        order(["--profile", "users", "--workers", "2"], ADDRESS)


@pytest.mark.parametrize("wrong", ["think_seconds = 0", 'kind = "benchmark"\nthink_seconds = 1'])
def test_a_closed_model_without_thought_or_stages_is_refused(tmp_path: Path, wrong: str) -> None:
    kind = "" if "kind" in wrong else 'kind = "stages"\n'
    own = f'about = "x"\n{kind}model = "closed"\nusers = 2\nmix = "reads"\n{wrong}\n'
    stage = "[[stages]]\nseconds = 1\nstart_rate = 1\nend_rate = 1\n"
    (tmp_path / "mine.toml").write_text(own + stage)
    with pytest.raises(ConfigurationError, match="closed model"):
        profile(str(tmp_path / "mine.toml"))
