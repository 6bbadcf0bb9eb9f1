"""What jobs tell GitHub: one comment, one issue, and nobody outside where that is not wanted."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from invoke import Program
from jsonschema import validate

from tasks import namespace
from tests.workflows.repository import NAME, Repository, serving

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Done:
    """What a task came to."""

    code: int
    said: str


@dataclass(frozen=True)
class Job:
    """A job's machine, of a pull request with the number 7."""

    hub: Repository
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(
        self, *words: str, may: Mapping[str, str], env: Mapping[str, str] | None = None
    ) -> Done:
        """A task, by a token that may do so much."""
        token = self.hub.token(may)
        event = self.folder / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7}}))
        given = {"REPORTS": str(self.folder), "GITHUB_TOKEN": token, "GITHUB_ACTIONS": "true"}
        given |= {"GITHUB_API_URL": self.hub.url, "GITHUB_REPOSITORY": NAME}
        code = 0
        with self.monkeypatch.context() as patch:
            for name in [n for n in os.environ if n.startswith(("GITHUB_", "STAGING_"))]:
                patch.delenv(name)
            for name, text in {**given, "GITHUB_EVENT_PATH": str(event), **(env or {})}.items():
                patch.setenv(name, text)
            try:
                Program(namespace=namespace).run(["invoke", *words])
            except SystemExit as end:
                code = int(end.code or 0)
        out, err = self.capsys.readouterr()
        assert token not in out + err
        return Done(code, err)


@pytest.fixture
def hub() -> Iterator[Repository]:
    with serving() as repository:
        yield repository


@pytest.fixture
def job(
    hub: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Job]:
    monkeypatch.chdir(ROOT)
    before = signal.getsignal(signal.SIGTERM)
    yield Job(hub, tmp_path, monkeypatch, capsys)
    signal.signal(signal.SIGTERM, before)


def result(name: str, folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / f"{name}.json").read_text())
    validate(found, json.loads((ROOT / "staging" / "schemas" / f"{name}.json").read_text()))
    return found


WRITES = {"pull-requests": "write"}


def test_a_comment_is_written_once_and_then_reworded(job: Job) -> None:
    for text in ("first", "second"):
        (job.folder / "plan.md").write_text(text)
        words = ("ci.comment", "--about", "plan", "--of", "plan")
        done = job.run(*words, may=WRITES)
        assert done.code == 0, done.said
    assert job.hub.said(7) == ["<!-- staging: plan -->\n\nsecond"]
    assert result("comment", job.folder)["act"] == "reworded"


def test_another_subject_is_another_comment(job: Job) -> None:
    job.hub.comments |= {n: {"id": n, "on": 7, "body": "hi", "html_url": ""} for n in range(1, 150)}
    (job.folder / "plan.md").write_text("text")
    for about in ("plan", "preview", "plan"):
        job.run("ci.comment", "--about", about, "--of", "plan", may=WRITES)
    assert len(job.hub.said(7)) == 149 + 2


def test_a_report_that_is_missing_is_said(job: Job) -> None:
    done = job.run("ci.comment", "--of", "plan,gate", may=WRITES)
    assert done.code == 6
    assert "**gate left no report.**" in job.hub.said(7)[0]
    assert result("comment", job.folder)["missing"] == ["plan", "gate"]


def needs(**results: str) -> Mapping[str, str]:
    return {"NEEDS": json.dumps({name: {"result": each} for name, each in results.items()})}


def test_one_issue_is_opened_updated_and_closed(job: Job) -> None:
    acts = []
    nights = ("success", "failure", "cancelled", "skipped", "success", "success")
    for night in nights:
        words = ("ci.alarm", "--about", "nightly")
        env = needs(smoke=night)
        done = job.run(*words, may={"issues": "write"}, env=env)
        assert done.code == 0, done.said
        acts.append(result("alarm", job.folder)["act"])
    assert acts == ["nothing", "opened", "updated", "nothing", "closed", "nothing"]
    (issue,) = job.hub.issues.values()
    assert (issue["state"], issue["labels"]) == ("closed", ["staging-alarm"])
    assert job.hub.said(issue["number"]) == ["All is well again."]


