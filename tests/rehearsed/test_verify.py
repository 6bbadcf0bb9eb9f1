"""`invoke verify`: what is met after provisioning, what is not once something is broken."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.rehearsed.checkout import ROOT, Checkout, checkout
from tests.rehearsed.test_parity import drifted, flyctl

NAME = "blue-banded-bee-staging"
LOOKING = {"plan", "parity", "cost", "workflows"}
FROM_SMOKE = {"starts", "database", "endpoints", "workers", "jobs", "cache", "works"}
FROM_LOOKING = {"machines", "pro", "schema", "cost"}
CODES = {"pass": 0, "fail": 1, "invalid": 6}


@pytest.fixture(scope="module")
def mirror(provisioned: Checkout) -> Checkout:
    """A mirror whose checkout has the workflow files, which a copy leaves out."""
    folder = provisioned.root / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        (folder / path.name).write_text(path.read_text())
    return provisioned


def verified(mirror: Checkout, *words: str) -> dict[str, Any]:
    """The result, which meets its schema, and is kept as evidence with its page."""
    done = mirror.run("invoke", "verify", "--json", *words, timeout=500)
    found: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((ROOT / "staging" / "schemas" / "verify.json").read_text())
    Draft202012Validator(schema).validate(found)
    assert done.returncode == CODES[found["verdict"]], done.stderr
    assert json.loads((mirror.root / "reports" / "verify.json").read_text()) == found
    return found


def outcomes(found: dict[str, Any]) -> dict[str, str]:
    return {item["id"]: item["outcome"] for item in found["items"]}


def those(found: dict[str, Any], outcome: str) -> set[str]:
    return {name for name, told in outcomes(found).items() if told == outcome}


def figures(found: dict[str, Any], item: str) -> str:
    told = next(each for each in found["items"] if each["id"] == item)
    return " ".join(each["figure"] for each in told["answers"])


class Page(HTMLParser):
    """What a reader without eyes needs of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def test_what_only_looks_shows_what_is_met_and_what_nobody_has_proved(mirror: Checkout) -> None:
    found = verified(mirror, "--only", ",".join(LOOKING))
    assert those(found, "met") >= FROM_LOOKING
    assert those(found, "not proved") >= FROM_SMOKE | {"migrations", "automatic", "ci"}
    run = {each["name"] for each in found["sources"] if each["seconds"] is not None}
    assert run == LOOKING
    assert "nox -s smoke" in figures(found, "works")


def test_its_page_is_one_file_that_needs_nothing(mirror: Checkout) -> None:
    found = verified(mirror, "--only", ",".join(LOOKING))
    text = (mirror.root / "reports" / "verify.html").read_text()
    page = Page(text)
    assert len(text) < 500_000
    assert (page.count("script"), page.count("link"), page.count("img")) == (0, 0, 0)
    assert not re.search(r"(src|srcset)=|url\(|@import", text)
    assert page.tags[0] == ("html", {"lang": "en"})
    assert page.count("h1") == 1
    assert page.count("table") == page.count("caption") == len(found["items"]) + 1
    assert all(dict(attrs).get("scope") for tag, attrs in page.tags if tag == "th")
    assert all(item["title"].split("'")[0] in text for item in found["items"])
    linked = {attrs["href"] for tag, attrs in page.tags if tag == "a"}
    assert linked <= {"verify.json", *(each["path"] for each in found["sources"])}


def test_a_schema_that_is_another_is_not_met(mirror: Checkout) -> None:
    there = "alter table public.jobs add column drifted int"
    with drifted(mirror, there, "alter table public.jobs drop column drifted"):
        found = verified(mirror, "--only", "plan,parity")
        assert outcomes(found)["schema"] == outcomes(found)["performance"] == "not met"
        assert outcomes(found)["machines"] == "met"
        assert found["verdict"] == "fail"
    assert outcomes(verified(mirror, "--only", "plan,parity"))["schema"] == "met"


