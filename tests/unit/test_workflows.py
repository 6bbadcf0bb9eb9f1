"""The workflow files: which event starts which, and that each step of theirs can be run here."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from staging.rules import workflowfile
from staging.rules.workflows import Event, complaints, pushed, starts
from tests.workflows.actions import effects
from tests.workflows.expressions import HOLE, Unknown, filled, holds, value
from tests.workflows.jobs import run, unfolded
from tests.workflows.running import Given, Job, Ran

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS = {path.stem: workflowfile.read(path.read_text()) for path in FILES}
CONTEXT = {
    "github": {"sha": "abc", "event": {"label": {"name": "preview"}}},
    "labels": [{"name": "one"}, {"name": "preview"}],
    "env": {"EMPTY": ""},
}


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Event(name="push", branch="staging"), {"staging"}),
        (Event(name="push", branch="main"), {"production"}),
        (Event(name="push", branch="feature/x"), set()),
        (Event(name="push", branch="staging-2"), set()),
        (Event(name="schedule"), {"nightly", "preview"}),
        (Event(name="workflow_dispatch"), {"nightly"}),
        (Event(name="pull_request", action="opened", branch="main"), {"checks"}),
        (Event(name="pull_request", action="synchronize", branch="x"), {"checks", "preview"}),
        (Event(name="pull_request", action="labeled", branch="staging"), {"preview"}),
        (Event(name="pull_request", action="unlabeled", branch="staging"), {"preview"}),
        (Event(name="pull_request", action="closed", branch="staging"), {"preview"}),
    ],
)
def test_an_event_starts_what_it_should(event: Event, told: set[str]) -> None:
    assert {name for name, each in WORKFLOWS.items() if starts(each, event)} == told


def proposed(action: str, *, labels: Sequence[str] = (), fork: bool = False) -> dict[str, Any]:
    """What the conditions of jobs can see of a pull request."""
    head = {"repo": {"full_name": "stranger/app" if fork else "team/app"}}
    request = {"head": head, "labels": [{"name": name} for name in labels]}
    event = {"action": action, "label": {"name": "preview"}, "pull_request": request}
    return {"github": {"event_name": "pull_request", "repository": "team/app", "event": event}}


def going(workflow: str, context: Mapping[str, Any]) -> set[str]:
    """The jobs that need no other and whose condition holds."""
    jobs = WORKFLOWS[workflow]["jobs"]
    return {
        name
        for name, job in jobs.items()
        if "needs" not in job and holds(job.get("if"), context, going=True)
    }


@pytest.mark.parametrize(
    ("action", "labels", "fork", "told"),
    [
        ("labeled", ["preview"], False, {"build"}),
        ("labeled", ["other"], False, set()),
        ("synchronize", ["other", "preview"], False, {"build"}),
        ("synchronize", [], False, set()),
        ("reopened", ["preview"], False, {"build"}),
        ("unlabeled", [], False, {"destroy"}),
        ("closed", ["preview"], False, {"destroy"}),
        ("closed", [], False, set()),
        ("labeled", ["preview"], True, set()),
        ("closed", ["preview"], True, set()),
    ],
)
def test_a_preview_is_made_and_ended_by_its_label(
    action: str, labels: list[str], fork: bool, told: set[str]
) -> None:
    assert going("preview", proposed(action, labels=labels, fork=fork)) == told


@pytest.mark.parametrize("name", ["checks", "preview"])
def test_nothing_of_a_fork_is_given_a_secret_or_may_write(name: str) -> None:
    jobs = WORKFLOWS[name]["jobs"]
    assert any("secrets." in str(job) for job in jobs.values())
    for each in going(name, proposed("opened", labels=["preview"], fork=True)):
        assert "secrets." not in str(jobs[each])
        assert set(jobs[each]["permissions"].values()) == {"read"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_secrets_are_given_to_jobs_of_an_environment_alone(name: str) -> None:
    for each, job in WORKFLOWS[name]["jobs"].items():
        assert "environment" in job or "secrets." not in str(job), each


@pytest.mark.parametrize(
    ("branch", "told"),
    [
        ("staging", ("invoke deploy", "invoke rollback")),
        ("main", ("invoke promote",)),
        ("feature/x", ()),
    ],
)
def test_a_push_releases_what_it_should(branch: str, told: tuple[str, ...]) -> None:
    assert pushed(list(WORKFLOWS.values()), branch) == told


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_as_it_must_be(name: str) -> None:
    assert list(complaints(WORKFLOWS[name])) == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_each_action_does_is_declared(name: str) -> None:
    known = effects(remote=Path(), programs=Path())
    used = re.findall(r"uses: ([^@\s]+)@", (ROOT / f".github/workflows/{name}.yml").read_text())
    assert used
    assert set(used) <= known.keys()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_each_expression_is_understood(name: str) -> None:
    known: dict[str, Any] = {each: {} for each in ("github", "env", "secrets", "vars", "steps")}
    for hole in HOLE.findall((ROOT / f".github/workflows/{name}.yml").read_text()):
        value(hole, {**known, "needs": {}, "matrix": {}, "()": {"cancelled": False}})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("github.sha", "abc"),
        ("github.no.such", ""),
        ("github.sha == 'ABC'", True),
        ("github.sha != 'abc' || 'x'", "x"),
        ("!(github.sha == 'abc') && 'y'", False),
        ("github.event.label.name == 'preview' && github.sha", "abc"),
        ("contains(labels.*.name, 'preview')", True),
        ("contains(labels.*.name, 'prev')", False),
        ("'it''s'", "it's"),
        ("true", True),
        ("env.EMPTY || 3", 3.0),
    ],
)
def test_what_an_expression_comes_to(text: str, told: object) -> None:
    assert value(text, CONTEXT) == told


@pytest.mark.parametrize("text", ["no.such", "github.sha ==", "fromJSON('x')", "a b", "$", "(true"])
def test_what_is_not_known_is_an_error(text: str) -> None:
    with pytest.raises(Unknown):
        value(text, CONTEXT)


def test_text_is_filled() -> None:
    assert filled("${{ github.sha }}:${{ true }}", CONTEXT) == "abc:true"


@pytest.mark.parametrize(
    ("condition", "going", "told"),
    [
        (None, True, True),
        (None, False, False),
        ("always()", False, True),
        ("failure()", False, True),
        ("failure()", True, False),
        ("${{ github.sha == 'abc' }}", True, True),
        ("github.sha == 'abc'", False, False),
        ("always() && github.sha == 'x'", False, False),
        ("cancelled()", True, False),
    ],
)
def test_a_condition_holds(condition: str | None, going: bool, told: bool) -> None:
    assert holds(condition, CONTEXT, going=going) is told


TRIED = """
on: push
env:
  WHERE: workflow
