"""What is told of a database's rows, and what is not."""

from datetime import date
from typing import Any

import pytest

from staging.inventory import Allowed, Lint
from staging.rules import accepting
from staging.rules.advice import Finding, advise, not_judged

TABLE = {
    **{"schema": "public", "name": "t", "partition": False, "guarded": False, "divided": False},
    **{"policies": 0, "keyed": True, "scans": 5000, "live": 10, "dead": 0},
    **{"bytes": 8192, "needed": 400},
}
INDEX = {
    **{"schema": "public", "table": "t", "name": "i", "method": "btree", "columns": ["a"]},
    **{"included": [], "ways": "1978 0 0", "predicate": "", "unique": False, "valid": True},
    **{"identity": False, "constrains": False, "partition": False, "scans": 9, "bytes": 8192},
}
KEY = {
    **{"schema": "public", "table": "t", "name": "k", "columns": ["a"], "refers": "public.o"},
}
POLICY = {
    **{"schema": "public", "table": "t", "name": "p", "condition": "", "check": ""},
}
SEQUENCE = {
    **{"schema": "public", "name": "s", "last": 1, "step": 1, "cycles": False},
    **{"most": 2**63 - 1, "fits": 2**31 - 1, "readable": True, "used_by": "public.t.id"},
}
TWIN = {**INDEX, "name": "j"}
FULL = {**TABLE, "bytes": 30_000_000, "needed": 3_000_000}
UID = "(user_id = auth.uid())"
ONCE = "(user_id = ( SELECT auth.uid() AS uid))"

FOUND: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing", {}, []),
    ("an index", {"keys": [KEY], "indexes": [INDEX]}, []),
    ("no index", {"keys": [KEY]}, ["foreign-key-without-index"]),
    (
        "of another table",
        {"keys": [KEY], "indexes": [{**INDEX, "table": "u"}]},
        ["foreign-key-without-index"],
    ),
    (
        "second in the index",
        {"keys": [KEY], "indexes": [{**INDEX, "columns": ["b", "a"]}]},
        ["foreign-key-without-index"],
    ),
    ("first in the index", {"keys": [KEY], "indexes": [{**INDEX, "columns": ["a", "b"]}]}, []),
    (
        "of some rows",
        {"keys": [KEY], "indexes": [{**INDEX, "predicate": "(b > 1)"}]},
        ["foreign-key-without-index"],
    ),
    (
        "of all that refer",
        {"keys": [KEY], "indexes": [{**INDEX, "predicate": "(a IS NOT NULL)"}]},
        [],
    ),
    (
        "a key of two in any order",
        {"keys": [{**KEY, "columns": ["a", "b"]}], "indexes": [{**INDEX, "columns": ["b", "a"]}]},
        [],
    ),
    (
        "an invalid one",
        {"keys": [KEY], "indexes": [{**INDEX, "valid": False}]},
        ["foreign-key-without-index", "invalid-index"],
    ),
    ("twins", {"indexes": [INDEX, TWIN]}, ["duplicate-index"]),
    ("one of them a key", {"indexes": [INDEX, {**TWIN, "constrains": True}]}, ["duplicate-index"]),
    (
        "both keys",
        {"indexes": [{**INDEX, "constrains": True}, {**TWIN, "constrains": True}]},
        [],
    ),
    ("another order", {"indexes": [INDEX, {**TWIN, "ways": "1978 3 0"}]}, []),
    ("other rows", {"indexes": [INDEX, {**TWIN, "predicate": "(b > 1)"}]}, []),
    ("more in it", {"indexes": [INDEX, {**TWIN, "included": ["b"]}]}, []),
    ("never read", {"tables": [TABLE], "indexes": [{**INDEX, "scans": 0}]}, ["unused-index"]),
    (
        "nor the table",
        {"tables": [{**TABLE, "scans": 9}], "indexes": [{**INDEX, "scans": 0}]},
        [],
    ),
    (
        "but unique",
        {"tables": [TABLE], "indexes": [{**INDEX, "scans": 0, "unique": True}]},
        [],
    ),
    ("bloat", {"tables": [FULL]}, ["bloat"]),
    ("little bloat", {"tables": [{**FULL, "bytes": 5_000_000, "needed": 500_000}]}, []),
    ("under half", {"tables": [{**FULL, "needed": 16_000_000}]}, []),
    ("never analysed", {"tables": [{**FULL, "needed": None}]}, []),
    ("no policy", {"tables": [{**TABLE, "guarded": True}]}, ["row-security-without-policy"]),
    ("a policy", {"tables": [{**TABLE, "guarded": True, "policies": 1}]}, []),
    ("no key", {"tables": [{**TABLE, "keyed": False}]}, ["no-primary-key"]),
    ("of a whole with one", {"tables": [{**TABLE, "keyed": False, "partition": True}]}, []),
    ("per row", {"policies": [{**POLICY, "condition": UID}]}, ["policy-per-row"]),
    ("per new row", {"policies": [{**POLICY, "check": UID}]}, ["policy-per-row"]),
    ("once", {"policies": [{**POLICY, "condition": ONCE}]}, []),
    ("both", {"policies": [{**POLICY, "condition": f"({ONCE} OR {UID})"}]}, ["policy-per-row"]),
    (
        "a claim once",
        {"policies": [{**POLICY, "condition": "((( SELECT auth.jwt() AS jwt) ->> 'o') = org)"}]},
        [],
    ),
    (
        "a claim cut out once",
        {"policies": [{**POLICY, "condition": "(org = ( SELECT (auth.jwt() ->> 'o'::text)))"}]},
        [],
    ),
    (
        "a setting",
        {"policies": [{**POLICY, "condition": "(org = current_setting('app.org'::text))"}]},
        ["policy-per-row"],
    ),
    (
        "within a query",
        {
            "policies": [
                {**POLICY, "condition": "(EXISTS ( SELECT 1 FROM m WHERE (m.u = auth.uid())))"}
            ]
        },
        ["policy-per-row"],
    ),
    ("young", {"sequences": [SEQUENCE]}, []),
    ("old", {"sequences": [{**SEQUENCE, "last": 1_700_000_000}]}, ["sequence-near-its-end"]),
    ("bigint", {"sequences": [{**SEQUENCE, "last": 1_700_000_000, "fits": 2**63 - 1}]}, []),
    ("round", {"sequences": [{**SEQUENCE, "last": 2_000_000_000, "cycles": True}]}, []),
    ("never asked", {"sequences": [{**SEQUENCE, "last": None}]}, []),
]
NONE: dict[str, list[Any]] = {
    fact: [] for fact in ("tables", "indexes", "keys", "policies", "sequences")
}


