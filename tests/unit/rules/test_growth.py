"""Growth under steady traffic: what leaks, and what only warms up."""

import pytest

from staging.rules.growth import growing


@pytest.mark.parametrize(
    ("name", "seen", "told"),
    [
        ("connections", [2, 10, 20, 30], "connections grew from 2 to 30"),
        ("connections", [2, 6, 7, 7], None),
        ("connections", [2, 30, 30, 30], None),
        ("connections", [2, 30], None),
        ("megabytes", [80, 110, 140, 171], "megabytes grew from 80 to 171"),
        ("megabytes", [80, 85, 90, 95], None),
        ("megabytes", [], None),
    ],
)
def test_only_what_grows_all_the_time_leaks(name: str, seen: list[float], told: str | None) -> None:
    assert growing([{name: value} for value in seen]) == ((told,) if told else ())
