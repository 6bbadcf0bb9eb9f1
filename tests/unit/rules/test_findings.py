"""Findings count as much as production's tables are large, and comments allow them for a reason."""

import pytest

from staging.rules.findings import Finding, Raw, Severity, Weight, own, severity, weighed
from staging.rules.hazards import BARE, HAZARDS, guarded
from staging.rules.remedies import REMEDIES
from staging.rules.statements import statements

BAD = {
    "drop-policy": "drop policy p on t",
    "policy-for-all-rows": "create policy p on t using (true)",
    "row-security-off": "alter table t disable row level security",
    "trigger-off": "alter table t disable trigger all",
    "revoke": "revoke select on t from anon",
    "vacuum-full": "vacuum full t",
    "refresh-blocks-readers": "refresh materialized view v",
    "every-row": "delete from t",
    "lock-table": "lock table t",
    "definer-search-path": "create function f() returns int language sql security definer "
    "as 'select 1'",
    "drop-cascade": "drop view v cascade",
}
GOOD = """
create policy p on t using (id = 1);
create policy q on t to service_role using (true);
create policy r on t as restrictive for all using (true);
alter table t enable row level security;
alter table t enable trigger all;
grant select on t to anon;
vacuum t;
refresh materialized view concurrently v;
delete from t where id = 1;
lock table t in access share mode;
create function f() returns int language sql security definer set search_path = '' as 'select 1';
drop view v;
create temp table x (id int);
"""


def judged(text: str, rows: int | None = 0, *rules: str) -> tuple[Finding, ...]:
    parsed = statements(text)
    raw = [Raw(file="a.sql", line=1, rule=rule, told=rule) for rule in rules]
    raw += own("a.sql", parsed, guards=guarded(parsed))
    sizes = {"public.t": Weight(rows=rows, bytes=0, indexes=7)} if rows is not None else None
    return weighed(raw, parsed, sizes, file="a.sql", text=text)


def test_each_hazard_has_a_remedy_and_is_found() -> None:
    assert {each.name for each in HAZARDS} == BAD.keys() <= REMEDIES.keys()
    for name, text in BAD.items():
        assert [each.rule for each in judged(text)] == [name]
        assert judged(text)[0].instead


def test_what_is_as_it_should_be_is_not_found() -> None:
    assert judged(GOOD) == ()


def test_a_table_that_anybody_can_read_is_found_unless_some_file_guards_it() -> None:
    made = "create table public.x (id int)"
    assert [each.rule for each in judged(made)] == [BARE]
    assert judged(f"{made}; alter table x enable row level security") == ()
    assert own("a.sql", statements(made), guards={"x"}) == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(0, "note"), (999, "note"), (1_000, "warning"), (99_999, "warning"), (100_000, "error")],
)
def test_what_locks_a_table_is_as_bad_as_it_is_large(rows: int, expected: Severity) -> None:
    (found,) = judged("create index i on t (a)", rows, "require-concurrent-index-creation")
    assert (found.severity, found.rows, found.indexes) == (expected, rows, 7)


@pytest.mark.parametrize(
    ("table", "indexes", "expected"),
    [
        (999_999, 0, "note"),
        (500_000, 500_000, "warning"),
        (0, 99_999_999, "warning"),
        (40_000_000, 60_000_000, "error"),
    ],
)
def test_few_rows_in_many_bytes_are_a_large_table(
    table: int, indexes: int, expected: Severity
) -> None:
    size = Weight(rows=1, bytes=table, indexes=indexes)
    assert severity("size", size) == expected
    assert severity("style", size) == "note"


def test_a_table_of_unknown_size_counts_as_large_and_one_just_made_as_empty() -> None:
    rule = "require-concurrent-index-creation"
    assert judged("create index i on t (a)", None, rule)[0].severity == "error"
    made = "create table t (a int); alter table t enable row level security; create index i on t(a)"
    found = weighed(
        [Raw(file="a.sql", line=1, rule=rule, told="x")],
        statements(made),
        None,
        file="a.sql",
        text=made,
    )
    assert found[0].severity == "note"


def test_a_comment_allows_its_statement_and_no_other() -> None:
    text = (
        "-- lint: allow revoke because nobody had it\nrevoke select on t from anon;\n"
        "revoke insert on t from anon;"
    )
    assert [each.allowed for each in judged(text)] == ["nobody had it", ""]


def test_a_comment_without_a_reason_or_a_finding_is_a_finding() -> None:
    text = "revoke select on t from anon; -- lint: allow revoke\n-- lint: allow every-row because x"
    found = {each.rule: each for each in judged(text)}
    assert found.keys() == {"revoke", "allow-without-reason", "allows-nothing"}
    assert found["revoke"].allowed == ""
    assert found["allow-without-reason"].severity == "error"
