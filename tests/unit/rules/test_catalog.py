import pytest

from staging.inventory import Catalog
from staging.rules.catalog import (
    Difference,
    changes,
    differences,
    resource,
    unseen,
    untouched,
)

TABLE: Catalog = {
    ("table", "public.jobs"): {"row security": "on", "order": '["id", "state"]'},
    ("column", "public.jobs.id"): {"within": "table public.jobs", "type": "integer"},
    ("column", "public.jobs.state"): {"within": "table public.jobs", "type": "text"},
    ("index", "public.jobs_state"): {"within": "table public.jobs", "valid": "true"},
}
STATE = ("column", "public.jobs.state")


def told(production: Catalog, staging: Catalog) -> list[str]:
    return [str(each) for each in differences(production, staging)]


def without(*keys: tuple[str, str]) -> Catalog:
    return {key: value for key, value in TABLE.items() if key not in keys}


def table(**attributes: str) -> Catalog:
    return {("table", "public.jobs"): attributes}


def test_equal_catalogs_do_not_differ() -> None:
    assert differences(TABLE, dict(TABLE)) == ()


def test_a_difference_names_the_attribute_and_both_values() -> None:
    there = {STATE: {"type": "integer"}}
    found = differences(there, {STATE: {"type": "text"}})
    assert found == (Difference(*STATE, "different", "type", "integer", "text"),)
    assert str(found[0]) == "column public.jobs.state: type text, in production integer"


@pytest.mark.parametrize(
    ("production", "staging", "expected"),
    [
        (TABLE, without(STATE), ["column public.jobs.state: missing"]),
        (without(STATE), TABLE, ["column public.jobs.state: unexpected"]),
        (TABLE, {}, ["table public.jobs: missing"]),
        ({}, TABLE, ["table public.jobs: unexpected"]),
        (
            table(a="1"),
            table(b="2"),
            [
                "table public.jobs: a none, in production 1",
                "table public.jobs: b 2, in production none",
            ],
        ),
        (
            table(order='["a", "b", "c"]'),
            table(order='["b", "a"]'),
            ["table public.jobs: order b, a, in production a, b"],
        ),
        (table(order='["a", "b", "c"]'), table(order='["a", "c"]'), []),
        ({("platform table", "auth.new"): {}}, {}, []),
        (
            {("platform table", "auth.users"): {"row security": "on"}},
            {("platform table", "auth.users"): {"row security": "off"}},
            ["platform table auth.users: row security off, in production on"],
        ),
        ({("vault secret", "*"): {"hidden": "so"}}, {("vault secret", "key"): {}}, []),
        ({("setting", "jit"): {"hidden": "so"}}, {("setting", "jit"): {"value": "on"}}, []),
    ],
)
def test_what_is_told(production: Catalog, staging: Catalog, expected: list[str]) -> None:
    assert told(production, staging) == expected


def test_differences_are_told_in_one_order() -> None:
    found = differences({**TABLE, ("enum", "public.a"): {}}, {("enum", "public.b"): {}})
    assert [(each.kind, each.name) for each in found] == [
        ("enum", "public.a"),
        ("enum", "public.b"),
        ("table", "public.jobs"),
    ]


def test_what_one_side_does_not_show_is_told_as_unseen() -> None:
    production = {("setting", "jit"): {"hidden": "set for this session: client"}}
    assert unseen(production, {("vault secret", "*"): {"hidden": "not readable"}}) == (
        "setting jit: not seen in production, set for this session: client",
        "vault secret *: not seen in staging, not readable",
    )
    assert unseen(TABLE, TABLE) == ()


def test_a_long_value_is_cut_to_where_it_differs() -> None:
    body = "\n".join(f"line {number};" for number in range(100))
    (found,) = differences(table(body=body), table(body=body.replace("line 50;", "line fifty;")))
    assert "line fifty" in (found.staging or "")
    assert "line 50" in (found.production or "")
    assert len(str(found)) < 200


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl",
        "sb_secret_a1b2c3d4e5f6",
        "https://admin:hunter22@hooks.example.com",
        '"Authorization":"Bearer hunter22hunter22"',
        "password=hunter22hunter22",
    ],
)
def test_a_secret_in_a_body_is_not_told(secret: str) -> None:
    there, here = (table(body=f"call({each}, '{secret}')") for each in (1, 2))
    (found,) = differences(there, here)
    assert str(found).startswith("table public.jobs: body call(2, ")
    for part in ("c2lnbmF0dXJl", "a1b2c3d4e5f6", "hunter22", "eyJhbGci"):
        assert part not in str(found)


def test_a_difference_that_is_only_a_secret_is_told_without_it() -> None:
    (found,) = differences(table(body="'Bearer hunter22'"), table(body="'Bearer winter33'"))
    assert str(found) == (
        "table public.jobs: body 'Bearer ***' (another secret), "
        "in production 'Bearer ***' (one secret)"
    )


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("column", "public.jobs.id", "database schema"),
        ("default privileges", "x", "database schema"),
        ("trigger", "public.jobs.made", "database schema"),
        ("trigger", "auth.users.arrived", "triggers on Supabase's tables"),
        ("policy", "storage.objects.own", "policies on Supabase's tables"),
        ("policy", "public.jobs.own", "database schema"),
        ("extension", "x", "extensions"),
        ("storage bucket", "x", "storage buckets"),
        ("publication table", "x", "realtime publication"),
        ("setting", "x", "PostgreSQL settings"),
        ("role settings", "x", "PostgreSQL settings"),
        ("role", "x", "database roles"),
        ("cron job", "x", "cron jobs"),
        ("vault secret", "x", "vault secrets"),
    ],
)
def test_an_object_belongs_to_a_resource_of_the_plan(kind: str, name: str, expected: str) -> None:
    assert resource(kind, name) == expected


def test_a_difference_is_a_change_to_staging() -> None:
    one: Catalog = {("column", "public.jobs.id"): {"type": "uuid"}, ("index", "public.i"): {}}
    other: Catalog = {("column", "public.jobs.id"): {"type": "text"}, ("view", "public.v"): {}}
    assert [(name, str(change)) for name, change in changes(one, other)] == [
        ("database schema", "column public.jobs.id: type text → uuid"),
        ("database schema", "index public.i = there is missing"),
        ("database schema", "view public.v = there is too much"),
    ]


def test_a_new_project_counts_as_untouched() -> None:
    born: Catalog = {("schema", "public"): {}, ("extension", "x"): {}, ("setting", "x"): {}}
    assert untouched(born)
    assert not untouched({**born, ("table", "public.jobs"): {}})
