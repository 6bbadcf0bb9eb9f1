"""What each probe takes from a report: yes, no, or nothing."""

from typing import Any

import pytest

from staging.rules.probes import answer

PLAN = {
    "rows": [
        {"resource": "machines app", "action": "nothing", "detail": "1 of shared 1 CPU"},
        {"resource": "secret A", "action": "nothing", "detail": "as wanted"},
        {"resource": "secret B", "action": "update", "detail": "another value"},
        {"resource": "cost a month", "action": "refused", "detail": "over the budget"},
    ]
}
PARITY = {
    "verdict": "fail",
    "resources": [
        {"resource": "machines", "values": 3, "different": 0},
        {"resource": "database schema", "values": 9, "different": 1},
        {"resource": "cron jobs", "values": 0, "different": 0},
    ],
    "differences": [
        {"resource": "database schema", "path": "x", "production": "1", "staging": None},
    ],
    "unread": {"running application": "nobody answers"},
}
ISOLATION = {
    "verdict": "invalid",
    "proofs": [
        {"what": "apps", "verdict": "proved", "evidence": "two"},
        {"what": "secrets", "verdict": "breach", "evidence": "one is production's"},
        {"what": "mail", "verdict": "not proved", "evidence": "not told"},
    ],
}
SMOKE = {
    "verdict": "fail",
    "lines": [
        {
            "name": "starts",
            "title": "it starts",
            "verdict": "pass",
            "passed": 2,
            "failed": 0,
            "checks": [
                {"name": "answers", "outcome": "passed", "reason": ""},
                {"name": "in a browser", "outcome": "not run", "reason": "no browser"},
            ],
        },
        {
            "name": "cache",
            "title": "it is warm",
            "verdict": "fail",
            "passed": 1,
            "failed": 1,
            "checks": [{"name": "is warm", "outcome": "failed", "reason": "cold\nvery"}],
        },
        {
            "name": "jobs",
            "title": "jobs",
            "verdict": "not proved",
            "passed": 0,
            "failed": 0,
            "checks": [],
        },
    ],
}
LOAD: dict[str, Any] = {
    "verdict": "pass",
    "requests": 120,
    "reasons": [],
    "objectives": [{"name": "p95", "measured": 70, "line": "p95 70 ms <= 800 ms"}],
    "explanation": {"database": {"calls": 3}, "resources": {}},
}
COST = {
    "staging_usd": 18.5,
    "estimate_usd": [55, 70],
    "budget_usd": 70,
    "prices_of": "2026-11-01",
    "lines": [{"environment": "staging", "resource": "Supabase compute micro"}],
}
NANO = {"lines": [{"environment": "staging", "resource": "Supabase compute nano"}]}
WORKFLOWS = {
    "pushes": [
        {"branch": "staging", "releases": ["invoke deploy"]},
        {"branch": "main", "releases": []},
        {"branch": "feature/x", "releases": ["invoke deploy"]},
    ]
}


WALK: dict[str, Any] = {"pushes": [1, 2], "steps": [1, 2, 3]}


