"""Failures that somebody declared, until a day."""

import json
from datetime import date, timedelta

import pytest

from smoke.allowed import Allowed, find, read
from staging.errors import ConfigurationError

TODAY = date.today()
ENTRY = {
    "check": "jobs: a second cancel is a conflict *",
    "reason": "answers 500 until BEE-12 is done",
    "owner": "Ada",
    "expires": (TODAY + timedelta(days=1)).isoformat(),
}


@pytest.mark.parametrize(
    ("check", "days", "covered"),
    [
        ("jobs: a second cancel is a conflict [PUT]", 0, True),
        ("jobs: a second cancel is a conflict [PUT]", 1, True),  # the last day counts
        ("jobs: a second cancel is a conflict [PUT]", 2, False),
        ("jobs: a job is shared", 0, False),
    ],
)
def test_a_declaration_covers_its_check_until_its_day(
    check: str, days: int, *, covered: bool
) -> None:
    (allowed,) = read(json.dumps([ENTRY]))
    assert allowed.covers(check, today=TODAY + timedelta(days=days)) is covered


def test_the_covering_one_is_found_and_says_who_and_why() -> None:
    found = find(read(json.dumps([ENTRY])), "jobs: a second cancel is a conflict [PUT]")
    assert isinstance(found, Allowed)
    assert str(found).endswith("by Ada: answers 500 until BEE-12 is done")


def test_nothing_is_covered_where_nothing_is_declared() -> None:
    assert find(read(""), "jobs: a job is shared") is None


@pytest.mark.parametrize(
    "text", ["{", "[1]", json.dumps([{**ENTRY, "expires": "soon"}]), json.dumps([{"check": "*"}])]
)
def test_what_cannot_be_read_is_a_mistake(text: str) -> None:
    with pytest.raises(ConfigurationError, match="SMOKE_ALLOWED"):
        read(text)
