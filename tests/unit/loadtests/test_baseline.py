"""The last good run, to be compared with."""

from pathlib import Path
from typing import Any

import pytest

from loadtests.baseline import compared, keep, line
from loadtests.report.page import html
from tests.unit.loadtests.test_report_page import document

SUBJECT = {"target": "cloud", "app": "bee-staging", "digest": "sha256:abc"}


def kept(folder: Path, **more: Any) -> dict[str, Any]:
    found = document(subject=SUBJECT, **more)
    keep(found, folder, folder)
    return found


def slower(by: float) -> dict[str, Any]:
    due = [{"fraction": f, "ms": (1 + 10 * f) * by} for f in (0.0, 0.5, 0.95, 0.99, 1.0)]
    return {"due": due}


def queried(plan: list[str], advice: list[str] | None = None) -> dict[str, Any]:
    query = {"name": "due", "calls": 5, "mean_ms": 2.5, "median_ms": 2.5, "total_ms": 12.5}
    query |= {"rows_read": 9, "plan": plan, "advice": advice or []}
    database = {"queries": [query], "statements": [], "advice": []}
    told: dict[str, Any] = {"highest": {}, "resources": None, "database": database, "notes": []}
    return {"explanation": told}


def test_without_a_good_run_nothing_is_told(tmp_path: Path) -> None:
    assert compared(document(), tmp_path) is None
    assert line(None) == ""


def test_each_figure_stands_beside_that_of_the_last_good_run(tmp_path: Path) -> None:
    kept(tmp_path, **slower(1.0))
    told = compared(document(subject=SUBJECT, **slower(1.1)), tmp_path)
    assert told
    assert {row["name"]: row["change"] for row in told["rows"]} == pytest.approx(
        {"p50, ms": 0.1, "p95, ms": 0.1, "p99, ms": 0.1}
    )
    assert line(told).endswith("p50 +10 %, p95 +10 %, p99 +10 %")
    document(subject=SUBJECT, baseline=told)  # meets the schema


def test_another_image_is_what_is_compared(tmp_path: Path) -> None:
    kept(tmp_path)
    other = document(subject={**SUBJECT, "digest": "sha256:def"})
    told = compared(other, tmp_path)
    assert told
    assert (told["digest"], told["refused"]) == ("sha256:abc", None)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"users": 11}, "its users was 10, now it is 11"),
        ({"planned_rate": 40.0}, "its planned rate was 20.0, now it is 40.0"),
        ({"machines": "2 app shared 2 x 512 MB"}, "its machines was not known, now it is 2 app"),
        (
            {"mix": {"GET /health": 0.5, "GET /v1/plans": 0.5}},
            "its mix was GET /health 100 %, now it is GET /health 50 %, GET /v1/plans 50 %",
        ),
        ({"subject": None}, "it was of bee-staging (cloud), this one is of http://127.0.0.1:8080"),
    ],
)
def test_unlike_runs_are_not_compared_and_it_is_said_why(
    tmp_path: Path, more: dict[str, Any], why: str
) -> None:
    kept(tmp_path)
    told = compared(document(**{"subject": SUBJECT, **more}), tmp_path)
    assert told
    assert told["refused"].startswith(why)
    assert (told["rows"], told["queries"]) == ([], [])
    assert why in line(told)
    document(baseline=told)


def test_a_plan_that_changed_and_what_it_costs_are_told(tmp_path: Path) -> None:
    by_index, by_search = ["Index Scan of tasks by due: 1 row"], ["Seq Scan of tasks: 1 row"]
    kept(tmp_path, **queried(by_index, []))
    same = compared(
        document(subject=SUBJECT, **queried(["Index Scan of tasks by due: 7 rows"])), tmp_path
    )
    assert same
    assert same["queries"] == []
    found = document(subject=SUBJECT, **queried(by_search, ["reads 30,001 rows of tasks"]))
    told = compared(found, tmp_path)
    assert told
    assert told["queries"] == [
        "due: its plan was Index Scan of tasks by due, and is Seq Scan of tasks",
        "due: new: reads 30,001 rows of tasks",
    ]
    assert "new: reads 30,001 rows" in line(told)
    assert "new: reads 30,001 rows" in html(document(baseline=told))


def test_advice_is_the_same_whatever_its_numbers(tmp_path: Path) -> None:
    kept(tmp_path, **queried([], ["reads 30,001 rows of tasks"]))
    told = compared(
        document(subject=SUBJECT, **queried([], ["reads 31,000 rows of tasks"])), tmp_path
    )
    assert told
    assert told["queries"] == []
    told = compared(document(subject=SUBJECT, **queried([], [])), tmp_path)
    assert told
    assert told["queries"] == ["due: no more: reads 30,001 rows of tasks"]


@pytest.mark.parametrize("more", [{"verdict": "fail"}, {"verdict": "invalid"}, {"partial": True}])
def test_only_a_good_run_is_kept(tmp_path: Path, more: dict[str, Any]) -> None:
    kept(tmp_path, **more)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "rubbish", "{}", "[]", "null"])
def test_what_was_kept_and_cannot_be_read_is_no_run(tmp_path: Path, text: str) -> None:
    kept(tmp_path)
    (path,) = (tmp_path / "load").iterdir()
    path.write_text(text)
    assert compared(document(), tmp_path) is None


def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "load").write_text("a file where the folder should be")
    kept(tmp_path)
    assert "was not kept" in capsys.readouterr().err
