"""The further parts of a trial of migrations: asked for, and told in each form."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from jsonschema import validate

from staging.errors import ConfigurationError
from staging.inventory import Subject
from staging.operations.rehearsing.parts import Wanted, asked
from staging.operations.rehearsing.records import Rehearsed
from staging.report.lines import text
from staging.report.markdown import markdown
from staging.report.page import page
from staging.report.rehearsed import LEVELS
from staging.rules.square import Corner, Square
from staging.rules.undertraffic import UnderTraffic
from staging.rules.wayback import Compared, WayBack

SCHEMA = Path(__file__).parents[3] / "staging" / "schemas" / "migrations.json"
FILES = ("20260301000000_a.sql",)
TRAFFIC = UnderTraffic(files=FILES, allowed=0.5, before=40, since=50, delayed=3, longest=1.5)
SQUARE = Square(
    old="bee:1",
    new="bee:2",
    files=FILES,
    order="migrate first",
    corners=(Corner(application="new", schema="old", verdict="fail", told="status 500"),),
    not_put_back=("image: gone",),
)
BACK = WayBack(
    how="down",
    files=FILES,
    rows=10,
    forward_seconds=0.5,
    back_seconds=0.25,
    tables=(Compared(table="public.a", before=10, after=8, lost=2, changed={"b": 3}),),
)


def rehearsed() -> Rehearsed:
    reasons = (*TRAFFIC.reasons, *SQUARE.reasons, *BACK.reasons)
    return Rehearsed(
        verdict="fail",
        risk="unsafe",
        window_seconds=0,
        allowed_seconds=0.5,
        target="cloud",
        production="bee",
        staging="bee-staging",
        subject=Subject(target="cloud", app="bee-staging", digest=""),
        at="2026-03-01T00:00:00+00:00",
        source="one",
        files=FILES,
        reasons=reasons,
        foreseen=(),
        blind=(),
        production_rows={},
        limits={},
        scales=(),
        failures=(),
        seconds=1,
        traffic=TRAFFIC,
        square=SQUARE,
        way_back=BACK,
    )


def test_each_part_is_in_every_form() -> None:
    result = rehearsed()
    assert set(LEVELS) >= {reason.level for reason in result.reasons}
    validate(json.loads(json.dumps(asdict(result))), json.loads(SCHEMA.read_text()))
    for told in (text(result), markdown(result), page(result)):
        assert "1.50 s, 0.00 s before" in told
        assert "fail: status 500" in told
        assert "NOT image: gone" in told
        assert "8 of 10" in told
        assert "public.a.b 3" in told


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        (Wanted(), []),
        (Wanted(way_back=True), ["way_back"]),
        (Wanted(under_traffic=True), ["traffic"]),
        (Wanted(square=True, image="bee:2"), ["square"]),
        (Wanted(everything=True), ["way_back", "traffic"]),
        (Wanted(everything=True, image="bee:2"), ["way_back", "traffic", "square"]),
    ],
)
def test_what_is_asked_for_is_tried(wanted: Wanted, parts: list[str]) -> None:
    assert list(asked(wanted, rows=1, allowed=0.5)) == parts


@pytest.mark.parametrize("wanted", [Wanted(square=True), Wanted(image="bee:2")])
def test_a_square_needs_an_image_and_an_image_a_square(wanted: Wanted) -> None:
    with pytest.raises(ConfigurationError, match="belong together"):
        asked(wanted, rows=1, allowed=0.5)
