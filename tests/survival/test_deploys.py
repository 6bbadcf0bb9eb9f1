"""A deploy that is cut off at any moment is finished or undone by the next command."""

import json
import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.rehearsed.checkout import Checkout, checkout

IMAGE = "registry.fly.io/blue-banded-bee:{}"
STAGING = "blue-banded-bee-staging"
BAD, GOOD = "broken-endpoint", "deployment-02"
MOMENTS = (0.0, 0.5, 1.5, 4.0, 9.0)  # seconds after the deploy was put on record
NEXT = {"rollback": ("rollback",), "deploy": ("deploy", "--image", IMAGE.format(GOOD))}


@pytest.fixture(scope="module")
def mirror() -> Iterator[Checkout]:
    with checkout() as made:
        assert made.run("invoke", "provision").returncode == 0
        yield made


def begun(made: Checkout) -> None:
    """Wait until the deploy is on record."""
    limit = time.monotonic() + 60
    while not (made.root / ".staging" / f"deploying-{STAGING}.json").exists():
        assert time.monotonic() < limit
        time.sleep(0.01)


def status(made: Checkout) -> tuple[int, dict[str, object]]:
    done = made.run("invoke", "status", "--json")
    return done.returncode, json.loads(done.stdout)


CASES = [
    pytest.param(
        *(after, how, then),
        marks=pytest.mark.quick if (after, how, then) == (1.5, signal.SIGKILL, "rollback") else (),
    )
    for after in MOMENTS
    for how in (signal.SIGINT, signal.SIGKILL)
    for then in NEXT
]


@pytest.mark.parametrize(("after", "how", "then"), CASES)
def test_a_deploy_that_was_cut_off_leaves_no_half(
    mirror: Checkout, after: float, how: signal.Signals, then: str
) -> None:
    _, before = status(mirror)
    running = mirror.start("invoke", "deploy", "--image", IMAGE.format(BAD))
    begun(mirror)
    time.sleep(after)
    os.killpg(running.pid, how)
    running.communicate(timeout=60)
    done = mirror.run("invoke", *NEXT[then])
    assert done.returncode == 0, done.stdout + done.stderr
    code, now = status(mirror)
    assert code == 0, now
    machines = now["machines"]
    assert isinstance(machines, list)
    assert len(machines) == len(before["machines"])  # type: ignore[arg-type]
    assert len({machine["digest"] for machine in machines}) == 1
    assert not (mirror.root / ".staging" / f"deploying-{STAGING}.json").exists()
