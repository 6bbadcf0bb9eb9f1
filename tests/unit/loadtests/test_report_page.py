"""The page and the summary of a load run, made from its document alone."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate

from loadtests.report.axes import Axis, linear, logarithmic, shown
from loadtests.report.charts import MOST, Chart, Line, thinned
from loadtests.report.page import html
from loadtests.report.summary import markdown

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "loadtests" / "report.schema.json").read_text())
HOSTILE = "<script>alert('x')</script>"


def document(seconds: int = 30, **more: Any) -> dict[str, Any]:
    """A run of `seconds` seconds of 20 requests, as load.json has it."""
    tail = {"p50_ms": 5.0, "p90_ms": 6.0, "p95_ms": 9.0, "p99_ms": 20.0}
    tail |= {"p99_9_ms": 30.0, "max_ms": 40.0}
    each = {"planned": 20, "sent": 20, "done": 20, "errors": 0, "p50_ms": 5.0}
    each |= {"p95_ms": 9.0, "p99_ms": 20.0, "max_ms": 40.0}
    found: dict[str, Any] = {
        "verdict": "pass",
        "profile": "quick",
        "partial": False,
        "aborted": False,
        "url": "http://127.0.0.1:8080",
        "subject": None,
        "machines": None,
        "mix": {"GET /health": 1.0},
        "started_at": "2026-11-24T05:00:00+00:00",
        "seconds": seconds,
        "planned_rate": 20.0,
        "achieved_rate": 20.0,
        "users": 10,
        "planned": 20 * seconds,
        "requests": 20 * seconds,
        "errors": 0,
        "objectives": [
            {"name": "p50", "limit": 9, "measured": 5.0, "verdict": "pass", "line": "p50 5 <= 9"}
        ],
        "reasons": [],
        "warnings": [],
        "endpoints": [{"name": "GET /health", "requests": 600, "errors": 0, **tail, "causes": {}}],
        "sent": tail,
        "due": [{"fraction": f, "ms": 1 + 10 * f} for f in (0.0, 0.5, 0.9, 0.99, 1.0)],
        "timeline": [{"second": n, **each} for n in range(seconds)],
        "explanation": {"highest": {}, "resources": None, "database": None, "notes": []},
        "generator": {"lag_p99_ms": 1.0, "cpu": 0.1},
        "not_run": [],
        **more,
    }
    validate(found, SCHEMA)
    return found


class Page(HTMLParser):
    """What a page holds: its tags, its words, and whether every tag is closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.wanted: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in {"meta", "br"}:
            self.wanted.append(tag)
        for name, value in attrs:
            assert name not in {"src", "href"}, f"{tag} loads {value}"

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.wanted.pop() == tag

    def handle_startendtag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    ("verdict", "headline"),
    [("pass", "Fast enough."), ("fail", "Not fast enough."), ("invalid", "proves nothing")],
)
def test_the_page_begins_with_the_verdict_in_words(verdict: str, headline: str) -> None:
    page = Page(html(document(verdict=verdict, reasons=["p50 12 ms > 9 ms"])))
    assert not page.wanted
    assert headline in page.words
    assert page.words.index(headline) < page.words.index("p50 12 ms > 9 ms")
    assert page.tags.count("svg") >= 3


def test_a_run_without_samples_has_a_page() -> None:
    empty = document(timeline=[], due=[], endpoints=[], requests=0, achieved_rate=None)
    assert "Nothing was measured." in Page(html(empty)).words


