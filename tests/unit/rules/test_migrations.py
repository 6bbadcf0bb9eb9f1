"""Files of migrations beside a history."""

import pytest

from staging.rules.migrations import head, pending, untried, version


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("20260105090000_accounts.sql", "20260105090000"),
        ("0001_a_b.sql", "0001"),
        ("20260105090000.sql", None),
        ("20260105090000_accounts.sql.bak", None),
        ("notes_20260105.sql", None),
    ],
)
def test_a_version_is_the_number_before_the_name(name: str, found: str | None) -> None:
    assert version(name) == found


def test_what_the_history_lacks_is_pending_in_order() -> None:
    files = ["3_c.sql", "1_a.sql", "README.md", "2_b.sql"]
    assert pending(files, ["1"]) == ("2_b.sql", "3_c.sql")
    assert pending(files, ["3", "2", "1"]) == ()
    assert pending([], ["1"]) == ()


def test_the_head_is_the_newest() -> None:
    assert head(["1", "3", "2"]) == "3"
    assert head([]) == ""


def test_what_production_would_get_without_a_trial_is_named() -> None:
    assert untried(["1", "2"], ["1_a.sql", "2_b.sql"]) == ()
    assert untried(["1", "2"], ["1_a.sql", "notes.txt"]) == ("2",)
