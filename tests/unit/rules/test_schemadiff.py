"""What of two catalogs is compared, and in whose words a difference is told."""

import pytest

from staging.inventory import Catalog
from staging.rules.schemadiff import compared, not_seen, told, verdict

ONE: Catalog = {
    ("table", "public.t"): {"row security": "true"},
    ("extension", "vector"): {"version": "0.7", "schema": "extensions"},
    ("role", "bees"): {"login": "false"},
    ("setting", "work_mem"): {"value": "4MB"},
}
OTHER: Catalog = {
    ("table", "public.t"): {"row security": "false"},
    ("table", "public.u"): {},
    ("extension", "vector"): {"version": "0.8", "schema": "extensions"},
    ("setting", "work_mem"): {"hidden": "this role may not read it"},
}


def lines(*, scratch: bool) -> list[tuple[str, str, str]]:
    found = told(compared(ONE, OTHER, scratch=scratch), ("a.sql", "staging"))
    return [(each.kind, each.name, each.what) for each in found]


def test_between_servers_all_but_their_settings_is_compared() -> None:
    assert lines(scratch=False) == [
        ("extension", "vector", "different"),
        ("role", "bees", "only in a.sql"),
        ("table", "public.t", "different"),
        ("table", "public.u", "only in staging"),
    ]


def test_a_scratch_database_has_its_servers_roles_and_versions() -> None:
    assert lines(scratch=True) == [
        ("table", "public.t", "different"),
        ("table", "public.u", "only in staging"),
    ]


def test_a_difference_has_what_each_side_says() -> None:
    found = told(compared(ONE, OTHER, scratch=True), ("a.sql", "staging"))[0]
    assert (found.attribute, found.first, found.second) == ("row security", "true", "false")


def test_what_is_not_shown_is_told_unless_it_is_no_schemas() -> None:
    hidden: Catalog = {("storage bucket", "*"): {"hidden": "no right"}, **OTHER}
    assert not_seen(ONE, hidden, ("a", "b"), scratch=True) == [
        "storage bucket *: not seen in b, no right"
    ]


@pytest.mark.parametrize(
    ("differing", "unread", "expected"),
    [(0, 0, "pass"), (1, 0, "fail"), (1, 1, "fail"), (0, 1, "invalid")],
)
def test_without_a_difference_everything_must_have_been_read(
    differing: int, unread: int, expected: str
) -> None:
    assert verdict(differing, unread) == expected
