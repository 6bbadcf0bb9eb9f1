from datetime import UTC, datetime, timedelta

import pytest

from staging.inventory import Project
from staging.rules.environments import (
    NEVER_DEPLOYED,
    Label,
    Seen,
    moment,
    names,
    refusal,
    spared,
    state,
    written,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(seconds=1)
OURS = Label(deployed=True, environment="pr-1", expires=LATER)
OVER = Label(deployed=True, environment="pr-1", expires=BEFORE)
FOR_EVER = Label(deployed=True, environment="pr-1")
THEIRS = Label(deployed=True, environment="pr-2", expires=BEFORE)
BARE = Label(deployed=True)
TTL = 72.0
OLD, YOUNG = NOW - timedelta(hours=TTL), NOW - timedelta(hours=TTL - 0.1)


def seen(
    label: Label | None, made: datetime | str | None, name: str = "pr-1", *, here: bool = False
) -> Seen:
    """`label` None: no app. `made` None: no project; a text is what the cloud calls the time."""
    project = None
    if made is not None:
        created = made if isinstance(made, str) else made.isoformat()
        project = Project(
            ref="r",
            name=f"bee-{name}",
            organisation="o",
            region="ap-southeast-2",
            status="ACTIVE_HEALTHY",
            host="",
            engine="16",
            created_at=created,
        )
    return Seen(
        name=name,
        app=None if label is None else f"bee-{name}",
        label=label or NEVER_DEPLOYED,
        project=project,
        made_here=here,
    )


# what is seen, its state, whether prune ends it, whether whoever types its name may
CASES = [
    (seen(OURS, OLD), "complete", False, True),
    (seen(OVER, OLD), "complete", True, True),
    (seen(OVER, YOUNG), "complete", True, True),
    (seen(FOR_EVER, OLD), "complete", False, True),
    (seen(OVER, None), "app only", True, True),
    (seen(OURS, None), "app only", False, True),
    (seen(THEIRS, OLD), "not ours", False, False),
    (seen(THEIRS, None), "not ours", False, False),
    (seen(BARE, OLD), "not ours", False, False),
    (seen(BARE, OLD, here=True), "not ours", False, False),
    (seen(NEVER_DEPLOYED, OLD), "half made", True, True),
    (seen(NEVER_DEPLOYED, YOUNG), "half made", False, True),
    (seen(NEVER_DEPLOYED, None), "half made", False, True),
    (seen(None, OLD), "project only", True, True),
    (seen(None, YOUNG), "project only", False, True),
    (seen(None, "no time"), "project only", False, True),
    (seen(None, OLD, "archive"), "project only", False, False),
    (seen(None, OLD, "archive", here=True), "project only", True, True),
    (seen(NEVER_DEPLOYED, OLD, "archive"), "half made", False, False),
    (seen(None, None), "absent", False, True),
    (seen(BARE, OLD, "staging"), "complete", False, True),
    (seen(Label(deployed=True, environment="staging"), OLD, "staging"), "complete", False, True),
    (seen(THEIRS, OLD, "staging"), "not ours", False, False),
    (seen(None, OLD, "staging"), "project only", False, True),
    (seen(NEVER_DEPLOYED, OLD, "staging"), "half made", False, True),
]


@pytest.mark.parametrize(("each", "told", "pruned", "typed"), CASES)
def test_what_is_seen_is_judged(each: Seen, told: str, pruned: bool, typed: bool) -> None:
    assert state(each) == told
    why = spared(each, now=NOW, ttl_hours=TTL, orphans=("pr-*",))
    assert (why is None) == pruned, why
    assert (refusal(each, orphans=("pr-*",)) is None) == typed


def test_an_expiry_is_over_at_its_very_moment() -> None:
    at = Label(deployed=True, environment="pr-1", expires=NOW)
    assert spared(seen(at, OLD), now=NOW, ttl_hours=TTL, orphans=()) is None


def test_a_refusal_names_whose_it_is() -> None:
    assert "environment pr-2" in (refusal(seen(THEIRS, OLD), orphans=("pr-*",)) or "")
    assert "no label" in (refusal(seen(BARE, OLD), orphans=("pr-*",)) or "")


def test_previews_are_found_by_their_names_on_either_side() -> None:
    apps = ["bee", "bee-staging", "bee-staging-pr-2", "bee-stagings", "other"]
    projects = ["beedb", "beedb-pr-1", "beedb-pr-2", "beedb-", "mine"]
    assert names(apps, projects, stem=("bee-staging", "beedb")) == ["pr-1", "pr-2"]


def test_a_label_s_time_is_read_as_it_was_written() -> None:
    assert moment(written(LATER)) == LATER
    assert moment("2026-11-23T20:00:00.25+11:00") == NOW + timedelta(seconds=0.25)
    assert moment("2026-11-23T09:00:00") == NOW
    assert moment("soon") is None
    assert moment("") is None