@pytest.mark.parametrize(("facts", "rules"), [row[1:] for row in FOUND], ids=[r[0] for r in FOUND])
def test_each_rule_finds_what_it_is_for_and_nothing_else(
    facts: dict[str, Any], rules: list[str]
) -> None:
    assert [each.rule for each in advise({**NONE, **facts})] == rules


@pytest.mark.parametrize(
    ("last", "severity"), [(1_600_000_000, "warning"), (2_000_000_000, "error")]
)
def test_a_sequence_is_an_error_when_it_is_nearly_over(last: int, severity: str) -> None:
    found = advise({**NONE, "sequences": [{**SEQUENCE, "last": last}]})
    assert [each.severity for each in found] == [severity]
    assert found[0].remedy == "make public.t.id bigint"


def test_the_twin_that_a_constraint_needs_is_kept() -> None:
    found = advise({**NONE, "indexes": [INDEX, {**TWIN, "constrains": True}]})
    assert found[0].place == "public.t i"
    assert "the same as j" in found[0].detail


def test_what_cannot_be_judged_is_told() -> None:
    facts = {
        **NONE,
        "tables": [{**TABLE, "scans": 9}, {**FULL, "needed": None}],
        "sequences": [{**SEQUENCE, "readable": False, "last": None}],
    }
    told = " | ".join(not_judged(facts))
    assert "of 1 tables" in told
    assert "bloat of public.t" in told
    assert "public.s" in told


ACCEPTED = Allowed(
    resource="no-primary-key",
    path="public.*",
    reason="a log",
    owner="ann",
    expires=date(2026, 6, 1),
)


def finding(severity: str = "error", rule: str = "no-primary-key") -> Finding:
    given: Any = severity
    return Finding(source="x", rule=rule, severity=given, place="public.t", detail="", remedy="")


@pytest.mark.parametrize(
    ("severity", "today", "unread", "verdict"),
    [
        ("error", date(2026, 7, 1), (), "fail"),
        ("error", date(2026, 7, 1), ("advisors",), "fail"),
        ("error", date(2026, 6, 1), (), "pass"),
        ("error", date(2026, 6, 1), ("advisors",), "invalid"),
        ("warning", date(2026, 7, 1), (), "pass"),
    ],
)
def test_an_error_fails_unless_somebody_lives_with_it_still(
    severity: str, today: date, unread: tuple[str, ...], verdict: str
) -> None:
    found = accepting.accepted([finding(severity)], [ACCEPTED], today)
    assert accepting.verdict(found, unread) == verdict


def test_an_acceptance_that_is_over_or_of_nothing_is_told() -> None:
    today = date(2026, 5, 1)
    assert accepting.stale([finding()], [ACCEPTED], today) == ()
    assert "nothing of that" in accepting.stale([finding(rule="bloat")], [ACCEPTED], today)[0]
    assert "expired" in accepting.stale([finding()], [ACCEPTED], date(2027, 1, 1))[0]


def test_supabases_levels_become_ours_and_a_new_one_is_not_lost() -> None:
    lints = [
        Lint(name="n", level=level, place="p", detail="d", remedy="r")
        for level in ("ERROR", "WARN", "INFO", "DIRE")
    ]
    severities = [each.severity for each in accepting.of_lints(lints)]
    assert severities == ["error", "warning", "info", "warning"]
