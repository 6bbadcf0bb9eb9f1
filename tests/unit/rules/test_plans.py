from typing import Any

import pytest

from staging.rules.plans import advice, outline, rows_read


def scan(**more: Any) -> dict[str, Any]:
    own = {"Node Type": "Seq Scan", "Relation Name": "tasks", "Actual Loops": 1}
    return {**own, "Plan Rows": 5, "Actual Rows": 5, **more}


def index(**more: Any) -> dict[str, Any]:
    return {**scan(**more), "Node Type": "Index Scan", "Index Name": "tasks_due"}


SEARCHED = scan(
    **{"Rows Removed by Filter": 120_000, "Filter": "((status = 'pending'::text) AND (job_id = 7))"}
)


def test_a_search_of_a_big_table_is_told_with_its_columns() -> None:
    (line,) = advice(SEARCHED)
    assert line.startswith("reads 120,005 rows of tasks to find 5: an index on (status, job_id)")


def test_a_search_that_is_repeated_counts_each_time() -> None:
    inner = scan(**{"Actual Loops": 30, "Rows Removed by Filter": 1000, "Filter": "(a = b)"})
    (line,) = advice({"Node Type": "Nested Loop", "Plans": [index(), inner]})
    assert line.startswith("reads 30,150 rows of tasks, 30 times over, to find 150")


@pytest.mark.parametrize(
    "plan",
    [
        scan(**{"Rows Removed by Filter": 900}),  # a small table
        scan(**{"Actual Rows": 50_000, "Plan Rows": 50_000, "Rows Removed by Filter": 9000}),
        index(**{"Rows Removed by Filter": 120_000}),
        scan(**{"Actual Loops": 0, "Rows Removed by Filter": 120_000}),  # it was never run
        {"Node Type": "Sort", "Sort Space Type": "Memory", "Sort Space Used": 900},
        {"Node Type": "Hash", "Hash Batches": 1},
    ],
)
def test_what_is_right_as_it_is_gets_no_advice(plan: dict[str, Any]) -> None:
    assert advice(plan) == []


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"Node Type": "Sort", "Sort Space Type": "Disk", "Sort Space Used": 9000}, "9000 kB on"),
        ({"Node Type": "Hash", "Hash Batches": 8}, "in 8 parts"),
        (scan(**{"Plan Rows": 1, "Actual Rows": 5000}), "expected 1 row of tasks and found 5000"),
        (scan(**{"Plan Rows": 9000, "Actual Rows": 0}), "run ANALYZE tasks"),
    ],
)
def test_what_costs_is_told(plan: dict[str, Any], told: str) -> None:
    (line,) = advice(plan)
    assert told in line


def test_advice_is_given_once_however_deep_it_is() -> None:
    assert len(advice({"Node Type": "Append", "Plans": [SEARCHED, {"Plans": [SEARCHED]}]})) == 1


def test_a_plan_is_outlined_with_what_each_step_found() -> None:
    plan = {"Node Type": "Limit", "Actual Rows": 1, "Plans": [index(**{"Actual Rows": 2000})]}
    assert outline(plan) == ["Limit: 1 row", "  Index Scan of tasks by tasks_due: 2,000 rows"]
    assert outline({"Node Type": "Result", "Plan Rows": 12}) == ["Result: about 12 rows"]


def test_rows_read_are_those_of_all_scans() -> None:
    assert (
        rows_read({"Node Type": "Limit", "Actual Rows": 1, "Plans": [SEARCHED, index()]}) == 120_010
    )
