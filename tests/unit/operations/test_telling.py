"""What jobs tell GitHub: one comment, one issue, and nobody outside where that is not wanted."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from jsonschema import validate

from tests.workflows.repository import NAME, Repository, serving

ROOT = Path(__file__).parents[3]


@pytest.fixture
def hub() -> Iterator[Repository]:
    with serving() as repository:
        yield repository


def told(
    hub: Repository,
    *words: str,
    folder: Path,
    may: Mapping[str, str],
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """A task in a job whose token may do so much."""
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    token = hub.token(may)
    given = {
        "PATH": os.environ["PATH"],
        "REPORTS": str(folder),
        "GITHUB_TOKEN": token,
        "GITHUB_API_URL": hub.url,
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_ACTIONS": "true",
        **(env or {}),
    }
    argv = [sys.executable, "-m", "invoke", *words]
    done = subprocess.run(argv, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60)
    assert token not in done.stdout + done.stderr
    return done


def result(name: str, folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / f"{name}.json").read_text())
    validate(found, json.loads((ROOT / "staging" / "schemas" / f"{name}.json").read_text()))
    return found


WRITES = {"pull-requests": "write"}


def test_a_comment_is_written_once_and_then_reworded(hub: Repository, tmp_path: Path) -> None:
    for text in ("first", "second"):
        (tmp_path / "plan.md").write_text(text)
        words = ("ci.comment", "--about", "plan", "--of", "plan")
        done = told(hub, *words, folder=tmp_path, may=WRITES)
        assert done.returncode == 0, done.stderr
    assert hub.said(7) == ["<!-- staging: plan -->\n\nsecond"]
    assert result("comment", tmp_path)["act"] == "reworded"


def test_another_subject_is_another_comment(hub: Repository, tmp_path: Path) -> None:
    hub.comments |= {n: {"id": n, "on": 7, "body": "hi", "html_url": ""} for n in range(1, 150)}
    (tmp_path / "plan.md").write_text("text")
    for about in ("plan", "preview", "plan"):
        told(hub, "ci.comment", "--about", about, "--of", "plan", folder=tmp_path, may=WRITES)
    assert len(hub.said(7)) == 149 + 2


def test_a_report_that_is_missing_is_said(hub: Repository, tmp_path: Path) -> None:
    done = told(hub, "ci.comment", "--of", "plan,gate", folder=tmp_path, may=WRITES)
    assert done.returncode == 6
    assert "**gate left no report.**" in hub.said(7)[0]
    assert result("comment", tmp_path)["missing"] == ["plan", "gate"]


def needs(**results: str) -> Mapping[str, str]:
    return {"NEEDS": json.dumps({name: {"result": each} for name, each in results.items()})}


def test_one_issue_is_opened_updated_and_closed(hub: Repository, tmp_path: Path) -> None:
    acts = []
    nights = ("success", "failure", "cancelled", "skipped", "success", "success")
    for night in nights:
        words = ("ci.alarm", "--about", "nightly")
        env = needs(smoke=night)
        done = told(hub, *words, folder=tmp_path, may={"issues": "write"}, env=env)
        assert done.returncode == 0, done.stderr
        acts.append(result("alarm", tmp_path)["act"])
    assert acts == ["nothing", "opened", "updated", "nothing", "closed", "nothing"]
    (issue,) = hub.issues.values()
    assert (issue["state"], issue["labels"]) == ("closed", ["staging-alarm"])
    assert hub.said(issue["number"]) == ["All is well again."]


def test_the_issue_of_another_subject_is_left_alone(hub: Repository, tmp_path: Path) -> None:
    may = {"issues": "write"}
    for about, how in (("nightly", "failure"), ("preview 7", "failure"), ("preview 7", "success")):
        told(hub, "ci.alarm", "--about", about, folder=tmp_path, may=may, env=needs(one=how))
    assert [issue["state"] for issue in hub.issues.values()] == ["open", "closed"]


def test_a_token_that_may_not_write_is_said(hub: Repository, tmp_path: Path) -> None:
    env = needs(smoke="failure")
    done = told(hub, "ci.alarm", "--about", "x", folder=tmp_path, may={"contents": "read"}, env=env)
    assert done.returncode == 3
    assert "GitHub answered 403" in done.stderr
    assert "`issues: write`" in done.stderr
    assert "::error title=alarm::" in done.stderr


@pytest.mark.parametrize(
    ("env", "code", "said"),
    [
        ({"GITHUB_API_URL": ""}, 5, "Nobody outside this computer is told"),
        ({"GITHUB_API_URL": "https://api.github.com"}, 5, "Nobody outside this computer is told"),
        ({"GITHUB_API_URL": "https://127.0.0.1.example.invalid"}, 5, "Nobody outside"),
        ({"GITHUB_API_URL": "http://hub.invalid", "STAGING_TARGET": "cloud"}, 5, "in the clear"),
        ({"GITHUB_TOKEN": ""}, 4, "GITHUB_TOKEN is not set"),
        ({"GITHUB_REPOSITORY": "no repository"}, 4, "GITHUB_REPOSITORY"),
        ({"NEEDS": "[]"}, 4, "NEEDS does not say"),
        ({"NEEDS": '{"a": {}}'}, 4, "NEEDS does not say"),
        ({"GITHUB_API_URL": "http://127.0.0.1:9"}, 3, "got no answer"),
    ],
)
def test_what_cannot_be_told_is_refused(
    hub: Repository, tmp_path: Path, env: Mapping[str, str], code: int, said: str
) -> None:
    env = {**needs(smoke="failure"), **env}
    words = ("ci.alarm", "--about", "nightly")
    done = told(hub, *words, folder=tmp_path, may={"issues": "write"}, env=env)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert hub.calls == []
