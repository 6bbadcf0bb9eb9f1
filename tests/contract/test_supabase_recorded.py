"""The stand-in supabase against the recorded runs of the real one: exit code, form, words."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RUNS = {
    run["name"]: run
    for run in json.loads((ROOT / "tests/recorded/supabase.json").read_text())["runs"]
}
READS = [
    *("orgs_list", "projects_list", "api_keys", "api_keys_reveal", "branches_list"),
    *("secrets_list", "backups_list", "network_restrictions_get", "ssl_enforcement_get"),
    "postgres_config_get",
]
MASKED = re.compile(
    r"[a-z]{20}|[0-9a-f-]{36}|20\d\d-\d\d-\d\dT[\d:.]+Z?|blue-banded-bee(-staging)?"
)


class World:
    """A rehearsal, and the stand-in run in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {"PATH": os.environ["PATH"], "REHEARSAL_HOME": str(home)}
        self.env["REHEARSAL_PYTHON"] = sys.executable

    def supabase(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / "rehearsal/bin/supabase"), *words],
            cwd=self.home.parent,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    @property
    def token(self) -> str:
        lines = (self.home / "environment").read_text().splitlines()
        pairs = dict(line.split("=", 1) for line in lines)
        return pairs["SUPABASE_ACCESS_TOKEN"]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="supabase-test-") as name:
        Path(name).chmod(0o711)
        made = World(Path(name, "world"))
        assert made.supabase("--version").stdout == RUNS["version"]["stdout"]
        yield made
        down = [sys.executable, "-m", "rehearsal", "down", "--erase"]
        subprocess.run(down, cwd=ROOT, env=made.env, timeout=60, capture_output=True)


@pytest.fixture(scope="module")
def ref(world: World) -> str:
    found = json.loads(
        world.supabase(
            *("projects", "list", "--agent", "no", "--output-format", "json"),
            SUPABASE_ACCESS_TOKEN=world.token,
        ).stdout
    )
    return str(found["projects"][0]["ref"])


def words(run: dict[str, Any], ref: str) -> list[str]:
    """The recorded argv, about a project of this world."""
    return [ref if re.fullmatch(r"mihik[a-z]{15}", w) else w for w in run["argv"].split()[1:]]


def form(value: object) -> object:
    """The keys and kinds of a document, whatever its values."""
    if isinstance(value, dict):
        return {key: form(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [form(value[0])] if value else []
    return type(value).__name__


@pytest.mark.parametrize("name", READS)
def test_what_is_read_has_the_recorded_form(world: World, ref: str, name: str) -> None:
    run = RUNS[name]
    done = world.supabase(*words(run, ref), SUPABASE_ACCESS_TOKEN=world.token)
    assert done.returncode == run["exit"] == 0, done.stderr
    assert form(json.loads(done.stdout)) == form(json.loads(run["stdout"]))
    assert MASKED.sub("…", done.stderr) == MASKED.sub("…", run["stderr"])


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("bad_token_format", "sbp_short"),
        ("no_token", ""),
        ("rejected_token", "sbp_" + "0" * 40),
        ("unknown_project", None),
        ("delete_missing", None),
        ("delete_no_yes", None),
        ("projects_create_no_yes", None),
    ],
)
def test_refusals_are_the_recorded_ones(world: World, name: str, token: str | None) -> None:
    run = RUNS[name]
    given = world.token if token is None else token
    done = world.supabase(*run["argv"].split()[1:], SUPABASE_ACCESS_TOKEN=given)
    assert (done.returncode, done.stdout) == (run["exit"], run["stdout"])


def test_a_project_is_made_becomes_healthy_and_is_deleted(world: World) -> None:
    run = RUNS["projects_create"]
    argv = run["argv"].replace("sampleorgaabcdefghij", "beesorgabcdefghijklm").split()[1:]
    env = {"SUPABASE_ACCESS_TOKEN": world.token}
    done = world.supabase(*argv, **env)
    assert done.returncode == 0, done.stdout
    made = json.loads(done.stdout)
    assert form(made) == form(json.loads(run["stdout"]))
    listing = RUNS["projects_list"]["argv"].split()[1:]
    for _ in range(100):
        projects = json.loads(world.supabase(*listing, **env).stdout)["projects"]
        status = {p["ref"]: p["status"] for p in projects}[made["ref"]]
        if status == "ACTIVE_HEALTHY":
            break
    assert status == "ACTIVE_HEALTHY"
    delete = [made["ref"] if w.startswith("mihik") else w for w in RUNS["delete"]["argv"].split()]
    gone = world.supabase(*delete[1:], **env)
    assert gone.stdout == RUNS["delete"]["stdout"]
