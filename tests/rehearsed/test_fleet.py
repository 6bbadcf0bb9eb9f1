"""A load test that machines carry: it starts, joins, measures, and nothing of it is left."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate

from tests.rehearsed.checkout import ROOT, Checkout
from tests.waiting import until

SCHEMA = json.loads((ROOT / "staging/schemas/fleet.json").read_text())
REPORT = json.loads((ROOT / "loadtests/report.schema.json").read_text())
APP = "blue-banded-bee-staging-load"
TWO = ("fleet", "--machines", "2", "--region", "syd,iad", "--rate", "20")
BASE = '["python:3.12-slim-bookworm"]\nbare = true\n'
TOKEN = "eyJ"
"""As every token of Supabase's begins."""

AHEAD = """
import os, time
real = time.perf_counter
if os.environ.get("FLY_REGION") == "iad":
    time.perf_counter = lambda: real() + 5.0
"""


@pytest.fixture(autouse=True, scope="module")
def _patient(provisioned: Checkout) -> None:
    """Whether staging is fast enough on this computer is not what is tried here."""
    for name, limit in (("p50", 250), ("p95", 800), ("p99", 1500)):
        provisioned.edit(f"{name}_ms = {limit}", f"{name}_ms = 60000")


@pytest.fixture(autouse=True)
def _nothing_left(provisioned: Checkout) -> Iterator[None]:
    yield
    provisioned.run("invoke", "fleet", "--clear")
    assert machines(provisioned) == []


def flyctl(place: Checkout, *words: str) -> "subprocess.CompletedProcess[str]":
    kept = (place.root / ".rehearsal" / "environment").read_text().splitlines()
    token = dict(line.partition("=")[::2] for line in kept)["FLY_API_TOKEN"]
    return subprocess.run(
        [place.root / "rehearsal/bin/flyctl", *words],
        env={**place.environment({}), "FLY_API_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=60,
    )


def machines(place: Checkout) -> list[dict[str, Any]]:
    """The load machines that there are; none where there is no app for them."""
    found = flyctl(place, "machine", "list", "--app", APP, "--json")
    return list(json.loads(found.stdout)) if found.returncode == 0 else []


def carrying(place: Checkout) -> dict[str, int]:
    """The real worker processes, by the region of their machine."""
    found = {}
    for pid in place.processes():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        given = dict(each.decode(errors="replace").partition("=")[::2] for each in told)
        if b"loadtests.worker" in words and "FLY_MACHINE_ID" in given:
            found[given["FLY_REGION"]] = pid
    return found


def started(place: Checkout, *words: str) -> "subprocess.Popen[str]":
    """A run of two machines that is under way."""
    run = place.start("invoke", *TWO, "--seconds", "12", *words)
    assert run.stderr
    for line in run.stderr:
        if " of 12 s: " in line:
            return run
    raise AssertionError(f"it never began: {run.wait(10)}")


def finished(run: "subprocess.Popen[str]", *, timeout: float = 60) -> tuple[int, str, str]:
    out, err = run.communicate(timeout=timeout)
    return run.returncode, out, err


def report(place: Checkout, name: str = "fleet") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place.root / "reports" / f"{name}.json").read_text())
    return found


def called(place: Checkout, *words: str) -> int:
    """How often flyctl was called so."""
    calls = (json.loads(line)["argv"] for line in place.calls())
    return sum(argv[: len(words)] == list(words) for argv in calls)


def test_two_machines_send_just_what_was_planned_whatever_their_clocks_say(
    provisioned: Checkout,
) -> None:
    wrong = provisioned.root / "wrong"
    wrong.mkdir()
    (wrong / "sitecustomize.py").write_text(AHEAD)
    images = provisioned.root / "rehearsal" / "images.toml"
    told = images.read_text()
    assert BASE in told
    images.write_text(told.replace(BASE, f'{BASE}env = {{ PYTHONPATH = "{wrong}" }}\n'))
    try:
        done = provisioned.run("invoke", *TWO, "--seconds", "5", "--json")
    finally:
        images.write_text(told)
    assert done.returncode == 0, done.stderr
    found, load = json.loads(done.stdout), report(provisioned, "load")
    validate(found, SCHEMA)
    validate(load, REPORT)
    assert (found["verdict"], found["requests"], found["planned"]) == ("pass", 100, 100)
    here, there = found["machines"]
    assert [here["requests"], there["requests"]] == [50, 50]
    assert abs(here["clock_ahead_seconds"]) < 0.5 < 4.5 < there["clock_ahead_seconds"] < 5.5
    assert sum(second["planned"] for second in load["timeline"]) == 100
    assert load["due"][-1]["ms"] < 4500, "five seconds of a clock are in no latency"
    assert load["generator"]["lag_p99_ms"] < 4500
    spent = done.stderr.index("at most 0.0088"), done.stderr.index("runs in syd")
    assert spent == tuple(sorted(spent)), "the price is told before it is spent"
    assert machines(provisioned) == []
    assert carrying(provisioned) == {}


