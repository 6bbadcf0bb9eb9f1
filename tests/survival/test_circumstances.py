"""What is around fails: the interface, the network, the disk, the database, the project."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.survival.apiproxy import Ill, proxied
from tests.survival.survival import (
    NAME,
    SHORT,
    place,
    survives,
    told,
    told_or_absorbed,
    world,
)

CREATE = "POST /v1/projects"
LISTED = "GET /v1/projects"
NOBODY = "127.0.0.1:1"  # a port at which nothing listens


@pytest.mark.parametrize("how", ["500", "502", "429", "half", "hang", "hang-after"])
def test_the_interface_fails_to_make_the_project(how: str) -> None:
    through(Ill(CREATE, how))


def test_the_interface_is_ill_for_longer_than_anybody_asks_again() -> None:
    through(Ill(LISTED, "500", times=50))


@pytest.mark.parametrize("how", ["500", "half", "hang"])
def test_auth_fails_to_make_the_user(how: str) -> None:
    through(Ill("POST .*/auth/v1/admin", how))


@pytest.mark.quick
def test_a_project_never_comes_up() -> None:
    ill = Ill(LISTED, "changed", times=999, change=lambda answer: status(answer, "COMING_UP"))
    through(ill, says="COMING_UP")


@pytest.mark.quick
def test_a_paused_project_is_told_at_once() -> None:
    with place() as where:
        assert where.provision().returncode == 0
        ill = Ill(LISTED, "changed", times=999, change=lambda answer: status(answer, "INACTIVE"))
        with proxied(where.made.root / ".rehearsal", where.aside, ill) as env:
            done = where.provision(env, timeout=30)
        told(where, done, says="paused")
        survives(where)


def test_another_organisation_has_no_room() -> None:
    text = b'{"message":"reached their maximum limits for the number of active free projects"}'
    through(Ill(CREATE, "refused", change=lambda _: text), says="active free projects")


@pytest.mark.parametrize(
    "what", ["interface", "database", pytest.param("both", marks=pytest.mark.quick)]
)
def test_there_is_no_network(what: str) -> None:
    with place() as where:
        env = {"STAGING_TIMEOUT_FACTOR": SHORT}
        if what != "database":
            profile = (where.made.root / ".rehearsal" / "profile.yaml").read_text()
            named = where.aside / "profile.yaml"
            named.write_text(re.sub(r"127\.0\.0\.1:\d+", NOBODY, profile))
            env["SUPABASE_PROFILE"] = str(named)
        if what != "interface":
            env["PRODUCTION_DATABASE_URL"] = f"postgresql://reader:secret@{NOBODY}/postgres"
        told(where, where.provision(env))
        survives(where)


@pytest.mark.parametrize("size", [0, 100, 400, 2000])
def test_no_file_can_grow_beyond_a_size(size: int) -> None:
    if shutil.which("prlimit") is None:
        pytest.skip("there is no prlimit here")
    with place() as where:
        # CPython keeps a .pyc that was cut short, and stumbles over it: none is left to write.
        where.made.run("compileall", "-q", "staging", "rehearsal", "tasks.py")
        words = ("prlimit", f"--fsize={size}", "--")
        told_or_absorbed(where, where.provision(before=words))
        survives(where)


@pytest.mark.parametrize("kilobytes", [4, 8, 12])
def test_the_disk_is_full(kilobytes: int) -> None:
    with place() as where:
        kept = where.made.root / ".staging"
        with full(kept, kilobytes):
            told_or_absorbed(where, where.provision())
        survives(where)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(".staging", marks=pytest.mark.quick),
        ".staging/lock",
        ".staging/credentials.part",
    ],
)
def test_what_is_kept_cannot_be_written(name: str) -> None:
    with place() as where:
        path = where.made.root / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        if name == ".staging":
            path.write_text("")
        else:
            path.mkdir()
        told(where, where.provision(), says="cannot be")
        path.unlink() if name == ".staging" else path.rmdir()
        survives(where)


def test_fly_staging_toml_cannot_be_written() -> None:
    with place() as where:
        (where.made.root / "fly.staging.toml").unlink()
        part = where.made.root / "fly.staging.part"
        part.mkdir()
        told(where, where.provision(), says="fly.staging.toml cannot be written")
        part.rmdir()
        survives(where)


def test_an_audit_line_that_cannot_be_written_is_told_and_nothing_is_undone() -> None:
    with place() as where:
        path = where.made.root / ".staging" / "audit.jsonl"
        path.mkdir(parents=True)
        path.parent.chmod(0o700)
        done = where.provision()
        assert done.returncode == 0, done.stderr
        assert "not on record" in done.stderr
        path.rmdir()
        survives(where)


@pytest.mark.parametrize("name", ["blue-banded-bee", NAME])
def test_postgresql_answers_nobody_for_a_while(name: str) -> None:
    with place() as where:
        assert where.provision().returncode == 0
        ref = next(each["ref"] for each in world(where)["projects"] if each["name"] == name)
        found = next(where.made.root.glob(f".rehearsal/postgres/{ref}/postmaster.pid"))
        pid = int(found.read_text().split()[0])
        os.kill(pid, signal.SIGSTOP)
        try:
            done = where.provision({"STAGING_TIMEOUT_FACTOR": SHORT}, timeout=60)
        finally:
            os.kill(pid, signal.SIGCONT)
        told(where, done)
        survives(where)


def through(ill: Ill, *, says: str = "") -> None:
    """Provision through an ill interface, then without."""
    with place() as where:
        with proxied(where.made.root / ".rehearsal", where.aside, ill) as env:
            done = where.provision({**env, "STAGING_TIMEOUT_FACTOR": SHORT})
            assert ill.met, "the fault did not strike"
        told_or_absorbed(where, done, says=says)
        survives(where)


def status(answer: bytes, name: str) -> bytes:
    """The projects, staging's with another status."""
    found = json.loads(answer)
    for each in found if isinstance(found, list) else ():
        if each["name"] == NAME:
            each["status"] = name
    return json.dumps(found).encode()


@contextmanager
def full(folder: Path, kilobytes: int) -> Iterator[None]:
    """A disk of so many kilobytes at `folder`."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder.mkdir(mode=0o700)
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=700", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, timeout=20).returncode:
        pytest.skip("no mount is permitted here")
    kept = folder.with_name("kept")
    try:
        yield
        shutil.copytree(folder, kept)  # the disk has room again, and what it had
    finally:
        subprocess.run(["umount", str(folder)], timeout=20, check=True)
    for each in kept.iterdir():
        shutil.move(each, folder / each.name)
    kept.rmdir()