@pytest.mark.nightly
def test_a_secret_that_another_has_set_is_not_met(mirror: Checkout) -> None:
    flyctl(mirror, "secrets", "set", "SENTRY_DSN=https://else@example.invalid/1", "--app", NAME)
    found = verified(mirror, "--only", "plan,parity")
    assert outcomes(found)["secrets"] == "not met"
    assert "SENTRY_DSN" in figures(found, "secrets")
    assert (
        "else@example"
        not in json.dumps(found) + (mirror.root / "reports" / "verify.html").read_text()
    )
    assert mirror.run("invoke", "provision").returncode == 0
    assert outcomes(verified(mirror, "--only", "plan"))["secrets"] != "not met"


@pytest.mark.nightly
def test_a_feature_branch_that_deploys_is_not_met(mirror: Checkout) -> None:
    path = mirror.root / ".github" / "workflows" / "staging.yml"
    before = path.read_text()
    path.write_text(before.replace("branches: [staging]", "branches: [staging, 'feature/**']"))
    try:
        found = verified(mirror, "--only", "workflows")
    finally:
        path.write_text(before)
    assert outcomes(found)["branches"] == "not met"
    assert "feature/x runs `invoke deploy`" in figures(found, "branches")
    stale = verified(mirror, "--no-run")
    assert outcomes(stale)["branches"] == "not proved"
    assert "another workflows" in figures(stale, "branches")


@pytest.mark.nightly
def test_evidence_counts_for_its_image_and_its_time(mirror: Checkout) -> None:
    verified(mirror, "--only", ",".join(LOOKING))
    assert outcomes(verified(mirror, "--no-run"))["schema"] == "met"
    found = verified(mirror, "--no-run", "--fresh-hours", "0")
    assert "held until" in figures(found, "schema")
    assert those(found, "met") == set()
    path = mirror.root / "reports" / "parity.json"
    before = path.read_text()
    path.write_text(re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + 64 * "0", before))
    found = verified(mirror, "--no-run")
    path.write_text(before)
    assert "another digest" in figures(found, "schema")


def test_its_summary_is_there_for_a_pull_request(mirror: Checkout, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    done = mirror.run("invoke", "verify", "--no-run", env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert done.returncode in {1, 6}, done.stderr
    assert "The six criteria of success" in done.stdout
    assert summary.read_text().startswith("### ")
    assert "| Promise of the plan |" in summary.read_text()


@pytest.mark.parametrize(
    ("words", "why"),
    [(("--only", "smok"), "no evidence called smok"), (("--fresh-hours", "x"), "no number")],
)
def test_what_cannot_be_meant_is_refused(
    mirror: Checkout, words: tuple[str, ...], why: str
) -> None:
    done = mirror.run("invoke", "verify", *words)
    assert done.returncode == 4
    assert why in done.stderr


@pytest.mark.nightly
def test_all_of_it_is_run_at_once_and_held_against_the_plan(mirror: Checkout) -> None:
    found = verified(mirror)
    assert those(found, "met") >= FROM_SMOKE | FROM_LOOKING | {"secrets", "project", "deployed"}
    load = next(each for each in found["steps"] if each["name"] == "run load")
    others = [each for each in found["steps"] if each["name"] != "run load"]
    assert all(each["started"] + each["seconds"] <= load["started"] + 0.1 for each in others)
    again = verified(mirror)
    run = {each["name"] for each in again["sources"] if each["seconds"] is not None}
    assert not run & {"smoke", "load", "isolation"}


@pytest.mark.nightly
def test_without_staging_nothing_is_met_that_needs_one() -> None:
    with checkout() as fresh:
        found = verified(fresh, "--only", "plan,cost")
    assert {"deployed", "machines", "secrets"} <= those(found, "not met")
    assert "schema" in those(found, "not proved")
    assert found["verdict"] == "fail"
