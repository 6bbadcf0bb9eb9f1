"""The real supabase and the stand-in in one world: the same calls, the same answers.

`nox -s contract` installs the real program; without it these tests are not run.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.contract.supabaseplay import (
    REAL,
    Run,
    Supabase,
    comparable,
    project,
)
from tests.rehearsal.worlds import World

THEIRS = next((path for name, path in REAL.items() if name.startswith("3.")), "")
pytestmark = pytest.mark.skipif(not THEIRS, reason="SUPABASE_PROGRAMS names no real supabase 3")
ASKED = [
    "--version",
    "orgs list",
    "projects list",
    "projects list -o json",
    "projects create",
    "projects delete abcdefghijklmnopqrst --yes",
    "frobnicate",
    "orgs list --nope",
    "secrets list --project-ref REF",
    "secrets set A=1 --project-ref REF --yes",
    "secrets unset A --project-ref REF --yes",
    "branches list --project-ref REF",
    "backups list --project-ref abcdefghijklmnopqrst",
    "backups list --project-ref REF",
    "network-restrictions get --project-ref REF --experimental",
    "ssl-enforcement get --project-ref REF",
    "postgres-config get --project-ref REF --experimental",
    "link --project-ref REF",
    "config diff --project-ref REF",
    "db push --linked --db-url URL",
    "db advisors --linked",
    "db advisors --db-url URL",
    "inspect db blocking --db-url URL",
    "inspect db bloat --db-url URL",
    "migration list --db-url URL",
    "migration list",
]
PUSHED = [
    "db push --db-url URL --dry-run --yes",
    "db push --db-url URL",
    "db push --db-url URL --yes",
    "migration list --db-url URL",
    "migration repair --db-url URL --status reverted 20260101000000 --yes",
    "migration list --db-url URL",
    "migration up --db-url URL --yes",
]


@pytest.fixture(scope="module")
def both(
    made: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Supabase, Supabase]]:
    """The real program and ours, each with a project and a folder of its own."""
    one, two = (tmp_path_factory.mktemp(name) for name in ("theirs", "ours"))
    with project(made, one, "same") as theirs, project(made, two, "same") as ours:
        for each in (theirs, ours):
            each.run("link", "--project-ref", each.ref)
        yield replace(theirs, program=THEIRS), ours


def said(supabase: Supabase, call: str) -> tuple[int, object, object]:
    call = call.replace("REF", supabase.ref).replace("URL", supabase.url)
    done: Run = supabase.run(*call.split())
    names = {supabase.ref: "REF", str(supabase.port): "PORT", str(supabase.cwd): "FOLDER"}
    return done.exit, comparable(done.stdout, names), comparable(done.stderr, names)


@pytest.mark.parametrize("call", ASKED)
def test_both_answer_alike(both: tuple[Supabase, Supabase], call: str) -> None:
    theirs, ours = both
    if call.startswith("projects list"):  # what is linked is marked: ask for the same
        ours = replace(ours, cwd=theirs.cwd, ref=theirs.ref)
    assert said(ours, call) == said(theirs, call)


def test_both_push_alike(both: tuple[Supabase, Supabase]) -> None:
    theirs, ours = both
    for each in both:
        each.migration("20260101000000_one.sql", "create table if not exists public.one ();")
    for call in PUSHED:
        assert said(ours, call) == said(theirs, call), call
