"""What the text of a check demands of its columns."""

from typing import Any

import pytest

from staging.inventory.tables import Rule
from staging.rules.checks import Demands, understood


def demands(*definitions: str) -> Demands:
    return understood(
        Rule(name=f"c{n}", columns=(), definition=d) for n, d in enumerate(definitions)
    )


@pytest.mark.parametrize(
    ("definition", "column", "wanted"),
    [
        ("CHECK (((n >= 1) AND (n <= 100)))", "n", {"low": 1, "high": 100, "above": False}),
        ("CHECK ((n > '-1'::integer))", "n", {"low": -1, "above": True}),
        ("CHECK ((amount < 500.5))", "amount", {"high": 500.5, "below": True}),
        ("CHECK ((n = ANY (ARRAY[6, 12, 24])))", "n", {"choices": ("6", "12", "24")}),
        ("CHECK ((s = ANY (ARRAY['a'::text, 'it''s'::text])))", "s", {"choices": ("a", "it's")}),
        (
            "CHECK (((s)::text = ANY ((ARRAY['a'::character varying])::text[])))",
            "s",
            {"choices": ("a",)},
        ),
        ("CHECK ((role = 'admin'::text))", "role", {"choices": ("admin",)}),
        ("CHECK (((length(s) >= 1) AND (length(s) <= 9)))", "s", {"shortest": 1, "longest": 9}),
        ("CHECK ((char_length((code)::text) = 3))", "code", {"shortest": 3, "longest": 3}),
        ("CHECK ((slug ~ '^[a-z]+$'::text))", "slug", {"pattern": "^[a-z]+$"}),
        ("CHECK ((day >= '2020-01-01'::date))", "day", {"since": "2020-01-01"}),
        ("CHECK ((x IS NOT NULL))", "x", {"filled": True}),
        ('CHECK (("Odd" > 2))', "Odd", {"low": 2}),
        ("CHECK (((x IS NULL) OR (x > 5))) NOT VALID", "x", {"low": 5}),
    ],
)
def test_a_check_is_understood(definition: str, column: str, wanted: dict[str, Any]) -> None:
    found = demands(definition)
    assert found.unclear == []
    assert {name: getattr(found.of[column], name) for name in wanted} == wanted


@pytest.mark.parametrize("sign", ["<", "<="])
def test_columns_that_have_an_order_are_known(sign: str) -> None:
    assert demands(f"CHECK ((a {sign} b))").orders == [("a", "b")]
    assert demands("CHECK (((b IS NULL) OR (b > a)))").orders == [("a", "b")]


@pytest.mark.parametrize(
    "definition",
    ["CHECK (((a > 0) OR (b > 0)))", "CHECK (((a + b) < 10))", "CHECK (is_fine(a))"],
)
def test_what_is_not_understood_is_left_to_the_server(definition: str) -> None:
    assert demands(definition).unclear == ["c0"]


def test_demands_of_several_checks_are_added_up() -> None:
    found = demands("CHECK ((n > 3))", "CHECK ((n > 7))", "CHECK ((n < 20))").of["n"]
    assert (found.low, found.high) == (7, 20)
