"""Looking at workflow files: what stands there, what linters say, and what cannot be read."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from jsonschema import validate

from staging import settings
from staging.operations.workflows import Looked, look

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's own settings and workflows, in a place where they can be changed."""
    shutil.copy(ROOT / "staging.toml", tmp_path)
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    return tmp_path


def looked(project: Path) -> Looked:
    found = look(settings.load(project))
    schema = json.loads((ROOT / "staging" / "schemas" / "workflows.json").read_text())
    validate(json.loads(json.dumps(asdict(found))), schema)
    return found


def linter(project: Path, name: str, *, says: str, code: int) -> None:
    """A program of that name, before all others."""
    program = project / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    program.chmod(0o755)


def test_the_files_here_are_as_they_must_be(project: Path) -> None:
    found = looked(project)
    assert (found.verdict, found.findings) == ("pass", ())
    assert {each.branch: each.releases for each in found.pushes} == {
        "staging": ("invoke deploy", "invoke rollback"),
        "main": ("invoke promote",),
        "feature/x": (),
    }


def test_another_file_is_another_subject(project: Path) -> None:
    before = looked(project).subject
    path = project / ".github" / "workflows" / "staging.yml"
    path.write_text(path.read_text().replace("persist-credentials: false", "fetch-depth: 0"))
    found = looked(project)
    assert found.subject != before
    assert (found.verdict, found.exit_code) == ("fail", 1)
    assert "staging.yml: job deploy leaves its token in the checkout" in found.findings


def test_what_cannot_be_read_is_a_finding(project: Path) -> None:
    (project / ".github" / "workflows" / "odd.yml").write_text("on: [push\n")
    found = [f for f in looked(project).findings if f.startswith("odd")]
    assert found == ["odd.yml: line 2: expected ',' or ']', but got '<stream end>'"]


def test_no_workflow_is_no_pass(project: Path) -> None:
    shutil.rmtree(project / ".github")
    found = looked(project)
    assert (found.verdict, found.exit_code) == ("invalid", 6)


def test_linters_are_asked_where_they_are(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([str(project / "bin"), os.environ["PATH"]]))
    linter(project, "zizmor", says="nothing", code=0)
    linter(project, "actionlint", says="staging.yml:3: it is wrong", code=1)
    found = looked(project)
    assert set(found.asked) == {"zizmor", "actionlint"}
    assert found.unasked == ()
    assert found.verdict == "fail"
    assert [each for each in found.findings if "it is wrong" in each]
    assert not [each for each in found.findings if "zizmor" in each]
