"""What users of staging wait for while a migration is applied; and the way back, beside it."""

import pytest

from tests.rehearsed.checkout import Checkout
from tests.rehearsed.migrations.staged import blocked, standing, tried, written

HARMLESS = "alter table public.jobs add column remark text;"
BLOCKS = f"{HARMLESS} select pg_sleep(1.5);"


@pytest.mark.nightly
def test_a_migration_that_blocks_says_for_how_long_and_staging_is_put_back(
    provisioned: Checkout,
) -> None:
    written(provisioned, BLOCKS)
    before = standing(provisioned)
    found = tried(provisioned, "--under-traffic", code=1)
    blocked(found)
    assert standing(provisioned) == before


@pytest.mark.nightly
@pytest.mark.parametrize(
    "forward",
    [
        HARMLESS,
        "alter table public.jobs add column priority integer not null default 0;",
        "create table public.apart (id integer primary key); select pg_sleep(1.5);",
        "create index concurrently by_status on public.jobs (status);",
    ],
)
def test_a_migration_that_blocks_nobody_raises_no_alarm(
    provisioned: Checkout, forward: str
) -> None:
    written(provisioned, forward)
    found = tried(provisioned, "--under-traffic", code=0)
    traffic = found["traffic"]
    assert (found["risk"], traffic["delayed"], traffic["failed"]) == ("safe", 0, 0)
    assert traffic["before"] > 24
    assert traffic["since"] > 24


@pytest.mark.nightly
def test_an_application_that_fails_on_the_new_schema_is_seen(provisioned: Checkout) -> None:
    written(provisioned, "alter table public.jobs rename column source_type to origin;")
    found = tried(provisioned, "--under-traffic", code=1)
    assert found["traffic"]["failed"] > 0
    assert "status 500" in found["traffic"]["wrong"][0]
    assert any("the application that runs fails" in each["told"] for each in found["reasons"])
