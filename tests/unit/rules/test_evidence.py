"""What counts as proof for production, and what does not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from staging.inventory import Subject
from staging.rules.evidence import unfit, weigh

OF = Subject(target="cloud", app="bee-staging", digest="sha256:a")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SUBJECT = {"target": "cloud", "app": "bee-staging", "digest": "sha256:a"}
GOOD: dict[str, Any] = {
    "verdict": "pass",
    "subject": SUBJECT,
    "started_at": "2026-11-23T11:00:00+00:00",
    "mode": "full",
}


def told(name: str = "smoke", **changed: Any) -> tuple[str, str]:
    found = weigh(name, {**GOOD, **changed}, of=OF, now=NOW, fresh_hours=24)
    return found.state, found.told


def test_a_fresh_pass_of_this_image_counts() -> None:
    assert told()[0] == "good"
    assert told("parity", mode=None)[0] == "good"


def test_what_is_not_there_is_missing_and_says_how_to_get_it() -> None:
    found = weigh("load", None, of=OF, now=NOW, fresh_hours=24)
    assert (found.state, "nox -s load" in found.told) == ("missing", True)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"verdict": "fail"}, "its verdict is fail"),
        ({"verdict": "invalid"}, "its verdict is invalid"),
        ({"verdict": None}, "its verdict is None"),
        ({"subject": None}, "does not say which image"),
        ({"subject": {**SUBJECT, "digest": "sha256:b"}}, "another digest"),
        ({"subject": {**SUBJECT, "digest": ""}}, "another digest"),
        ({"subject": {**SUBJECT, "app": "bee-pr-1"}}, "another app"),
        ({"subject": {**SUBJECT, "target": "elsewhere"}}, "another target"),
        ({"mode": "quick"}, "not the whole"),
        ({"mode": "readonly"}, "not the whole"),
        ({"partial": True}, "cut short"),
        ({"started_at": "2026-11-22T11:59:59+00:00"}, "held until"),
        ({"started_at": "2026-11-23T12:10:00+00:00"}, "has not come yet"),
        ({"started_at": ""}, "cannot be read"),
        ({"started_at": "2026-11-23T11:00:00"}, "cannot be read"),  # of which zone?
        ({"certificate": {"valid_until": "2026-11-23T11:59:00+00:00"}}, "held until"),
    ],
)
def test_what_is_stale_foreign_failed_or_partial_is_refused(
    changed: dict[str, Any], why: str
) -> None:
    state, text = told(**changed)
    assert state == "refused"
    assert why in text


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"verdict": "fail"}, ""),
        ({"verdict": "invalid"}, ""),
        ({"mode": "quick"}, "smoke --quick"),
        ({"partial": True}, "cut short"),
        ({"subject": {**SUBJECT, "digest": "sha256:b"}}, "another digest"),
        ({"started_at": "2026-11-22T11:00:00+00:00"}, "held until"),
    ],
)
def test_a_report_that_says_no_is_fit_to_be_believed(changed: dict[str, Any], why: str) -> None:
    found = unfit("smoke", {**GOOD, **changed}, of=SUBJECT, now=NOW, fresh_hours=24)
    assert why in found
    assert bool(found) == bool(why)


def test_what_is_of_no_image_is_known_by_what_it_is_of() -> None:
    found = {**GOOD, "subject": {"workflows": "abc"}}
    of = {"workflows": "abc"}
    assert unfit("workflows", found, of=of, now=NOW, fresh_hours=24) == ""
    other = unfit("workflows", found, of={"workflows": "abd"}, now=NOW, fresh_hours=24)
    assert "another workflows" in other
