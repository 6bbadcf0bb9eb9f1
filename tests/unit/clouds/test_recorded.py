"""Every answer that the real programs gave is read; cut short or grown, it misleads nobody."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from staging.clouds.fly import Fly
from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.clouds.supabase import Supabase
from staging.errors import CommandFailed
from tests.unit.clouds.conftest import MakeProgram, StandIn, recorded

READ: dict[tuple[str, str], Callable[[Program], object]] = {
    ("flyctl", "version"): lambda p: Fly(p, may_change=Permission()).version(),
    ("flyctl", "whoami"): lambda p: Fly(p, may_change=Permission()).whoami(),
    ("flyctl", "regions"): lambda p: Fly(p, may_change=Permission()).regions(),
    ("flyctl", "status"): lambda p: Fly(p, may_change=Permission()).app("a"),
    ("flyctl", "machine_list"): lambda p: Fly(p, may_change=Permission()).machines("a"),
    ("flyctl", "secrets_list"): lambda p: Fly(p, may_change=Permission()).secrets("a"),
    ("flyctl", "ips_list"): lambda p: Fly(p, may_change=Permission()).addresses("a"),
    ("flyctl", "releases"): lambda p: Fly(p, may_change=Permission()).releases("a"),
    ("flyctl", "config_show"): lambda p: Fly(p, may_change=Permission()).config("a"),
    ("supabase", "orgs_list"): lambda p: Supabase(
        p, token=None, may_change=Permission()
    ).organisations(),
    ("supabase", "projects_list"): lambda p: Supabase(
        p, token=None, may_change=Permission()
    ).projects(),
    ("supabase", "api_keys_reveal"): lambda p: Supabase(
        p, token=None, may_change=Permission()
    ).keys("r"),
}
ANSWERS = pytest.mark.parametrize(("program_name", "run"), READ, ids=lambda each: str(each))


def answering(program: MakeProgram, text: str) -> Program:
    stand_in: StandIn = program(f"sys.stdout.write({text!r})")
    return Program(str(stand_in.path), {"PATH": "/usr/bin:/bin"})


def grown(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The document with a field that nobody knows in every object."""
    if isinstance(value, dict):
        return {**{k: grown(v) for k, v in value.items()}, "brand_new": {"nested": [1, None]}}
    return [grown(each) for each in value] if isinstance(value, list) else value


@ANSWERS
def test_unknown_fields_change_nothing(program: MakeProgram, program_name: str, run: str) -> None:
    read, said = READ[program_name, run], recorded(program_name, run)["stdout"]
    before = read(answering(program, said))
    after = read(answering(program, json.dumps(grown(json.loads(said)))))
    assert after == (grown(before) if run == "config_show" else before)
    assert before


@ANSWERS
@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_truncated_answer_is_an_error_that_names_the_program(
    program: MakeProgram, program_name: str, run: str, part: float
) -> None:
    said = recorded(program_name, run)["stdout"].strip()
    with pytest.raises(CommandFailed, match="answered in an unknown form"):
        READ[program_name, run](answering(program, said[: int(len(said) * part)]))


@ANSWERS
@pytest.mark.parametrize("said", ['"text"', "7", '[{"id":1}]', '{"surprise":true}'])
def test_an_answer_of_another_form_is_an_error_that_names_the_program(
    program: MakeProgram, program_name: str, run: str, said: str
) -> None:
    if run == "config_show" and said.startswith("{"):
        pytest.skip("a configuration is any object")
    with pytest.raises(CommandFailed, match="answered in an unknown form"):
        READ[program_name, run](answering(program, said))
