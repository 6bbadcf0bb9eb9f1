"""The list of statements is sound: each has its tests, and the tests exist."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.contract.statements import every, load

ROOT = Path(__file__).parents[2]


@cache
def functions(path: Path) -> frozenset[str]:
    """The test functions that a file defines."""
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_each_named_test_exists() -> None:
    named = [place for each in every() for place in each.places]
    missing = [f"{path}::{name}" for path, name in named if name not in functions(path)]
    assert missing == []


def test_each_named_function_is_one_that_pytest_runs() -> None:
    names = [name for each in every() for _, name in each.places]
    assert [name for name in names if not name.startswith("test_")] == []


def test_each_statement_has_tests_or_a_reason_and_never_both() -> None:
    wrong = [each.says for each in every() if bool(each.tests) == bool(each.untested)]
    assert wrong == []


def test_no_statement_is_made_twice() -> None:
    said = Counter((each.program, each.says.casefold()) for each in every())
    assert [says for says, times in said.items() if times > 1] == []


def test_a_statement_is_a_sentence() -> None:
    assert [s.says for s in every() if not s.says.endswith(".") or "\n" in s.says] == []


def test_a_statement_names_no_test_twice() -> None:
    assert [s.says for s in every() if len(set(s.tests)) != len(s.tests)] == []


def test_flyctl_is_stated_whole() -> None:
    assert len(load("flyctl")) >= 100


@pytest.mark.parametrize(("program", "module"), [("flyctl", "fly.py"), ("supabase", "supabase.py")])
def test_each_flag_that_staging_gives_is_in_a_tested_statement(program: str, module: str) -> None:
    tree = ast.parse((ROOT / "staging" / "clouds" / module).read_text())
    texts = [str(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    flags = {text.partition("=")[0] for text in texts if text.startswith("--")}
    told = " ".join(each.says for each in load(program) if each.tests)
    assert sorted(flag for flag in flags if not re.search(rf"{flag}\b", told)) == []
    assert flags


def test_only_the_wrappers_ask_the_programs_anything() -> None:
    asking = {
        str(path.relative_to(ROOT / "staging"))
        for path in (ROOT / "staging").rglob("*.py")
        if re.search(r"\bProgram\(|import .*\bProgram\b", path.read_text())
    }
    assert asking == {"clouds/fly.py", "clouds/supabase.py", "operations/opening.py"}
