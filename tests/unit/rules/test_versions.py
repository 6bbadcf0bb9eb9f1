import pytest

from staging.rules.versions import dotted, versions_tested, warning


@pytest.mark.parametrize(
    ("program", "found", "told"),
    [
        ("supabase", (3, 1, 0), ""),
        ("supabase", (2, 110, 3), ""),
        ("supabase", (3, 2, 0), "newer than the versions tested (2.103.0, 2.122.1, 3.1.0)"),
        ("supabase", (2, 102, 9), "older than the versions tested"),
        ("flyctl", (0, 4, 87), ""),
        ("flyctl", (0, 4, 88), "flyctl 0.4.88 is newer than the versions tested (0.4.87)"),
    ],
)
def test_versions_outside_of_those_tested_are_told(
    program: str, found: tuple[int, ...], told: str
) -> None:
    assert told in warning(program, found)
    assert bool(told) == bool(warning(program, found))


def test_versions_are_listed_oldest_first() -> None:
    assert all(list(known) == sorted(known) for known in versions_tested().values())
    assert dotted(versions_tested()["supabase"][-1]) == "3.1.0"
