"""Every drill that takes long, as it should go in the rehearsal."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from staging import settings
from tests.drills.conftest import DRILL
from tests.rehearsed.checkout import ROOT, Checkout
from tests.rehearsed.drilling import drill, put_back

Held = Callable[[str], dict[str, Any]]
IMAGES = sorted(settings.load(ROOT).drills.images)


@pytest.fixture
def held(mirror: Checkout, record_property: Callable[[str, str], None]) -> Held:
    def hold(name: str) -> dict[str, Any]:
        found: dict[str, Any] = drill(mirror, name)["drills"][0]
        record_property(DRILL, json.dumps(found))
        return found

    return hold


@pytest.mark.parametrize("name", ["connections-exhausted", "disk-full"])
def test_the_database_fails_for_a_while(held: Held, mirror: Checkout, name: str) -> None:
    assert held(name)["jobs"]["finished"] == 2
    assert put_back(mirror)


@pytest.mark.parametrize("name", ["machine-killed", "worker-killed"])
def test_a_machine_is_killed(held: Held, mirror: Checkout, name: str) -> None:
    found = held(name)
    assert found["figures"]["tasks in hand"] > 0
    assert found["jobs"]["finished"] == found["jobs"]["enqueued"]
    assert put_back(mirror)


def test_a_process_that_ignores_sigterm_is_ended(held: Held, mirror: Checkout) -> None:
    found = held("sigterm-ignored")
    figures = found["figures"]
    assert figures["seconds of the deploy over it"] > figures["kill timeout"]
    assert put_back(mirror)


@pytest.mark.parametrize("image", IMAGES)
def test_a_broken_image_does_not_stay(held: Held, mirror: Checkout, image: str) -> None:
    held(f"image-{image}")
    assert put_back(mirror)