@pytest.mark.nightly
def test_the_token_goes_through_the_console_alone(provisioned: Checkout) -> None:
    run = started(provisioned)
    made = json.dumps(machines(provisioned))
    seen = [Path(f"/proc/{pid}") for pid in carrying(provisioned).values()]
    told = b"".join((p / "cmdline").read_bytes() + (p / "environ").read_bytes() for p in seen)
    code, out, err = finished(run)
    assert code == 0, err
    assert len(seen) == 2
    assert provisioned.run("invoke", "token").stdout.startswith(TOKEN)
    logs = (provisioned.root / ".rehearsal" / "logs").glob(f"{APP}-*.log")
    everywhere = [made, told.decode(errors="replace"), out, err, *provisioned.calls()]
    everywhere += [log.read_text() for log in logs]
    assert [text for text in everywhere if TOKEN in text] == []


@pytest.mark.nightly
@pytest.mark.parametrize(("number", "word"), [(signal.SIGKILL, "died"), (signal.SIGSTOP, "said")])
def test_the_share_of_a_worker_that_is_gone_is_missing(
    provisioned: Checkout, number: int, word: str
) -> None:
    run = started(provisioned, "--json")
    os.kill(carrying(provisioned)["syd"], number)
    code, out, err = finished(run)
    found = json.loads(out)
    validate(found, SCHEMA)
    assert (code, found["verdict"]) == (6, "invalid"), err
    assert found["reasons"][0].startswith(f"Worker 1 of 2 {word}")
    assert "120 of 240 planned requests are missing" in found["reasons"][0]
    assert [each["requests"] for each in found["machines"]] == [0, 120]
    assert found["machines"][0]["lost"].startswith(word)
    assert machines(provisioned) == []
    assert carrying(provisioned) == {}


@pytest.mark.nightly
def test_a_machine_that_goes_takes_its_share_with_it(provisioned: Checkout) -> None:
    run = started(provisioned)
    (gone,) = (each["id"] for each in machines(provisioned) if each["region"] == "iad")
    flyctl(provisioned, "machine", "destroy", gone, "--app", APP, "--force")
    code, out, err = finished(run)
    assert code == 6, err
    assert "Worker 2 of 2 died: its 120 of 240 planned requests are missing." in out
    assert machines(provisioned) == []


@pytest.mark.nightly
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(provisioned: Checkout, number: int) -> None:
    run = started(provisioned)
    assert len(machines(provisioned)) == 2
    began = time.monotonic()
    os.killpg(run.pid, number)
    code, _, err = finished(run)
    assert code == 130, err
    assert time.monotonic() - began < 15
    assert machines(provisioned) == []
    until(lambda: carrying(provisioned) == {})
    jobs = report(provisioned, "load")
    assert jobs["partial"]


