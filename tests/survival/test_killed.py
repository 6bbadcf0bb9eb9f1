"""`invoke provision` killed with -9, and run again."""

import json
from pathlib import Path

import pytest

from tests.survival.apiproxy import Ill, proxied
from tests.survival.faults import Misbehaviour
from tests.survival.survival import begun, ended, killed, place, survives

LOOKS = (
    ("flyctl", "version", 1),
    ("supabase", "--version", 1),
    *(("supabase", "projects list", nth) for nth in (1, 2, 3, 5, 7)),
    *(("flyctl", "status", nth) for nth in (1, 2, 3, 4, 5)),
    *(("flyctl", "machine list", nth) for nth in (1, 2, 3)),
    *(("flyctl", "config show", nth) for nth in (1, 2)),
    ("flyctl", "platform regions", 1),
    *(("supabase", "projects api-keys", nth) for nth in (1, 2, 3)),
    *(("flyctl", "secrets list", nth) for nth in (1, 2)),
    ("flyctl", "ips list", 1),
)
CHANGES = (
    "apps create",
    "ips allocate-v4",
    "ips allocate-v6",
    "secrets import",
    "deploy",
)
HOWS = ("kill-before", "kill-during", "kill-after", "kill-hang")
QUICK = {
    ("deploy", "kill-during"),
    ("secrets import", "kill-after"),
    ("deploy", "kill-hang"),
    ("supabase", "projects list", 2),
}
REQUESTS = ("POST /v1/projects", "POST .*/auth/v1/admin")
QUICK_STEPS = {"end:apply the schema", "begin:deploy"}


def marked(*values: object, quick: bool) -> object:
    name = "-".join(str(each).replace(" ", "_") for each in values)
    marks = [pytest.mark.quick] if quick else []
    return pytest.param(*values, id=name, marks=marks)


def steps() -> list[str]:
    """The steps of a provision from nothing, as it told them (kept by the test below)."""
    return Path(__file__).with_name("steps.txt").read_text().splitlines()


@pytest.mark.parametrize(
    ("program", "words", "nth"), [marked(*each, quick=each in QUICK) for each in LOOKS]
)
def test_killed_while_it_looks(program: str, words: str, nth: int) -> None:
    with place() as where:
        fault = Misbehaviour(program, tuple(words.split()), "kill-during", nth, seconds=0.02)
        killed(where.provision(fault.environment(where.aside)))
        survives(where)


@pytest.mark.parametrize(
    ("words", "how"),
    [marked(each, how, quick=(each, how) in QUICK) for each in CHANGES for how in HOWS],
)
def test_killed_while_it_changes_something(words: str, how: str) -> None:
    with place() as where:
        fault = Misbehaviour("flyctl", tuple(words.split()), how)
        killed(where.provision(fault.environment(where.aside)))
        survives(where)


@pytest.mark.parametrize("how", ["kill-before", "kill-after"])
@pytest.mark.parametrize("request_", REQUESTS)
def test_killed_while_it_asks_an_interface(request_: str, how: str) -> None:
    with place() as where:
        ill = Ill(request_, how)
        with proxied(where.made.root / ".rehearsal", where.aside, ill) as env:
            running = begun(where, {**env, "STAGING_TIMEOUT_FACTOR": "1"})
            ill.victim = running.pid
            killed(ended(running))
        survives(where)


@pytest.mark.parametrize("moment", [marked(each, quick=each in QUICK_STEPS) for each in steps()])
def test_killed_at_the_boundary_of_a_step(moment: str) -> None:
    with place() as where:
        env = {"KILL_AT": moment, "PYTHONPATH": str(Path(__file__).parent)}
        killed(where.provision(env))
        survives(where)


def test_every_step_and_call_of_a_run_has_its_case() -> None:
    with place() as where:
        done = where.provision(words="--json")
        ran = {step["name"] for step in json.loads(done.stdout)["steps"]}
        calls = [json.loads(line) for line in where.made.calls()]
    assert ran - {each.partition(":")[2] for each in steps()} == set()
    known = {words for _, words, _ in LOOKS} | set(CHANGES)
    made = {" ".join(call["argv"]) for call in calls}
    assert {each for each in made if not each.startswith(tuple(known))} == set()


@pytest.mark.parametrize("moment", ["begin", "end"])
def test_killed_while_it_destroys(moment: str) -> None:
    with place() as where:
        assert where.provision().returncode == 0
        words = ("apps", "destroy") if moment == "begin" else ("projects", "delete")
        program = "flyctl" if moment == "begin" else "supabase"
        how = "kill-before" if moment == "begin" else "kill-after"
        env = Misbehaviour(program, words, how).environment(where.aside)
        task = ("invoke", "destroy", "--confirm", "blue-banded-bee-staging")
        killed(where.made.run(*task, env=env, timeout=60))
        again = where.made.run(*task, timeout=60)
        assert again.returncode == 0, again.stderr
        survives(where)
