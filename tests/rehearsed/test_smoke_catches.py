"""The smoke run passes the rehearsal's good application, and catches each bad one."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from rehearsal import ports
from smoke import browser
from smoke.browser import NONE as NO_BROWSER
from smoke.journeys.itinerary import endpoints
from tests.rehearsed.smoke_world import ROOT, SmokeWorld, smoke_world

SCHEMA = json.loads((ROOT / "smoke" / "report.schema.json").read_text())
FAULTS = {"missing-field": "endpoints", "no-workers": "workers", "cold-cache": "cache"}
"""A few of them; all are in tests/catching."""


@dataclass(frozen=True)
class Smoked:
    """A run that has ended."""

    code: int
    output: str
    folder: Path

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "smoke.json").read_text())
        return found

    @property
    def lines(self) -> dict[str, str]:
        return {line["name"]: line["verdict"] for line in self.document["lines"]}

    @property
    def everything(self) -> str:
        files = [path.read_text() for path in self.folder.iterdir()]
        return "\n".join([self.output, *files])


def smoke(folder: Path, *options: str, **variables: str) -> Smoked:
    argv = [sys.executable, "-m", "pytest", "smoke", "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        [*argv, f"--junitxml={folder / 'smoke.xml'}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "REPORTS": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=400,
    )
    return Smoked(done.returncode, done.stdout + done.stderr, folder)


@pytest.fixture(scope="module")
def world() -> Iterator[SmokeWorld]:
    with smoke_world() as made:
        yield made


@pytest.fixture(scope="module")
def good(world: SmokeWorld, tmp_path_factory: pytest.TempPathFactory) -> Smoked:
    folder = tmp_path_factory.mktemp("good")
    with world.application() as url:
        return smoke(folder, STAGING_BASE_URL=url, **world.variables)


def test_the_good_application_passes_every_check(good: Smoked) -> None:
    assert good.code == 0, good.output
    assert set(good.lines.values()) == {"pass"}
    checks = [check for line in good.document["lines"] for check in line["checks"]]
    assert {c["reason"] for c in checks if c["outcome"] == "not run"} <= {NO_BROWSER}


def test_the_report_meets_its_schema(good: Smoked) -> None:
    assert not list(Draft202012Validator(SCHEMA).iter_errors(good.document))
    suite = ET.parse(good.folder / "smoke.xml").getroot()[0]
    checks = sum(len(line["checks"]) for line in good.document["lines"])
    assert int(suite.attrib["tests"]) == checks


def test_the_page_shows_what_was_asked(good: Smoked) -> None:
    page = (good.folder / "smoke.html").read_text()
    assert '<span class="pass">' in page
    for request in ("POST /v1/jobs ·", "GET /v1/jobs?limit=1&amp;offset=0 ·", "GET /health ·"):
        assert request in page, request
    assert "## Smoke: pass" in (good.folder / "smoke.md").read_text()


@pytest.mark.skipif(browser.find() is None, reason=NO_BROWSER)
def test_the_page_has_pictures_of_the_application(good: Smoked) -> None:
    page = (good.folder / "smoke.html").read_text()
    assert page.count('src="data:image/png;base64,iVBOR') == 2


@pytest.mark.nightly
@pytest.mark.skipif(browser.find() is None, reason=NO_BROWSER)
def test_a_script_that_cannot_be_loaded_is_seen_in_the_browser(
    world: SmokeWorld, tmp_path: Path
) -> None:
    with world.application("script-missing") as url:
        run = smoke(tmp_path, STAGING_BASE_URL=url, **world.variables)
    assert run.code == 1
    assert "a page works in a browser" in run.output


def test_nothing_is_left_at_work(good: Smoked, world: SmokeWorld) -> None:
    assert good.document["left_behind"] == []
    query = """select (select count(*) from public.jobs
                       where status not in ('completed', 'cancelled', 'failed')),
                      (select count(*) from public.schedulers),
                      (select count(*) from public.job_share_links where revoked_at is null)"""
    with psycopg.connect(world.database, connect_timeout=10) as connection:
        assert connection.execute(query).fetchone() == (0, 0, 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_its_line(fault: str, world: SmokeWorld, tmp_path: Path) -> None:
    with world.application(fault) as url:
        limits = {"SMOKE_TAKE_UP_SECONDS": "3", "SMOKE_CRAWL_SECONDS": "30"}
        run = smoke(tmp_path, STAGING_BASE_URL=url, **limits, **world.variables)
    assert run.code == 1, run.output
    assert run.document["verdict"] == "fail"
    assert run.lines[FAULTS[fault]] == "fail", run.output


def test_what_is_left_out_is_not_asked_for(world: SmokeWorld, tmp_path: Path) -> None:
    named = {"SMOKE_ONLY": ", ".join(["GET /health", "GET /v1/plans", *endpoints("profile")])}
    with world.application("broken-endpoint", "noop-cancel", "no-workers") as url:
        run = smoke(tmp_path, STAGING_BASE_URL=url, **named, **world.variables)
    assert run.code == 0, run.output
    assert set(run.lines.values()) == {"pass", "left out"}
    assert [run.lines[name] for name in ("starts", "database", "endpoints")] == ["pass"] * 3
    assert not list(Draft202012Validator(SCHEMA).iter_errors(run.document))


def test_no_secret_is_written(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application("no-workers", "open-door") as url:
        variables = world.variables | {"SMOKE_TAKE_UP_SECONDS": "1"}
        refused = world.database.replace("postgres:", "nobody:")
        variables["STAGING_DATABASE_URL"] = refused
        run = smoke(tmp_path, STAGING_BASE_URL=url, **variables)
    assert run.code == 1
    for name in ("SMOKE_PASSWORD", "SUPABASE_PUBLISHABLE_KEY", "STAGING_DATABASE_URL"):
        assert variables[name] not in run.everything
    assert not re.search(r"eyJ[\w-]+\.eyJ", run.everything)


def test_without_a_token_it_is_invalid_and_says_why(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:
        run = smoke(tmp_path, STAGING_BASE_URL=url)
    assert run.code == 6, run.output
    assert run.document["verdict"] == "invalid"
    assert run.lines["workers"] == "not proved"
    assert "no STAGING_ACCESS_TOKEN" in run.output


@pytest.mark.nightly
def test_a_wrong_password_fails_the_sign_in(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:
        variables = world.variables | {"SMOKE_PASSWORD": "wrong-password"}
        run = smoke(tmp_path, STAGING_BASE_URL=url, **variables)
    assert run.code == 1, run.output
    assert "the user signs in" in run.output
    assert run.lines["endpoints"] == "fail"


def test_where_nothing_answers_it_fails_soon(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{ports.free()}"
    run = smoke(tmp_path, STAGING_BASE_URL=url, STAGING_WAKE_SECONDS="1")
    assert run.code == 1, run.output
    assert run.document["seconds"] < 20
    assert run.lines["starts"] == "fail"
    assert set(run.lines.values()) == {"fail", "not proved"}


def test_without_an_address_it_is_a_mistake_of_use(tmp_path: Path) -> None:
    run = smoke(tmp_path)
    assert run.code == 4
    assert "STAGING_BASE_URL" in run.output
