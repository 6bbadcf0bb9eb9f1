from dataclasses import replace

import pytest

from staging.inventory import App, Guest, Machine, Project
from staging.rules.cost import Cost
from staging.rules.plan import Found, Row, Wanted, changes, plan, refusals
from staging.rules.schema import Difference

CONFIG = {"app": "bee-staging", "build": {}, "env": {"A": "1"}}
WANTED = Wanted(
    app="bee-staging",
    project="bee-staging",
    region="syd",
    database_region="ap-southeast-2",
    size="micro",
    config=CONFIG,
    digest="sha256:aaa",
    cost=Cost(machines_usd=8.5, database_usd=10, prices_of="2026-11-01"),
    budget_usd=70,
)
PROJECT = Project(
    ref="ref",
    name="bee-staging",
    organisation="org",
    region="ap-southeast-2",
    status="ACTIVE_HEALTHY",
    host="h",
    engine="17",
)
MACHINE = Machine(
    id="m1",
    state="started",
    region="syd",
    process_group="app",
    digest="sha256:aaa",
    image="r/bee@sha256:aaa",
    tagged="r/bee:1",
    guest=Guest(cpu_kind="shared", cpus=1, memory_mb=1024),
    healthy=None,
)
APP = App(name="bee-staging", url="https://u", hostname="u", organisation="o", status="", version=1)
NOTHING = Found(
    project=None,
    password_accepted=False,
    schema=None,
    blank=False,
    smoke_user=False,
    app=None,
    addresses=(),
    secrets={"KEY": None},
    config=None,
    file=None,
    machines=(),
)
ALL = Found(
    project=PROJECT,
    password_accepted=True,
    schema=(),
    blank=False,
    smoke_user=True,
    app=APP,
    addresses=("v6", "shared_v4"),
    secrets={"KEY": True},
    config={"app": "bee-staging", "env": {"A": "1"}},
    file=CONFIG,
    machines=(MACHINE,),
)
DIFFERENT = (Difference("TABLE", "public.jobs", "missing"),)


def row(resource: str, found: Found, *, reset_schema: bool = False) -> Row:
    rows = plan(WANTED, found, reset_schema=reset_schema)
    return next(each for each in rows if each.resource.startswith(resource))


def test_where_there_is_nothing_everything_is_created() -> None:
    *rows, cost = plan(WANTED, NOTHING, reset_schema=False)
    assert {each.action for each in rows} == {"create"}
    assert cost.detail.startswith("18.50 USD (machines 8.50 + database 10.00;")


def test_where_all_is_there_nothing_is_to_do() -> None:
    assert changes(plan(WANTED, ALL, reset_schema=False)) == ()


@pytest.mark.parametrize(
    ("change", "resource", "action", "detail"),
    [
        ({"password_accepted": False, "schema": None}, "database password", "update", "reset"),
        ({"password_accepted": False, "schema": None}, "database schema", "update", "lets us in"),
        ({"schema": DIFFERENT}, "database schema", "refused", "--reset-schema"),
        ({"schema": DIFFERENT, "blank": True}, "database schema", "create", "without data"),
        ({"smoke_user": False}, "smoke user", "create", "Auth"),
        ({"addresses": ("v6",)}, "IPv4 address", "create", "shared"),
        ({"addresses": ("shared_v4",)}, "IPv6 address", "create", ""),
        ({"file": {"app": "bee-staging"}}, "fly.staging.toml", "update", "build, env differ"),
        ({"secrets": {"KEY": False}}, "secret KEY", "update", "another"),
        ({"secrets": {"KEY": None}}, "secret KEY", "create", "staged"),
        ({"machines": ()}, "machines", "create", "aaa"),
        ({"machines": (replace(MACHINE, digest="sha256:bbb"),)}, "machines", "update", "bbb → aaa"),
        ({"machines": (replace(MACHINE, state="stopped"),)}, "machines", "update", "stopped"),
        ({"config": {"app": "bee-staging"}}, "machines", "update", "env differs"),
        ({"config": None}, "machines", "update", "configuration"),
    ],
)
def test_each_difference_has_its_row(
    change: dict[str, object], resource: str, action: str, detail: str
) -> None:
    found = row(resource, replace(ALL, **change))  # type: ignore[arg-type]
    assert found.action == action
    assert detail in found.detail


def test_a_project_elsewhere_cannot_be_mended_and_stops_the_plan() -> None:
    found = replace(ALL, project=replace(PROJECT, region="us-east-1"))
    (refused,) = refusals(plan(WANTED, found, reset_schema=False))
    assert "us-east-1" in refused.detail


def test_what_is_over_the_budget_stops_the_plan() -> None:
    (refused,) = refusals(plan(replace(WANTED, budget_usd=18), NOTHING, reset_schema=False))
    assert "over the budget of 18.00" in refused.detail


def test_a_cost_that_is_not_known_is_not_guessed() -> None:
    unknown = replace(WANTED, cost=replace(WANTED.cost, machines_usd=None))
    assert "not known" in plan(unknown, ALL, reset_schema=False)[-1].detail


def test_a_schema_is_replaced_with_consent_only() -> None:
    found = replace(ALL, schema=DIFFERENT)
    assert row("database schema", found, reset_schema=True).action == "replace"
