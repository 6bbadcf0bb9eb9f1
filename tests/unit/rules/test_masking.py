"""What becomes of a value on its way to staging."""

import json

import pytest

from staging.inventory.tables import Column
from staging.rules import masking
from staging.secret import Secret

KEY = Secret("key")


def masked(rule: str, kind: str, value: str, *, size: int | None = None) -> str | None:
    return masking.mask(rule, Column(name="x", type=kind, size=size), KEY)(value)


@pytest.mark.parametrize(("kind", "most"), [("smallint", 2**15), ("integer", 2**31)])
def test_keys_that_are_numbers_stay_different_and_in_range(kind: str, most: int) -> None:
    made = [int(masked("key", kind, str(number)) or "") for number in range(2000)]
    assert len(set(made)) == 2000
    assert all(0 <= each < most for each in made)


@pytest.mark.parametrize(
    ("rule", "kind", "value"),
    [
        ("key", "uuid", "20000000-0000-4000-8000-000000000001"),
        ("key", "text", "customer-7"),
        ("text", "text", "Ada Lovelace of London"),
        ("email", "text", "ada@customer.example"),
        ("number", "numeric", "1234.56"),
        ("date", "date", "1999-12-31"),
        ("date", "timestamp with time zone", "2026-01-01 10:11:12.5+00"),
        ("json", "jsonb", '{"name": "Ada", "n": 77}'),
    ],
)
def test_a_value_becomes_another_which_is_always_the_same(rule: str, kind: str, value: str) -> None:
    made = masked(rule, kind, value)
    assert made
    assert made != value
    assert made == masked(rule, kind, value)
    other = masking.mask(rule, Column(name="x", type=kind), Secret("another"))(value)
    assert other != made


def test_masks_fit_the_column() -> None:
    assert len(masked("text", "character varying", "Ada Lovelace of London", size=8) or "") <= 8
    assert len(masked("number", "numeric", "1234.56") or "") == 7
    assert (masked("email", "text", "a@b.c") or "").endswith("@masked.example")
    document = json.loads(masked("json", "jsonb", '{"name": "Ada", "tags": ["x", null]}') or "")
    assert document.keys() == {"name", "tags"}
    assert document["tags"][1] is None
    assert "Ada" not in str(document)


def test_what_is_hidden_in_a_text_is_one_of_its_pieces() -> None:
    text = 'See "ada@customer.example", (Lovelace): {x}.'
    assert {"ada@customer.example", "Lovelace"} <= masking.pieces(text)