@pytest.mark.parametrize(
    ("probe", "report", "name", "said", "figure"),
    [
        ("planned", PLAN, "machines *", True, "1 of shared 1 CPU"),
        ("planned", PLAN, "secret A", True, "as wanted"),
        ("planned", PLAN, "secret *", False, "secret B: another value"),
        ("planned", PLAN, "cost a month", False, "over the budget"),
        ("planned", PLAN, "no such *", None, "the plan has no no such *"),
        ("equal", PARITY, "machines", True, "3 values equal"),
        ("equal", PARITY, "database schema", False, "x: 1 → None"),
        ("equal", PARITY, "cron jobs", None, "nothing was compared"),
        ("equal", PARITY, "no such", None, "nothing was compared"),
        ("equal", PARITY, "running application", None, "not read: nobody answers"),
        ("proof", ISOLATION, "apps", True, "two"),
        ("proof", ISOLATION, "secrets", False, "one is production's"),
        ("proof", ISOLATION, "mail", None, "not told"),
        ("proof", ISOLATION, "no such", None, "nobody sought it"),
        ("line", SMOKE, "starts", True, "2 checks passed"),
        ("line", SMOKE, "cache", False, "1 failed: is warm: cold"),
        ("line", SMOKE, "jobs", None, "0 checks passed"),
        ("line", SMOKE, "no such", None, "cannot be read"),
        ("check", SMOKE, "starts: answers", True, "1 check passed"),
        ("check", SMOKE, "starts: *", None, "no browser"),
        ("check", SMOKE, "cache: is warm", False, "cold"),
        ("check", SMOKE, "cache: no such", None, "0 checks"),
        ("verdict", SMOKE, "", False, "it is warm: 1 check failed"),
        ("verdict", PARITY, "", False, "database schema: x"),
        ("verdict", ISOLATION, "", None, "secrets: one is production's; mail: not told"),
        ("verdict", LOAD, "", True, "p95 70 ms <= 800 ms"),
        ("verdict", {**LOAD, "verdict": "fail", "reasons": ["p95 is 2 s"]}, "", False, "2 s"),
        ("verdict", {"verdict": "inconclusive"}, "", None, "inconclusive"),
        ("verdict", {}, "", None, "None"),
        ("verdict", {"verdict": "pass", "files": ["a", "b"]}, "", True, "2 files without"),
        ("verdict", {**WALK, "verdict": "pass"}, "", True, "3 steps run for 2 pushes"),
        ("verdict", {**WALK, "verdict": "fail", "reasons": ["smoke"]}, "", False, "smoke"),
        ("measured", LOAD, "", True, "120 requests: p95 70 ms"),
        ("measured", {**LOAD, "verdict": "invalid", "reasons": ["too few"]}, "", None, "too few"),
        ("measured", {**LOAD, "objectives": []}, "", None, "nothing was measured"),
        ("holds", LOAD, "explanation.database", True, "1 figure"),
        ("holds", LOAD, "explanation.resources", None, "no resources"),
        ("holds", LOAD, "explanation.no.such", None, "no such"),
        ("priced", COST, "", True, "18.50 USD a month"),
        ("priced", {**COST, "staging_usd": 70.01}, "", False, "70.01"),
        ("priced", {**COST, "budget_usd": 18}, "", False, "18.50"),
        ("priced", {**COST, "budget_usd": None}, "", True, "18.50"),
        ("priced", {**COST, "staging_usd": None}, "", None, "not known"),
        ("paid", COST, "", True, "compute size micro"),
        ("paid", NANO, "", False, "compute size nano"),
        ("paid", {"lines": []}, "", None, "no compute size"),
        ("pushed", WORKFLOWS, "staging: invoke deploy", True, "invoke deploy"),
        ("pushed", WORKFLOWS, "staging: invoke deploy, invoke rollback", False, "invoke deploy"),
        ("pushed", WORKFLOWS, "main: invoke promote", False, "nothing that deploys"),
        ("pushed", WORKFLOWS, "feature/x: -", False, "invoke deploy"),
        ("pushed", WORKFLOWS, "main: -", True, "nothing"),
        ("pushed", WORKFLOWS, "no-such: -", None, "cannot be read"),
    ],
)
def test_a_probe_says_yes_no_or_nothing(
    probe: str, report: dict[str, Any], name: str, said: bool | None, figure: str
) -> None:
    found, told = answer(probe, report, name)
    assert (found, figure in told) == (said, True), told


@pytest.mark.parametrize("probe", ["planned", "equal", "proof", "line", "check", "priced", "paid"])
@pytest.mark.parametrize("report", [{}, {"rows": 3}, {"lines": [None]}, {"proofs": None}])
def test_a_report_of_another_form_answers_nothing(probe: str, report: dict[str, Any]) -> None:
    assert answer(probe, report, "x")[0] is None