jobs:
  first:
    environment: staging
    env:
      WHERE: job
    outputs:
      word: ${{ steps.say.outputs.word }}
    steps:
      - id: say
        run: |
          echo "word=$WHERE-$GIVEN" >> "$GITHUB_OUTPUT"
          echo "KEPT=kept" >> "$GITHUB_ENV"
        env:
          GIVEN: ${{ secrets.GIVEN }}
      - run: echo "$WHERE $KEPT ${{ vars.NAMED }} ${GIVEN:-gone}"
  second:
    needs: first
    steps:
      - run: echo "${{ needs.first.outputs.word }} ${{ secrets.GIVEN }}."
      - run: false; echo on
      - name: never
        run: echo never
      - name: at last
        if: always()
        run: echo at last
  third:
    needs: [second]
    steps:
      - run: echo never
  last:
    needs: [second]
    if: failure()
    steps:
      - uses: tried/action@1
"""


def tried(folder: Path, text: str = TRIED) -> list[Ran]:
    def action(job: Job, _: object) -> None:
        (job.place / "touched").touch()

    given = Given(
        github={"sha": "abc"},
        runner={},
        secrets={"staging": {"GIVEN": "secret"}},
        variables={"staging": {"NAMED": "named"}},
        uses={"tried/action": action},
        artifacts=folder / "artifacts",
    )
    return run("tried", workflowfile.read(text), given, folder)


def test_jobs_and_steps_go_as_github_lets_them_go(tmp_path: Path) -> None:
    ran = tried(tmp_path)
    assert [(r.job, r.outcome, r.said) for r in ran] == [
        ("first", "success", ""),
        ("first", "success", "job kept named gone\n"),
        ("second", "success", "job-secret .\n"),
        ("second", "failure", ""),
        ("second", "skipped", ""),
        ("second", "success", "at last\n"),
        ("last", "success", ""),
    ]


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        ({}, [{}]),
        ({"a": ["1", "2"], "b": ["3"]}, [{"a": "1", "b": "3"}, {"a": "2", "b": "3"}]),
        ({"include": [{"a": "1"}, {"b": "2"}]}, [{"a": "1"}, {"b": "2"}]),
    ],
)
def test_a_matrix_is_unfolded(matrix: object, told: object) -> None:
    assert list(unfolded({"strategy": {"matrix": matrix}})) == told


@pytest.mark.parametrize(
    "matrix", [{"a": ["1"], "include": [{"b": "2"}]}, {"a": ["1"], "exclude": [{"a": "1"}]}]
)
def test_a_matrix_that_is_not_known_here_is_an_error(matrix: object) -> None:
    with pytest.raises(ValueError, match="not known here"):
        list(unfolded({"strategy": {"matrix": matrix}}))


MATRIX = """
on: push
jobs:
  each:
    strategy:
      matrix:
        code: ["0", "1"]
    steps:
      - run: exit "$CODE"
        env:
          CODE: ${{ matrix.code }}
  after:
    needs: each
    if: always()
    steps:
      - run: echo "$NEEDS"
        env:
          NEEDS: ${{ toJSON(needs) }}
"""


def test_one_of_a_matrix_that_fails_is_the_jobs_failure(tmp_path: Path) -> None:
    ran = tried(tmp_path, MATRIX)
    assert [(r.job, r.outcome) for r in ran[:2]] == [("each", "success"), ("each", "failure")]
    assert json.loads(ran[2].said) == {"each": {"result": "failure", "outputs": {}}}


def test_an_action_that_nobody_declared_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        tried(tmp_path, TRIED.replace("tried/action", "other/action"))


@pytest.mark.parametrize(
    ("was", "made"),
    [
        ("    environment: staging\n", "    strategy:\n      max-parallel: 2\n"),
        ("      - run: false; echo on\n", "      - run: true\n        retry: 3\n"),
    ],
)
def test_what_is_not_known_of_a_job_is_not_passed_over(tmp_path: Path, was: str, made: str) -> None:
    assert was in TRIED
    with pytest.raises(ValueError, match="not known here"):
        tried(tmp_path, TRIED.replace(was, made))


def test_each_night_runs_sessions_that_there_are() -> None:
    argv = [sys.executable, "-m", "nox", "-l"]
    listed = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout
    known = set(re.findall(r"^[*-] (\S+) -> ", listed, re.MULTILINE))
    for path in FILES:
        named = set(re.findall(r"nox -s (\w+)", path.read_text()))
        assert named <= known, path.name
