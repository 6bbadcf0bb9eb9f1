from typing import Any

import pytest

from staging.rules.catalog import Catalog, differences, resource, untouched

BOTH: Catalog = {
    ("table", "public.jobs"): {"row security": True},
    ("column", "public.jobs.id"): {"type": "uuid", "position": 1},
    ("column", "public.jobs.name"): {"type": "text", "position": 2},
    ("column", "public.jobs.state"): {"type": "text", "position": 3},
}


def changed(key: tuple[str, str], **facts: Any) -> Catalog:
    return {**BOTH, key: {**BOTH[key], **facts}}


def without(*keys: tuple[str, str]) -> Catalog:
    return {key: facts for key, facts in BOTH.items() if key not in keys}


def told(production: Catalog, staging: Catalog) -> list[str]:
    return [str(change) for _, change in differences(production, staging)]


def test_equal_catalogs_do_not_differ() -> None:
    assert told(BOTH, dict(sorted(BOTH.items(), reverse=True))) == []


def test_a_fact_is_named_with_both_values() -> None:
    staging = changed(("column", "public.jobs.name"), type="integer")
    assert told(BOTH, staging) == ["column public.jobs.name.type integer → text"]
    assert told(staging, BOTH) == ["column public.jobs.name.type text → integer"]


def test_an_object_that_one_side_lacks_is_one_difference() -> None:
    key = ("column", "public.jobs.name")
    assert told(BOTH, without(key)) == ["column public.jobs.name = there is missing"]
    assert told(without(key), BOTH) == ["column public.jobs.name = there is too much"]


def test_columns_in_another_order_are_named() -> None:
    moved = {
        **BOTH,
        ("column", "public.jobs.name"): {"type": "text", "position": 3},
        ("column", "public.jobs.state"): {"type": "text", "position": 2},
    }
    assert told(BOTH, moved) == [
        "column public.jobs.name.position 3 → 2",
        "column public.jobs.state.position 2 → 3",
    ]


def test_a_gap_that_a_dropped_column_leaves_is_none() -> None:
    assert told(BOTH, changed(("column", "public.jobs.state"), position=7)) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("table", "database schema"),
        ("default privileges", "database schema"),
        ("bucket", "storage buckets"),
        ("platform policy", "policies on Supabase's tables"),
        ("vault secret", "vault secrets"),
    ],
)
def test_each_kind_belongs_to_a_resource(kind: str, name: str) -> None:
    assert resource(kind) == name


def test_a_new_project_counts_as_untouched() -> None:
    born: Catalog = {("schema", "public"): {}, ("extension", "pgcrypto"): {}, ("setting", "x"): {}}
    assert untouched(born)
    assert not untouched(BOTH)
