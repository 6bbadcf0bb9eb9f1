import math

import pytest

from staging.rules.saturation import remedy, workers


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
    assert workers(planned=planned, achieved=achieved, cpu=cpu, of=of) == needed


@pytest.mark.parametrize(
    ("planned", "cpu", "cores", "told"),
    [
        (1000, 0.3, 2, "Use more users, or a less busy computer."),
        (1000, 1.0, 2, "--workers 2 would do; or use a lower rate."),
        (3000, 1.0, 2, "--workers 5 would do, on a computer of more than its 2 cores; or use"),
        (3000, 1.0, 0, "--workers 5 would do; or"),
        (1e6, 1.0, 2, "Use a lower rate: it would take more than 32 workers."),
    ],
)
def test_the_remedy_fits_what_was_short(planned: float, cpu: float, cores: int, told: str) -> None:
    assert remedy(planned=planned, achieved=800, cpu=cpu, of=1, cores=cores).startswith(told)
