"""Which event starts a workflow, what it releases, and what is wrong with it."""

import pytest

from staging.rules.workflowfile import read
from staging.rules.workflows import Event, complaints, pushed, releases, starts

SHA = "3d3c42e5aac5ba805825da76410c181273ba90b1"
GOOD = f"""
on: push
permissions: {{}}
concurrency:
  group: one
jobs:
  only:
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@{SHA}
        with:
          persist-credentials: false
      - run: invoke deploy --image "$IMAGE"
"""
SCHEDULE = 'on:\n  schedule:\n    - cron: "1 2 * * *"\n'
IGNORED = "on:\n  push:\n    branches-ignore: ['dependabot/**']\n"
EXCEPT = "on:\n  push:\n    branches: ['**', '!main']\n"
FLAT = "on:\n  push:\n    branches: ['release/*']\n"
DEEP = "on:\n  push:\n    branches: ['release/**']\n"
LABELS = "on:\n  pull_request:\n    types: [labeled, closed]\n"
INTO = "on:\n  pull_request:\n    branches: [main]\n"


@pytest.mark.parametrize(
    ("on", "event", "told"),
    [
        ("on: push", Event(name="push", branch="any/thing"), True),
        ("on: [push, pull_request]", Event(name="pull_request", action="opened"), True),
        ("on: push", Event(name="pull_request", action="opened"), False),
        ("on:\n  push:\n    branches: [staging]", Event(name="push", branch="staging"), True),
        ("on:\n  push:\n    branches: [staging]", Event(name="push", branch="staging-2"), False),
        ("on:\n  push:\n    branches: [staging]", Event(name="push", branch="main"), False),
        (FLAT, Event(name="push", branch="release/1"), True),
        (FLAT, Event(name="push", branch="release/1/2"), False),
        (DEEP, Event(name="push", branch="release/1/2"), True),
        ("on:\n  push:\n    tags: ['v*']", Event(name="push", branch="main"), False),
        (IGNORED, Event(name="push", branch="main"), True),
        (IGNORED, Event(name="push", branch="dependabot/pip/x"), False),
        (EXCEPT, Event(name="push", branch="feature/x"), True),
        (EXCEPT, Event(name="push", branch="main"), False),
        ("on: pull_request", Event(name="pull_request", action="synchronize"), True),
        ("on: pull_request", Event(name="pull_request", action="closed"), False),
        (LABELS, Event(name="pull_request", action="labeled"), True),
        (LABELS, Event(name="pull_request", action="opened"), False),
        (INTO, Event(name="pull_request", branch="main", action="opened"), True),
        (INTO, Event(name="pull_request", branch="staging", action="opened"), False),
        (SCHEDULE, Event(name="schedule"), True),
        (SCHEDULE, Event(name="schedule", cron="1 2 * * *"), True),
        (SCHEDULE, Event(name="schedule", cron="9 9 * * *"), False),
        ("on:\n  workflow_dispatch:\n", Event(name="workflow_dispatch"), True),
    ],
)  # fmt: skip
def test_what_starts_a_workflow(on: str, event: Event, told: bool) -> None:
    assert starts(read(on), event) is told


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("invoke deploy --image x", ("invoke deploy",)),
        ("invoke deploy --dry-run", ()),
        ("echo invoke", ()),
        ("invoke promote --yes", ("invoke promote",)),
        ("invoke promote --dry-run && invoke rollback", ()),
        ("invoke parity", ()),
    ],
)
def test_what_a_step_releases(command: str, told: tuple[str, ...]) -> None:
    workflow = read(GOOD.replace('invoke deploy --image "$IMAGE"', command))
    assert releases(workflow) == told


def test_a_push_releases_what_all_workflows_that_it_starts_release() -> None:
    staging = read(GOOD.replace("on: push", "on:\n  push:\n    branches: [staging]"))
    assert pushed([staging, staging], "staging") == ("invoke deploy",)
    assert pushed([staging], "feature/x") == ()


def test_a_good_workflow_has_no_complaint() -> None:
    assert list(complaints(read(GOOD))) == []


@pytest.mark.parametrize(
    ("was", "made", "why"),
    [
        ("permissions: {}\n", "", "permissions: {}"),
        ("concurrency:\n  group: one\n", "", "no concurrency group"),
        ("    timeout-minutes: 5\n", "", "no time limit"),
        ("    permissions:\n      contents: read\n", "", "what it may do"),
        (f"@{SHA}", "@v7", "not pinned"),
        ("persist-credentials: false", "fetch-depth: 0", "leaves its token"),
        ("$IMAGE", "${{ github.sha }}", "an expression"),
        ("on: push", "on: pull_request_target", "to what a stranger wrote"),
    ],
)
def test_what_must_not_be_is_named(was: str, made: str, why: str) -> None:
    assert was in GOOD
    told = list(complaints(read(GOOD.replace(was, made))))
    assert len(told) == 1
    assert why in told[0]
