"""Whatever a person types and exports: no task touches production that is named as staging."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks import namespace
from tests.rehearsed.checkout import ROOT

WORDS = {
    "deploy": ["--image", "bee:1"],
    "drill": ["lock-held"],
    "secrets.rotate": ["SENTRY_DSN"],
    "schema.diff": ["production", "staging"],
}
WORDS |= {"ci.comment": ["--of", "a"], "ci.gate": ["--of", "a"], "ci.alarm": ["--about", "a"]}
TASKS = [name for name in namespace.task_names if not name.startswith("rehearsal.")]
PLACED = [
    name for name in TASKS if any(a.name == "environment" for a in namespace[name].get_arguments())
]
NAMED = ('app = "blue-banded-bee-staging"', 'app = "blue-banded-bee"')
HOSTILE = {
    "STAGING_DATABASE_URL": "postgresql://postgres:x@127.0.0.1:9/postgres",
    "PRODUCTION_DATABASE_URL": "postgresql://postgres:x@127.0.0.1:9/postgres",
    "STAGING_BASE_URL": "https://blue-banded-bee.fly.dev",
    "FLY_APP": "blue-banded-bee",
    "SUPABASE_PROJECT_ID": "blue-banded-bee",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """The tasks, and programs that tell that they were started."""
    for name in ("tasks.py", "staging", "rehearsal"):
        (tmp_path / name).symlink_to(ROOT / name)
    started = tmp_path / "started"
    for name in ("flyctl", "supabase"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "$0 $*" >> {started}\n')
        program.chmod(0o755)
    yield tmp_path
    assert not started.exists(), started.read_text()


def refusal(checkout: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "invoke", *words],
        cwd=checkout,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **HOSTILE,
            "FLYCTL": str(checkout / "flyctl"),
            "SUPABASE": str(checkout / "supabase"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 5, done.stdout + done.stderr
    return done.stderr


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_is_pointed_at_production_is_refused(checkout: Path, task: str) -> None:
    text = (ROOT / "staging.toml").read_text()
    (checkout / "staging.toml").write_text(text.replace(*NAMED, 1))
    told = refusal(checkout, task, *WORDS.get(task, []))
    assert "staging.app: it is production's own" in told


@pytest.mark.parametrize("task", PLACED)
def test_an_environment_that_is_called_production_is_refused(checkout: Path, task: str) -> None:
    (checkout / "staging.toml").write_text((ROOT / "staging.toml").read_text())
    told = refusal(checkout, task, *WORDS.get(task, []), "--environment", "production")
    assert "would be production" in told


@pytest.mark.parametrize(
    ("url", "words", "code"),
    [
        ("https://blue-banded-bee.fly.dev", ("smoke",), 5),
        ("https://Blue-Banded-Bee.fly.dev/", ("smoke", "--quick"), 5),
        ("http://blue-banded-bee.fly.dev:80", ("loadtests",), 5),
        ("https://blue-banded-bee.fly.dev", ("smoke", "--readonly"), 0),
        ("https://blue-banded-bee-staging.fly.dev", ("smoke",), 0),
    ],
)
def test_a_session_is_led_to_production_to_read_alone(
    checkout: Path, url: str, words: tuple[str, ...], code: int
) -> None:
    (checkout / "staging.toml").write_text((ROOT / "staging.toml").read_text())
    done = subprocess.run(
        [sys.executable, "-m", "staging.attached", "echo", *words],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "STAGING_BASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout == ("" if code else " ".join(words) + "\n")
    assert ("is production" in done.stderr) is bool(code)
