import math
from dataclasses import replace
from typing import Any

import pytest

from staging.rules.saturation import CALM, Carried, remedy, users, workers

FULL = Carried(planned=1000, achieved=800, cpu=1.0, workers=1, users=20, slowest_ms=10.0)


@pytest.mark.parametrize(
    ("planned", "achieved", "cpu", "of", "needed"),
    [
        (1000, 800, 1.0, 1, 2),  # 640/s at 80 % of a core
        (1280, 640, 0.8, 1, 2),
        (1281, 640, 0.8, 1, 3),
        (5000, 1600, 1.0, 2, 8),
        (100, 90, 0.1, 3, 3),  # never fewer than there were
        (1000, 0, 1.0, 1, None),
        (1000, math.nan, 1.0, 1, None),
        (1000, 800, 0.0, 1, None),
    ],
)
def test_so_many_processes_would_carry_the_rate(
    planned: float, achieved: float, cpu: float, of: int, needed: int | None
) -> None:
    asked = replace(FULL, planned=planned, achieved=achieved, cpu=cpu, workers=of)
    assert workers(asked) == needed


def test_calm_takes_more_of_them() -> None:
    assert workers(replace(FULL, planned=800, cpu=0.6)) == 1
    assert workers(replace(FULL, planned=800, cpu=0.6), up_to=CALM) == 2


@pytest.mark.parametrize(
    ("slowest", "needed"), [(100.0, 101), (1000.0, 1001), (math.nan, None), (0.0, None)]
)
def test_so_many_users_never_lack_one(slowest: float, needed: int | None) -> None:
    assert users(replace(FULL, slowest_ms=slowest)) == needed


@pytest.mark.parametrize(
    ("change", "cores", "told"),
    [
        ({"cpu": 0.3}, 2, "More workers would not help: use a less busy computer, or a lower"),
        ({"cpu": 0.3, "slowest_ms": 50.0}, 2, "--users 51 would do, or a less busy computer."),
        ({"cpu": 0.3, "slowest_ms": 50.0, "users": 51}, 2, "More workers would not help"),
        ({"cpu": 0.3, "slowest_ms": 50.0, "users": 0}, 2, "More workers would not help"),
        ({}, 2, "--workers 2 would do; or use a lower rate."),
        ({"planned": 3000}, 2, "--workers 5 would do, on a computer of more than its 2 cores; or"),
        ({"planned": 3000}, 0, "--workers 5 would do; or"),
        ({"planned": 1e6}, 2, "Use a lower rate: it would take more than 32 workers."),
    ],
)
def test_the_remedy_fits_what_was_short(change: dict[str, Any], cores: int, told: str) -> None:
    assert remedy(replace(FULL, **change), cores=cores).startswith(told)
