"""What the plan promises, item by item, and which answers of which reports show it. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one report: which of probes.PROBES, for which name; `what` for a person."""

    source: str
    probe: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Item:
    """One promise of the plan. It is met if every answer is yes."""

    id: str
    group: str
    title: str
    asks: tuple[Ask, ...]


MIRROR = "The mirror"
VALIDATION = "What staging does"
MEASURED = "What is measured"
COST = "What it costs"
SUCCESS = "The six criteria of success"

SMOKE = Ask("smoke", "verdict", "", "all six parts of smoke")
PARITY = Ask("parity", "verdict", "", "staging equals production, value by value")
LOAD = Ask("load", "verdict", "", "every objective of the load test")
ISOLATION = Ask("isolation", "verdict", "", "nothing done in staging can reach production")
MIGRATIONS = Ask("migrations", "verdict", "", "a migration was tried on staging")
WORKFLOWS = Ask("workflows", "verdict", "", "the workflow files")
RUN = Ask("walk", "verdict", "", "the workflows' own steps, run from feature to production")
TO_STAGING = Ask(
    "workflows",
    "pushed",
    "staging: invoke deploy, invoke rollback",
    "a push to the branch staging, which is rolled back if it is not accepted",
)


def _smoked(id_: str, title: str) -> Item:
    return Item(id_, VALIDATION, title, (Ask("smoke", "line", id_, "checks of the running app"),))


ITEMS = (
    Item(
        "deployed",
        SUCCESS,
        "Staging is deployed and can be reached",
        (
            Ask("plan", "planned", "Fly app *", "the app is there"),
            Ask("smoke", "check", "starts: the environment answers", "it answers"),
        ),
    ),
    Item("automatic", SUCCESS, "The branch staging deploys by itself", (TO_STAGING, RUN)),
    Item("works", SUCCESS, "Everything works in staging", (SMOKE,)),
    Item("migrations", SUCCESS, "Migrations can be tried safely", (MIGRATIONS, ISOLATION)),
    Item("performance", SUCCESS, "Performance matches production's", (PARITY, LOAD)),
    Item("ci", SUCCESS, "CI and CD work", (WORKFLOWS, RUN)),
    Item(
        "machines",
        MIRROR,
        "Production and staging run in the same region on identical machines",
        (
            Ask("plan", "planned", "machines *", "the machines are as planned"),
            Ask("parity", "equal", "machines", "number, region and size of both sides' machines"),
            Ask("parity", "equal", "machine configuration", "what each machine is configured with"),
        ),
    ),
    Item(
        "project",
        MIRROR,
        "Staging has a Supabase project of its own, in production's region",
        (
            Ask("isolation", "proof", "Supabase projects", "two projects"),
            Ask("isolation", "proof", "PostgreSQL servers", "two database servers"),
            Ask("parity", "equal", "database region", "one region"),
        ),
    ),
    Item(
        "pro",
        MIRROR,
        "The Supabase project is on the Pro plan, as large as production's",
        (
            Ask("cost", "paid", "", "a size that only paid plans have"),
            Ask("parity", "equal", "compute size", "production's compute size"),
        ),
    ),
    Item(
        "schema",
        MIRROR,
        "Staging's database has production's schema",
        (
            Ask("parity", "equal", "database schema", "tables, columns, functions, policies"),
            Ask("parity", "equal", "extensions", "extensions and their versions"),
        ),
    ),
    Item(
        "secrets",
        MIRROR,
        "The application's secrets are set, with values of staging's own",
        (
            Ask("plan", "planned", "secret *", "Fly holds the value of each"),
            Ask("parity", "equal", "secrets", "none that production has is missing"),
            Ask("isolation", "proof", "secrets", "none is production's"),
        ),
    ),
    Item(
        "branches",
        MIRROR,
        "The branch staging deploys to staging, main to production, a feature branch nowhere",
        (
            TO_STAGING,
            Ask("workflows", "pushed", "main: invoke promote", "a push to the branch main"),
            Ask("workflows", "pushed", "feature/x: -", "a push to a feature branch"),
        ),
    ),
    _smoked("starts", "The application starts without errors"),
    _smoked("database", "It reaches its database"),
    _smoked("endpoints", "It serves every endpoint of its API"),
    _smoked("workers", "The worker pool processes tasks"),
    _smoked("jobs", "Jobs are created and managed"),
    _smoked("cache", "The cache is warmed"),
    Item(
        "response-times",
        MEASURED,
        "Response times are measured",
        (Ask("load", "measured", "", "latencies under a planned load"),),
    ),
    Item(
        "resources",
        MEASURED,
        "Resource use is measured",
        (
            Ask("load", "holds", "explanation.highest.cpu", "processor during the load"),
            Ask("load", "holds", "explanation.highest.memory", "memory during the load"),
        ),
    ),
    Item(
        "queries",
        MEASURED,
        "Query performance is measured",
        (Ask("load", "holds", "explanation.database", "the database during the load"),),
    ),
    Item(
        "concurrency",
        MEASURED,
        "Worker concurrency is measured, and is production's",
        (
            Ask("smoke", "check", "workers: throughput is told", "tasks that were at work at once"),
            Ask("parity", "equal", "running application", "the pools that both sides tell"),
        ),
    ),
    Item(
        "cost",
        COST,
        "It costs no more than the plan's 55 to 70 USD a month, and says so before it is spent",
        (
            Ask("cost", "priced", "", "a month of staging"),
            Ask("plan", "planned", "cost a month", "what the plan shows before anything is made"),
        ),
    ),
)