def test_the_issue_of_another_subject_is_left_alone(job: Job) -> None:
    may = {"issues": "write"}
    for about, how in (("nightly", "failure"), ("preview 7", "failure"), ("preview 7", "success")):
        job.run("ci.alarm", "--about", about, may=may, env=needs(one=how))
    assert [issue["state"] for issue in job.hub.issues.values()] == ["open", "closed"]


def test_a_token_that_may_not_write_is_said(job: Job) -> None:
    env = needs(smoke="failure")
    done = job.run("ci.alarm", "--about", "x", may={"contents": "read"}, env=env)
    assert done.code == 3
    assert "GitHub answered 403" in done.said
    assert "`issues: write`" in done.said
    assert "::error title=alarm::" in done.said


@pytest.mark.parametrize(
    ("env", "code", "said"),
    [
        ({"GITHUB_API_URL": ""}, 5, "Nobody outside this computer is told"),
        (
            {"GITHUB_API_URL": "https://api.github.com"},
            5,
            "Nobody outside this computer is told",
        ),
        ({"GITHUB_API_URL": "https://127.0.0.1.example.invalid"}, 5, "Nobody outside"),
        (
            {"GITHUB_API_URL": "http://hub.invalid", "STAGING_TARGET": "cloud"},
            5,
            "in the clear",
        ),
        ({"GITHUB_TOKEN": ""}, 4, "GITHUB_TOKEN is not set"),
        ({"GITHUB_REPOSITORY": "no repository"}, 4, "GITHUB_REPOSITORY"),
        ({"NEEDS": "[]"}, 4, "NEEDS does not say"),
        ({"NEEDS": '{"a": {}}'}, 4, "NEEDS does not say"),
        ({"GITHUB_API_URL": "http://127.0.0.1:9"}, 3, "got no answer"),
    ],
)
def test_what_cannot_be_told_is_refused(
    job: Job, env: Mapping[str, str], code: int, said: str
) -> None:
    env = {**needs(smoke="failure"), **env}
    words = ("ci.alarm", "--about", "nightly")
    done = job.run(*words, may={"issues": "write"}, env=env)
    assert done.code == code, done.said
    assert said in done.said
    assert job.hub.calls == []


@pytest.mark.parametrize(
    ("verdicts", "told", "code"),
    [
        ({"deploy": "pass", "smoke": "pass"}, "pass", 0),
        ({"deploy": "pass", "smoke": "fail"}, "fail", 1),
        ({"deploy": "fail"}, "fail", 1),
        ({"deploy": "pass"}, "invalid", 6),
        ({"deploy": "pass", "smoke": "invalid"}, "invalid", 6),
        ({}, "invalid", 6),
    ],
)
def test_a_gate_gives_one_verdict_to_the_job(
    job: Job, verdicts: Mapping[str, str], told: str, code: int
) -> None:
    for name, verdict in verdicts.items():
        document = {"verdict": verdict, "deployed": {"url": "https://x.invalid"}}
        (job.folder / f"{name}.json").write_text(json.dumps(document))
    files = {n: str(job.folder / n) for n in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    words = ("ci.gate", "--of", "deploy,smoke")
    done = job.run(*words, may={}, env=files)
    assert done.code == code, done.said
    where = "url=https://x.invalid\n" if verdicts else ""
    assert (job.folder / "GITHUB_OUTPUT").read_text() == f"verdict={told}\n{where}"
    assert f"blue-banded-bee-staging: {told}" in (job.folder / "GITHUB_STEP_SUMMARY").read_text()
    assert result("gate", job.folder)["verdict"] == told
    assert ("::error title=gate::" in done.said) is (told != "pass")
