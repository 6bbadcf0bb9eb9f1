"""Line 2: the database is connected, and it is the one we think it is."""

from collections.abc import Callable
from statistics import median

import pytest

from smoke import database as databases
from smoke.client import Client
from smoke.evidence import require
from smoke.journeys.crawl import Crawl
from smoke.journeys.profile import Profile
from smoke.journeys.walk import Journeys
from staging.secret import Secret

SOON, TIMES = 2.0, 3


def test_the_database_is_healthy(nobody: Client) -> None:
    answer = nobody.call("GET /health/db").expect(200)
    for name, expected in {"status": "healthy", "service": "postgresql"}.items():
        require(answer.find(name) == expected, answer.where, expected=expected, got=answer.text)


def test_the_database_answers_soon(nobody: Client) -> None:
    """The middle one, so that a connection that had to be made anew is none."""
    took = [nobody.call("GET /health/db").expect(200).seconds for _ in range(TIMES)]
    got = f"{median(took):.1f} s in the middle of {TIMES}"
    require(median(took) < SOON, "GET /health/db", expected=f"an answer in {SOON:.0f} s", got=got)


def test_plans_are_read_from_it(nobody: Client) -> None:
    answer = nobody.call("GET /v1/plans").expect(200)
    require(answer.at("data.plans"), answer.where, expected="plans", got=answer.text)


@pytest.mark.part("PATCH /v1/auth/profile")
def test_a_name_is_written(
    journeys: Journeys, token: Secret, lasted: Callable[[float], None]
) -> None:
    assert token
    seen: Profile = journeys.result("profile")
    lasted(journeys.seconds("profile"))
    seen.changed.expect(200)


def test_a_name_is_read_back(profile: Profile) -> None:
    got = profile.read.expect(200).find("data.user.first_name")
    expected = f"first_name {profile.written}"
    require(got == profile.written, profile.read.where, expected=expected, got=got)


@pytest.mark.part("tables")
def test_the_tables_are_there(database: Secret) -> None:
    missing = sorted(databases.TABLES - databases.tables(database))
    require(not missing, "schema public", expected="every table", got=f"none of {missing}")


def test_the_application_writes_to_this_very_database(profile: Profile, database: Secret) -> None:
    got = databases.user_name(database, profile.user)
    where = f"public.users {profile.user}"
    require(got == profile.written, where, expected=f"first_name {profile.written}", got=got)


def test_the_job_is_in_this_very_database(crawl: Crawl, database: Secret) -> None:
    got = databases.job_status(database, crawl.id)
    expected = f"status {crawl.last.status}"
    require(got == crawl.last.status, f"public.jobs {crawl.id}", expected=expected, got=got)


def test_no_task_is_in_it_twice(crawl: Crawl, database: Secret) -> None:
    all_, different = databases.tasks(database, crawl.id)
    got = f"{all_} tasks of {different} pages"
    where = f"public.tasks of job {crawl.id}"
    require(all_ == different == len(crawl.tasks), where, expected="one for each page", got=got)
