"""A program that hangs, fails or prints rubbish while the mirror is built."""

import pytest

from tests.survival.complaints import FLYCTL, SUPABASE
from tests.survival.faults import Misbehaviour
from tests.survival.survival import SHORT, place, survives, told_or_absorbed

ALL = [("flyctl", *each) for each in FLYCTL] + [("supabase", *each) for each in SUPABASE]
QUICK_TEXTS = ("already been taken", "list projects status 401")
HANGING = (
    ("flyctl", "version", 1),
    ("flyctl", "status", 2),
    ("flyctl", "machine list", 2),
    ("flyctl", "apps create", 1),
    ("flyctl", "ips allocate-v4", 1),
    ("flyctl", "secrets import", 1),
    ("flyctl", "deploy", 1),
    ("supabase", "--version", 1),
    ("supabase", "projects list", 1),
    ("supabase", "projects list", 3),
    ("supabase", "projects api-keys", 1),
)
JSON = (
    ("flyctl", "version", 1),
    ("flyctl", "status", 1),
    ("flyctl", "status", 3),
    ("flyctl", "machine list", 1),
    ("flyctl", "config show", 1),
    ("flyctl", "platform regions", 1),
    ("flyctl", "secrets list", 1),
    ("flyctl", "ips list", 1),
    ("supabase", "projects list", 1),
    ("supabase", "projects list", 3),
    ("supabase", "projects api-keys", 1),
)
QUICK = {("flyctl", "apps create", 1)}


def marked(*values: object, quick: bool) -> object:
    name = "-".join(str(each).replace(" ", "_")[:60] for each in values)
    return pytest.param(*values, id=name, marks=[pytest.mark.quick] if quick else [])


@pytest.mark.parametrize(
    ("program", "words", "nth", "text", "says"),
    [marked(*each, quick=any(q in each[3] for q in QUICK_TEXTS)) for each in ALL],
)
def test_a_program_fails_with_a_text(
    program: str, words: str, nth: int, text: str, says: str
) -> None:
    with place() as where:
        fault = Misbehaviour(
            program, tuple(words.split()), "fail", nth, text=text, stdout=program == "supabase"
        )
        told_or_absorbed(where, where.provision(fault.environment(where.aside)), says=says)
        survives(where)


@pytest.mark.parametrize("how", ["hang", "hang-after"])
@pytest.mark.parametrize(
    ("program", "words", "nth"), [marked(*each, quick=each in QUICK) for each in HANGING]
)
def test_a_program_hangs(program: str, words: str, nth: int, how: str) -> None:
    with place() as where:
        fault = Misbehaviour(program, tuple(words.split()), how, nth)
        env = {**fault.environment(where.aside), "STAGING_TIMEOUT_FACTOR": SHORT}
        told_or_absorbed(where, where.provision(env), says="did not finish in")
        survives(where)


@pytest.mark.parametrize("how", ["rubbish", "half"])
@pytest.mark.parametrize(
    ("program", "words", "nth"), [marked(*each, quick=each in QUICK) for each in JSON]
)
def test_a_program_prints_what_nobody_can_read(
    program: str, words: str, nth: int, how: str
) -> None:
    with place() as where:
        fault = Misbehaviour(program, tuple(words.split()), how, nth)
        told_or_absorbed(
            where, where.provision(fault.environment(where.aside)), says="unknown form"
        )
        survives(where)


@pytest.mark.parametrize("words", ["apps create", "secrets import", "deploy", "ips allocate-v6"])
def test_a_program_does_its_work_and_calls_it_failed(words: str) -> None:
    with place() as where:
        text = "Error: server returned a non-200 status code: 504"
        fault = Misbehaviour("flyctl", tuple(words.split()), "fail-after", text=text)
        told_or_absorbed(where, where.provision(fault.environment(where.aside)), says="504")
        survives(where)
