"""What is said of migrations: as text, as Markdown, as a page, by the schema."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema

import staging.report.linted
import staging.report.rehearsed
import staging.report.text  # noqa: F401 - each form registers itself
from staging.inventory import Subject
from staging.operations.histories import Standing
from staging.operations.linting import Linted
from staging.operations.rehearsing.records import Rehearsed
from staging.report.document import document
from staging.report.lines import text
from staging.report.markdown import markdown
from staging.report.page import page
from staging.rules.findings import Finding
from staging.rules.histories import Migration
from staging.rules.risk import Reason
from staging.rules.traced import Held, Ran, Scale, Traced

SCHEMAS = Path(__file__).parents[3] / "staging" / "schemas"
LOCK = Held(
    object="public.<t>",
    of="",
    mode="AccessExclusiveLock",
    statement=1,
    last=1,
    taken=0.1,
    held=0.3,
)
FILE = Traced(
    file="1_a.sql",
    transactional=True,
    seconds=0.4,
    commit=0.01,
    statements=(
        Ran(number=1, line=1, text="a < b", kind="X", alone=False, started=0.1, seconds=0.2),
    ),
    locks=(LOCK,),
)
WINDOW = Reason(level="window", file="1_a.sql", told="writes wait", seconds=9.0, remedy="a | b")
TRIED = Rehearsed(
    verdict="fail",
    risk="window",
    window_seconds=9.0,
    allowed_seconds=0.5,
    target="cloud",
    production="bee",
    staging="bee-staging",
    subject=Subject(target="cloud", app="bee-staging", digest="sha256:1"),
    at="2026-01-01T00:00:00+00:00",
    source="1 that production has not got",
    files=("1_a.sql",),
    reasons=(WINDOW,),
    foreseen=(),
    blind=("1_a.sql, statement 1: something",),
    production_rows={"public.t": 1},
    limits={},
    scales=(Scale(scale=1.0, rows={"public.t": 1}, files=(FILE,)),),
    failures=(),
    seconds=1.0,
)
FINDING = Finding(
    file="1_a.sql",
    line=2,
    rule="revoke",
    severity="error",
    told="taken",
    table="t",
    rows=5,
    indexes=0,
    instead="do not",
)
LINTED = Linted(
    verdict="fail",
    files=("1_a.sql",),
    source="1 of 1 files",
    weighed="nothing",
    major=17,
    findings=(FINDING,),
)
STANDING = Standing(
    verdict="fail",
    folder="supabase/migrations",
    migrations=(
        Migration(
            version="1",
            name="a",
            time="",
            local=True,
            staging=True,
            production=False,
            pending=("production",),
            wrong=("edited after staging got it",),
        ),
    ),
    skipped=("notes.sql",),
    unkept=(),
)


def valid(result: object, name: str) -> bool:
    known = json.loads((SCHEMAS / f"{name}.json").read_text())
    return bool(jsonschema.Draft202012Validator(known).is_valid(json.loads(document(result))))


def test_each_result_meets_its_schema() -> None:
    assert valid(TRIED, "migrations")
    assert valid(LINTED, "lint")
    assert valid(STANDING, "migrations-status")


def test_a_verdict_that_its_risk_does_not_bear_out_meets_no_schema() -> None:
    assert not valid(replace(TRIED, verdict="pass"), "migrations")
    assert not valid(replace(TRIED, verdict="invalid"), "migrations")
    assert not valid(replace(TRIED, verdict="pass", risk="safe", files=()), "migrations")


def test_a_trial_is_told_with_its_window_its_reason_and_what_was_not_seen() -> None:
    for told in (text(TRIED), markdown(TRIED)):
        assert "needs a window of 9 s" in told
        assert "writes wait" in told
        assert "Not seen: 1_a.sql, statement 1" in told


def test_a_page_escapes_what_it_shows_and_needs_no_network() -> None:
    told = page(TRIED)
    assert "public.&lt;t&gt;" in told
    assert "a &lt; b" in told
    assert not any(word in told for word in ("src=", "url(", "@import", "http"))
    assert "left: 25.0%; width: 75.0%" in told


def test_findings_are_told_with_what_to_do_and_what_was_allowed() -> None:
    assert "→ do not" in text(LINTED)
    assert "1 error, 0 warnings, 0 notes" in markdown(LINTED)
    allowed = replace(LINTED, findings=(replace(FINDING, allowed="it is new"),))
    assert "allowed: it is new" in text(allowed)
    assert "0 errors" in text(allowed)


def test_how_migrations_stand_is_told_by_place() -> None:
    assert "1 in all, 1 wrong, 0 pending on staging, 1 pending on production" in text(STANDING)
    assert "edited after staging got it" in markdown(STANDING)
    assert "Passed over, for their names: notes.sql" in text(STANDING)