def test_everything_that_a_document_can_hold_is_shown() -> None:
    points = [[0.0, 10.0], [1.0, 40.0]]
    query = {"name": "jobs", "calls": 5, "mean_ms": 2.5, "median_ms": 2.5, "total_ms": 12.5}
    query |= {"rows_read": 9, "plan": ["Seq Scan of jobs: 9 rows"], "advice": ["an index"]}
    statement = {"text": "select 1", "calls": 2, "rows": 2, "mean_ms": 1.0, "total_ms": 2.0}
    explanation = {
        "highest": {"cpu": 0.4},
        "resources": [
            {"name": "c", "label": "CPU", "unit": "%", "group": "machine", "points": points}
        ],
        "database": {
            "queries": [query],
            "statements": [{**statement, "share": 1.0}],
            "advice": ["jobs: an index"],
        },
        "notes": ["The platform was silent."],
    }
    trial = {"rate": 10.0, "verdict": "pass", "p95_ms": 8.0, "why": ""}
    page = Page(
        html(
            document(
                explanation=explanation,
                capacity={"rate": 10.0, "trials": [trial], "lines": ["Capacity: 10.0/s"]},
                warnings=["mind this"],
                not_run=[{"name": "POST /v1/jobs", "reason": "there is no token"}],
            )
        )
    )
    wanted = ["From 10 to 40 %.", "Seq Scan of jobs: 9 rows", "jobs: an index", "select 1"]
    wanted += ["The platform was silent.", "Capacity: 10.0/s", "mind this", "there is no token"]
    assert not [words for words in wanted if words not in page.words]


def test_words_from_elsewhere_are_words_and_nothing_else() -> None:
    endpoint = {**document()["endpoints"][0], "name": HOSTILE, "causes": {HOSTILE: 2}}
    found = document(reasons=[HOSTILE], warnings=[HOSTILE], endpoints=[endpoint], profile=HOSTILE)
    page = Page(html(found))
    assert "script" not in page.tags
    assert page.words.count(HOSTILE) >= 5
    assert "<script" not in markdown(found)


def test_ten_minutes_make_a_page_that_can_be_sent() -> None:
    points = [[float(n), float(n % 7)] for n in range(600)]
    series = {"label": "x", "unit": "", "group": "database", "points": points}
    told: dict[str, Any] = {"highest": {}, "database": None, "notes": []}
    told["resources"] = [{"name": str(n), **series} for n in range(20)]
    assert len(html(document(600, explanation=told))) < 500_000


def test_a_second_without_requests_breaks_the_line() -> None:
    points = [(0.0, 1.0), (1.0, 2.0), (2.0, None), (3.0, 1.0), (4.0, 2.0)]
    axis = Axis(low=0, high=4)
    chart = Chart(title="t", told="w", lines=[Line("l", points)], x=axis, y=axis)
    (path,) = re.findall(r'class="line c0" d="([^"]+)"', str(chart.svg()))
    assert path.count("M") == 2


def test_thinning_keeps_the_peaks() -> None:
    points: list[tuple[float, float | None]] = [(float(n), 1.0) for n in range(5000)]
    points[3333] = (3333.0, 99.0)
    kept = thinned(points)
    assert len(kept) <= MOST
    assert (3333.0, 99.0) in kept


@pytest.mark.parametrize(
    ("axis", "value", "place"),
    [
        (Axis(low=0, high=10), 5, 0.5),
        (Axis(low=1, high=100, kind="log"), 10, 0.5),
        (Axis(low=0, high=0.99, kind="nines"), 0.9, 0.5),
        (Axis(low=0, high=10), 11, 1.0),
    ],
)
def test_values_lie_where_the_axis_says(axis: Axis, value: float, place: float) -> None:
    assert axis.place(value) == pytest.approx(place)


def test_axes_have_room_for_every_value() -> None:
    assert linear([3.0, 47.0]).high == 50.0
    assert linear([]).high == 1.0
    found = logarithmic([0.4, 47.0])
    assert (found.low, found.high) == (0.1, 100.0)
    assert [words for _, words in found.marks()] == ["0.1", "1", "10", "100"]
    assert (shown(12_000), shown(3.4e6), shown(0.25)) == ("12 k", "3.4 M", "0.25")


def test_the_summary_is_short_and_says_what_failed() -> None:
    failed = [
        {"name": "p50", "limit": 9, "measured": 12.0, "verdict": "fail", "line": "p50 12 > 9"}
    ]
    told = markdown(document(verdict="fail", reasons=["p50 12 > 9"], objectives=failed))
    assert told.startswith("### ❌ Load: fail\n")
    assert "- p50 12 > 9" in told
    assert "| ❌ | p50 12 > 9 |" in told
    assert len(told.splitlines()) < 30
