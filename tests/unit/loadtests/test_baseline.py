"""The last good run, to be compared with."""

from pathlib import Path
from typing import Any

import pytest

from loadtests.baseline import compared, keep, line
from tests.unit.loadtests.test_report_page import document

SUBJECT = {"target": "cloud", "app": "bee-staging", "digest": "sha256:abc"}


def kept(folder: Path, **more: Any) -> dict[str, Any]:
    found = document(subject=SUBJECT, **more)
    keep(found, folder, folder)
    return found


def slower(by: float) -> dict[str, Any]:
    due = [{"fraction": f, "ms": (1 + 10 * f) * by} for f in (0.0, 0.5, 0.95, 0.99, 1.0)]
    return {"due": due}


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
        ({"subject": None}, "it was of bee-staging (cloud), this one is of http://127.0.0.1:8080"),
    ],
)
def test_unlike_runs_are_not_compared_and_it_is_said_why(
    tmp_path: Path, more: dict[str, Any], why: str
) -> None:
    kept(tmp_path)
    told = compared(document(**{"subject": SUBJECT, **more}), tmp_path)
    assert told
    assert (told["refused"], told["rows"]) == (why, [])
    assert why in line(told)
    document(baseline=told)


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
