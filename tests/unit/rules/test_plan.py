from dataclasses import replace

import pytest

from staging.inventory import App, Guest, Machine, Project
from staging.rules.catalog import BESIDE, POLICIES, SCHEMA, TRIGGERS
from staging.rules.cost import Cost
from staging.rules.plan import changes, plan, refusals
from staging.rules.resources import Change, Found, Group, Row, Wanted

CONFIG = {
    "app": "bee-staging",
    "build": {},
    "env": {"A": "1"},
    "http_service": {"internal_port": 8080, "checks": [{"path": "/health"}]},
}
GUEST = Guest(cpu_kind="shared", cpus=1, memory_mb=1024)
WANTED = Wanted(
    app="bee-staging",
    project="bee-staging",
    region="syd",
    database_region="ap-southeast-2",
    size="micro",
    engine="17",
    groups=(Group(name="app", count=1, guest=GUEST),),
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
    guest=GUEST,
    healthy=None,
    config={"env": {"A": "1"}},
)
APP = App(name="bee-staging", url="https://u", hostname="u", organisation="o", status="", version=1)
NOTHING = Found(
    project=None,
    password_accepted=False,
    schema=None,
    blank=False,
    services=None,
    keys=False,
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
    services=(),
    keys=True,
    smoke_user=True,
    app=APP,
    addresses=("v6", "shared_v4"),
    secrets={"KEY": True},
    config={k: v for k, v in CONFIG.items() if k != "build"},
    file=CONFIG,
    machines=(MACHINE,),
)


def beside(name: str, path: str, found: str | None = None, wanted: str | None = "there") -> object:
    return ((name, Change(path, found, wanted)),)


SERVED = {"http_service": CONFIG["http_service"]}
OTHER = {"internal_port": 8080, "checks": [{"path": "/health/db"}]}
SMALL = Guest(cpu_kind="shared", cpus=1, memory_mb=256)
EXTENSIONS, REALTIME, BUCKETS = BESIDE[:3]
DIFFERENT = ((SCHEMA, Change("column public.jobs.id: type", "text", "uuid")),)


def with_(**fields: object) -> Machine:
    return replace(MACHINE, **fields)  # type: ignore[arg-type]


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
        ({"schema": beside(EXTENSIONS, "extension x")}, EXTENSIONS, "update", "missing"),
        ({"schema": beside(EXTENSIONS, "extension x", "there", None)}, EXTENSIONS, "refused", "by"),
        ({"schema": beside(EXTENSIONS, "extension x: version", "1", "2")}, "ext", "nothing", ""),
        ({"schema": beside(BUCKETS, "storage bucket x: public", "1", "2")}, BUCKETS, "update", "1"),
        ({"schema": beside(BUCKETS, "storage bucket x", "there", None)}, BUCKETS, "refused", "by"),
        ({"schema": beside(REALTIME, "publication table x")}, "realtime", "update", "missing"),
        ({"schema": beside(REALTIME, "publication x: rows", "1", "2")}, REALTIME, "nothing", ""),
        ({"schema": beside(TRIGGERS, "trigger auth.users.x")}, "triggers", "update", "missing"),
        ({"schema": beside(TRIGGERS, "trigger x: enabled", "D", "O")}, "triggers", "nothing", ""),
        ({"schema": beside(POLICIES, "policy x", "there", None)}, POLICIES, "update", "much"),
        ({"smoke_user": False}, "smoke user", "create", "Auth"),
        ({"addresses": ("v6",)}, "IPv4 address", "create", "shared"),
        ({"addresses": ("shared_v4",)}, "IPv6 address", "create", ""),
        ({"keys": False}, "API keys", "create", "come with"),
        ({"file": {**CONFIG, "env": {}}}, "fly.staging.toml", "update", "env.A = 1 is missing"),
        ({"file": {"app": "bee-staging"} | SERVED}, "fly.staging.toml", "update", "env.A"),
        ({"file": {k: CONFIG[k] for k in CONFIG if k != "build"}}, "fly.st", "update", "empty"),
        ({"secrets": {"KEY": False}}, "secret KEY", "update", "another"),
        ({"secrets": {"KEY": None}}, "secret KEY", "create", "staged"),
        ({"machines": ()}, "image", "create", "aaa"),
        ({"machines": ()}, "machines app", "create", "1 of shared 1 CPU 1024 MB in syd"),
        ({"machines": (replace(MACHINE, digest="sha256:bbb"),)}, "image", "update", "bbb → aaa"),
        ({"machines": (MACHINE, MACHINE)}, "machines app", "update", "count 2 → 1"),
        ({"machines": (with_(region="fra"),)}, "machines app", "refused", "m1.region fra → syd"),
        ({"machines": (with_(guest=SMALL),)}, "machines app", "update", "memory_mb 256 → 1024"),
        ({"machines": (with_(state="stopped"),)}, "machines app", "update", "stopped → started"),
        (
            {"machines": (MACHINE, with_(process_group="cron"))},
            "machines cron",
            "update",
            "no such",
        ),
        ({"machines": (with_(config={"env": {"A": "2"}}),)}, "environment", "update", "2 → 1"),
        ({"config": {"app": "bee-staging"} | SERVED}, "environment", "update", "env.A = 1"),
        ({"config": CONFIG | {"env": {"A": "1", "B": "2"}}}, "environment", "update", "too much"),
        (
            {"config": CONFIG | {"http_service": OTHER}},
            "services",
            "update",
            "/health/db → /health",
        ),
        ({"config": CONFIG | {"kill_signal": "TERM"}}, "other", "update", "kill_signal"),
        ({"config": None}, "environment variables", "create", "1 settings"),
        ({"project": replace(PROJECT, engine="15")}, "PostgreSQL version", "refused", "15"),
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


def test_a_machine_that_fly_stops_by_itself_is_as_it_should_be() -> None:
    config = CONFIG | {"http_service": {"internal_port": 8080, "auto_stop_machines": "stop"}}
    found = replace(ALL, config=config, file=config, machines=(with_(state="stopped"),))
    assert changes(plan(replace(WANTED, config=config), found, reset_schema=False)) == ()


def test_a_row_says_what_its_resource_costs_a_month() -> None:
    rows = plan(WANTED, NOTHING, reset_schema=False)
    found = {each.resource: each.monthly_usd for each in rows if each.monthly_usd is not None}
    assert found == {"compute size": 10, "machines app": 8.5, "cost a month": 18.5}
