"""What made-up rows are made of."""

import re
from datetime import date
from random import Random

import pytest

from staging.errors import ConfigurationError
from staging.inventory.tables import Column, ColumnProfile, Reference, Table, TableProfile
from staging.rules import profile
from staging.rules.checks import Demand
from staging.rules.synthesis import patterns, values
from staging.rules.synthesis.allocation import shared_out
from staging.rules.synthesis.order import circles

PATTERNS = (
    "^[A-Z]{3}$",
    r"^[a-z.]+@[a-z-]+\.example$",
    r"^\d{4}-\d{2}$",
    "^(red|green)$",
    "^[^x]+$",
)


def known(rows: int | None, distinct: float = -1) -> TableProfile:
    column = ColumnProfile(null_fraction=0, distinct=distinct, width=4)
    return TableProfile(
        name="public.t",
        rows=rows,
        source="statistics",
        table_bytes=0,
        index_bytes=0,
        analyzed=None,
        columns={"id": column},
    )


@pytest.mark.parametrize("pattern", PATTERNS)
def test_texts_match_what_a_check_asks_for(pattern: str) -> None:
    for number in range(50):
        made = patterns.matching(pattern, Random(number))
        assert made is not None
        assert re.search(pattern, made)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_numbered_texts_match_too_and_none_is_there_twice(pattern: str) -> None:
    found = patterns.numbered(pattern)
    assert found is not None
    nth, size = found
    made = [nth(number) for number in range(min(size, 500))]
    assert all(re.search(pattern, text) for text in made)
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("pattern", ["^(?!a)b$", r"(a)\1", "^["])
def test_a_pattern_that_is_beyond_this_is_said_to_be(pattern: str) -> None:
    assert patterns.numbered(pattern) is None


@pytest.mark.parametrize(("rows", "parents", "capacity"), [(1000, 30, 50), (60, 6, 10), (3, 9, 1)])
def test_rows_are_shared_out_to_the_last_and_nobody_gets_too_many(
    rows: int, parents: int, capacity: int
) -> None:
    shares = shared_out(rows, parents, capacity=capacity, frequencies=(), rng=Random(1))
    found = [shares.find(number) for number in range(rows)]
    assert len(set(found)) == rows
    assert max(place for _, place in found) < capacity
    assert max(parent for parent, _ in found) < parents
    both = shares.run(rows // 3, rows // 3)
    assert list(zip(*both, strict=True)) == found[rows // 3 : rows // 3 * 2]


def test_tables_come_after_those_that_they_refer_to_and_circles_together() -> None:
    def table(name: str, *others: str) -> Table:
        refer = [Reference(name=o, columns=("x",), table=o, targets=("id",)) for o in others]
        return Table(name=name, columns=(), references=tuple(refer))

    found = circles([table("a", "b", "a"), table("b", "c"), table("c", "b"), table("d", "a")])
    assert found == [("b", "c"), ("a",), ("d",)]


@pytest.mark.parametrize(
    "kind",
    ["integer", "uuid", "text", "date", "numeric", "jsonb", "inet", "tstzrange", "interval"],
)
def test_values_by_number_are_all_different(kind: str) -> None:
    column = Column(name="x", type=kind)
    found = values.of(column, Demand(), salt=7, now=date(2026, 1, 1), width=None)
    assert found is not None
    assert len(set(found.nth(range(3000)))) == 3000
    assert len(found.some(Random(1), 10)) == 10


def test_a_type_that_nobody_knows_has_no_values() -> None:
    column = Column(name="x", type="geometry")
    assert values.of(column, Demand(), salt=7, now=date(2026, 1, 1), width=None) is None


@pytest.mark.parametrize(
    ("rows", "scale", "wanted"), [(1000, 0.01, 10), (5, 0.01, 1), (0, 10.0, 0), (None, 1.0, 1000)]
)
def test_a_table_gets_its_share_of_production_s_rows(
    rows: int | None, scale: float, wanted: int
) -> None:
    assert profile.wanted({"public.t": known(rows)}, "public.t", scale) == wanted


@pytest.mark.parametrize(
    ("told", "rows", "found"), [(-0.5, 1000, 500), (40, 1000, 40), (40, 10, 10)]
)
def test_distinct_values_are_told_as_a_number_or_as_a_share(
    told: float, rows: int, found: int
) -> None:
    assert profile.distinct(known(rows, told).columns["id"], rows) == found


def test_a_document_that_is_no_profile_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no profile"):
        profile.from_document({"tables": [{"name": "public.t"}]})
