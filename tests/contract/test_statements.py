"""The list of statements is sound: each has its tests, and the tests exist."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

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
