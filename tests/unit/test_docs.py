"""The README is true: every task, session and exit code stands in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from staging import errors

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def listed(*words: str) -> str:
    argv = [sys.executable, "-m", *words]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60).stdout


def test_every_task_is_documented_and_explained_in_one_line() -> None:
    lines = re.findall(r"^  (\S+)   *(\S.*)$", listed("invoke", "--list"), re.MULTILINE)
    assert len(lines) >= 10
    for name, explanation in lines:
        collection, _, last = name.rpartition(".")
        assert f"invoke {name}" in README or (collection in README and f"`.{last}`" in README), name
        assert explanation.endswith(".")


def test_every_session_is_documented() -> None:
    found = re.findall(r"^[*-] (\S+) -> .+\.$", listed("nox", "-l"), re.MULTILINE)
    known = {"lint", "tests", "rehearsed", "portability", "survival", "contract", "rerecord"}
    known |= {"smoke", "load", "catching", "drills", "workflows"}
    assert set(found) == known
    assert set(re.findall(r"nox -s (\w+)", README)) == set(found)


def test_every_exit_code_is_documented() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper()}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == codes


def test_every_variable_that_is_read_for_a_target_is_documented() -> None:
    for name in ("FLY_API_TOKEN", "SUPABASE_ACCESS_TOKEN", "PRODUCTION_DATABASE_URL"):
        assert name in README


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_leads_somewhere(page: Path) -> None:
    named = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert [n for n in named if "://" not in n and not (page.parent / n).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    named = set(re.findall(r"\(docs/([a-z-]+\.md)\)", README))
    assert {page.name for page in PAGES if page.parent == ROOT / "docs"} <= named
