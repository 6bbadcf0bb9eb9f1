"""`invoke provision` killed with -9, and run again."""

import pytest

from tests.survival.faults import Misbehaviour
from tests.survival.survival import killed, place, survives

QUICK = (
    ("supabase", ("projects", "list"), 2, "kill-before"),
    ("flyctl", ("apps", "create"), 1, "kill-after"),
    ("flyctl", ("secrets", "import"), 1, "kill-after"),
    ("flyctl", ("deploy",), 1, "kill-during"),
    ("flyctl", ("machine", "list"), 2, "kill-after"),
)


@pytest.mark.parametrize(
    ("program", "words", "nth", "how"), QUICK, ids=lambda each: str(each).replace("'", "")
)
def test_a_run_killed_in_a_call_goes_on(
    program: str, words: tuple[str, ...], nth: int, how: str
) -> None:
    with place() as where:
        fault = Misbehaviour(program, words, how, nth)
        killed(where.provision(fault.environment(where.aside)))
        survives(where)
