"""Images that a deploy has trouble with: they do not end, they grow, their schema is another."""

import re
import signal
import subprocess

import pytest
import requests

from tests.rehearsal.conftest import Application, Issuer, Start
from tests.waiting import until

EXPANDS = "alter table public.jobs add column priority integer not null default 0"
CONTRACTS = "alter table public.jobs drop column source_type"
BREAKS = "alter table public.jobs rename column source_type to origin"


def resident(made: Application) -> int:
    """What the metrics say of the process's memory."""
    text = requests.get(made.metrics, timeout=5).text
    found = re.search(r"^process_resident_memory_bytes (\d+)$", text, re.MULTILINE)
    assert found, text
    return int(found[1])


def works(made: Application, issuer: Issuer) -> bool:
    """Whether jobs are begun, done and listed."""
    token = issuer.token()
    body = {"domain": "works.example", "max_pages": 1}
    if made.ask("POST", "/v1/jobs", token, json=body).status_code >= 500:
        return False
    answer = made.ask("GET", "/v1/jobs", token)
    if answer.status_code != 200:
        return False
    made.ended(token, answer.json()["data"]["jobs"][0]["id"])
    return True


def test_ignores_sigterm_goes_on_until_it_is_killed(start: Start) -> None:
    with start(BEE_FAULTS="ignores-sigterm") as made:
        assert made.ask("GET", "/health").status_code == 200
        made.process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            made.process.wait(2)
        assert made.ask("GET", "/health").status_code == 200
        made.process.kill()
        assert made.process.wait(5) == -signal.SIGKILL


def test_leaks_memory_grows_and_serves(start: Start) -> None:
    with start(BEE_FAULTS="leaks-memory") as made:
        before = resident(made)
        until(lambda: resident(made) > before + 15_000_000, within=40)
        assert made.ask("GET", "/health").status_code == 200


def test_a_good_application_does_not_grow_like_that(start: Start) -> None:
    with start() as made:
        before = resident(made)
        with pytest.raises(AssertionError):
            until(lambda: resident(made) > before + 15_000_000, within=2)


def test_needs_column_fails_before_its_migration_and_the_old_one_lives_on_after_it(
    start: Start, issuer: Issuer
) -> None:
    with start() as old, start(BEE_FAULTS="needs-column", DATABASE_URL=old.database) as new:
        assert new.ask("GET", "/health/db").status_code == 200
        assert (works(old, issuer), works(new, issuer)) == (True, False)
        old.sql(EXPANDS)
        assert (works(old, issuer), works(new, issuer)) == (True, True)


def test_needs_renamed_column_and_the_old_one_never_work_with_the_same_schema(
    start: Start, issuer: Issuer
) -> None:
    faults = "needs-renamed-column"
    with start() as old, start(BEE_FAULTS=faults, DATABASE_URL=old.database) as new:
        assert (works(old, issuer), works(new, issuer)) == (True, False)
        old.sql(BREAKS)
        assert (works(old, issuer), works(new, issuer)) == (False, True)
        assert old.ask("GET", "/health/db").status_code == 200


def test_does_without_column_works_before_and_after_its_migration_and_the_old_one_only_before(
    start: Start, issuer: Issuer
) -> None:
    faults = "does-without-column"
    with start() as old, start(BEE_FAULTS=faults, DATABASE_URL=old.database) as new:
        assert (works(old, issuer), works(new, issuer)) == (True, True)
        old.sql(CONTRACTS)
        assert (works(old, issuer), works(new, issuer)) == (False, True)