@pytest.mark.nightly
def test_what_a_killed_run_leaves_is_ended_by_the_next(provisioned: Checkout) -> None:
    run = started(provisioned)
    os.killpg(run.pid, signal.SIGKILL)
    finished(run)
    left = {each["id"] for each in machines(provisioned)}
    assert len(left) == 2
    until(lambda: carrying(provisioned) == {})  # the workers end with whoever spoke to them
    done = provisioned.run("invoke", *TWO, "--seconds", "5", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ended_before"] == 2
    assert "2 machines of an earlier run are still there" in done.stderr
    assert machines(provisioned) == []


@pytest.mark.nightly
def test_what_a_killed_run_leaves_is_cleared_when_asked(provisioned: Checkout) -> None:
    run = started(provisioned)
    os.killpg(run.pid, signal.SIGKILL)
    finished(run)
    left = {each["id"] for each in machines(provisioned)}
    done = provisioned.run("invoke", "fleet", "--clear")
    assert done.returncode == 0, done.stderr
    assert all(each in done.stdout for each in left)
    assert f"Fly app {APP}" in done.stdout
    assert machines(provisioned) == []
    assert "Nothing was left" in provisioned.run("invoke", "fleet", "--clear").stdout


@pytest.mark.nightly
def test_a_start_that_fails_ends_what_had_started(provisioned: Checkout) -> None:
    program = provisioned.root / "failing-flyctl"
    real = provisioned.root / "rehearsal/bin/flyctl"
    fails = "case \"$*\" in 'machine run'*' iad '*) echo 'no capacity' >&2; exit 1;; esac"
    program.write_text(f'#!/bin/sh\n{fails}\nexec {real} "$@"\n')
    program.chmod(0o755)
    done = provisioned.run("invoke", *TWO, "--seconds", "5", env={"FLYCTL": str(program)})
    assert done.returncode == 3, done.stdout
    assert "runs in syd" in done.stderr
    assert "no capacity" in done.stderr
    assert machines(provisioned) == []


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--rate", "2000"), 5, "[load] rate allows 200 at most"),
        (("--profile", "limit"), 4, "carried by one process"),
        (("--profile", "no-such"), 4, "no-such"),
        (("--region", "nowhere"), 4, "There is no region nowhere"),
        (("--machines", "33"), 4, "Expected 1 to 32"),
        (("--size", "huge"), 4, "no size of a machine"),
    ],
)
def test_nothing_is_spent_on_what_would_be_refused(
    provisioned: Checkout, words: tuple[str, ...], code: int, why: str
) -> None:
    before = called(provisioned, "machine", "run")
    done = provisioned.run("invoke", "fleet", *words)
    assert done.returncode == code, done.stdout + done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert called(provisioned, "machine", "run") == before


@pytest.mark.nightly
def test_a_fleet_over_the_budget_is_refused(provisioned: Checkout) -> None:
    before = called(provisioned, "machine", "run")
    file = provisioned.root / "staging.toml"
    text = file.read_text()
    provisioned.edit("monthly_usd = 70", "monthly_usd = 1")
    try:
        done = provisioned.run("invoke", *TWO)
    finally:
        file.write_text(text)
    assert done.returncode == 5
    assert "over the budget" in done.stderr
    assert called(provisioned, "machine", "run") == before


@pytest.mark.nightly
def test_a_machine_of_somebody_else_is_left_alone(provisioned: Checkout) -> None:
    flyctl(provisioned, "apps", "create", APP, "--org", "bees")
    image = "registry.fly.io/blue-banded-bee:deployment-01"
    flyctl(provisioned, "machine", "run", image, "--app", APP, "--metadata", "whose=theirs")
    (theirs,) = machines(provisioned)
    for words in (TWO, ("fleet", "--clear")):
        done = provisioned.run("invoke", *words)
        assert done.returncode == 5, done.stderr
        assert f"{APP} is not ours" in done.stderr
    assert [each["id"] for each in machines(provisioned)] == [theirs["id"]]
    flyctl(provisioned, "apps", "destroy", APP, "--yes")


@pytest.mark.nightly
def test_a_machine_whose_time_is_over_ends_itself(provisioned: Checkout) -> None:
    run = started(provisioned)
    lives = {tuple(each["config"]["init"]["cmd"]) for each in machines(provisioned)}
    kept: list[Mapping[str, Any]] = [each["config"] for each in machines(provisioned)]
    os.killpg(run.pid, signal.SIGINT)
    finished(run)
    assert lives == {("sleep", "312")}
    assert all(each["auto_destroy"] and each["restart"] == {"policy": "no"} for each in kept)


@pytest.mark.nightly
def test_a_destroyed_environment_leaves_no_load_machine(provisioned: Checkout) -> None:
    words = ("--environment", "pr-9")
    built = provisioned.run("invoke", "provision", *words)
    assert built.returncode == 0, built.stderr
    flyctl(provisioned, "apps", "create", "blue-banded-bee-staging-pr-9-load", "--org", "bees")
    listed = json.loads(provisioned.run("invoke", "environments", "--json").stdout)
    assert [each["name"] for each in listed["environments"]] == ["staging", "pr-9"]
    done = provisioned.run("invoke", "destroy", *words, "--confirm", "pr-9")
    assert done.returncode == 0, done.stderr
    assert "Destroyed: Fly app blue-banded-bee-staging-pr-9-load" in done.stdout
    apps = flyctl(provisioned, "apps", "list", "--json").stdout
    assert "pr-9" not in apps
