"""A second application is mirrored, checked by its own contracts, loaded and watched."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsed.checkout import ROOT, Checkout, checkout

SHOP = ROOT / "examples" / "bookshop"
CHECKS = Path("examples", "bookshop", "checks")


@pytest.fixture(scope="module")
def shop() -> Iterator[Checkout]:
    """A checkout of which somebody has made a bookshop's, with python3 as an active venv has it."""
    with checkout() as plain:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        made = Checkout(plain.root, settings={"PATH": path})
        shutil.copy(SHOP / "staging.toml", made.root / "staging.toml")
        done = made.run("invoke", "provision")
        assert done.returncode == 0, done.stderr + done.stdout
        yield made


def smoke(shop: Checkout, *options: str) -> tuple[int, dict[str, Any]]:
    done = shop.run("nox", "-s", "smoke", *(["--", *options] if options else []))
    found = json.loads((shop.root / "reports" / "smoke.json").read_text())
    return done.returncode, found


def failures(found: dict[str, Any]) -> list[str]:
    checks = [check for line in found["lines"] for check in line["checks"]]
    return [check["reason"] for check in checks if check["outcome"] == "failed"]


def test_its_contracts_are_what_its_openapi_document_gives(shop: Checkout) -> None:
    committed = {p: p.read_text() for p in sorted((shop.root / CHECKS).rglob("*.json"))}
    done = shop.run("invoke", "contracts", "--openapi", "examples/bookshop/openapi.yaml")
    assert done.returncode == 0, done.stderr
    assert "5 endpoints" in done.stdout
    assert len(committed) == 5
    assert {p: p.read_text() for p in sorted((shop.root / CHECKS).rglob("*.json"))} == committed


def test_smoke_passes_with_a_line_of_its_own(shop: Checkout) -> None:
    code, found = smoke(shop)
    assert code == 0, failures(found)
    own = found["lines"][-1]
    assert (own["name"], own["verdict"]) == ("own", "pass")
    assert (own["passed"], own["not_run"]) == (8, 0)
    assert found["left_behind"] == []


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        (CHECKS / "contracts" / "Order.json", '"quantity",', '"quantity", "sent_at",', "sent_at"),
        (CHECKS / "contracts" / "Book.json", '"minimum": 1', '"minimum": 2451', "price_cents"),
        (CHECKS / "test_orders.py", "expect(204)", "expect(200)", "expected status 200"),
    ],
)
def test_smoke_fails_where_an_answer_is_not_as_promised(
    shop: Checkout, file: Path, before: str, after: str, told: str
) -> None:
    path = shop.root / file
    kept = path.read_text()
    assert before in kept
    path.write_text(kept.replace(before, after))
    try:
        code, found = smoke(shop, "--quick")
    finally:
        path.write_text(kept)
    assert code == 1
    assert found["lines"][-1]["verdict"] == "fail"
    assert any(told in reason for reason in failures(found)), failures(found)


@pytest.mark.nightly
def test_a_status_that_was_not_promised_is_a_failure(shop: Checkout) -> None:
    path = shop.root / CHECKS / "endpoints.json"
    kept = path.read_text()
    document = json.loads(kept)
    del document["POST /orders"]["answers"]["400"]
    path.write_text(json.dumps(document))
    try:
        code, found = smoke(shop, "--quick")
    finally:
        path.write_text(kept)
    assert code == 1
    wanted = "expected status 201 or 404 or 409, got 400"
    assert any(wanted in reason for reason in failures(found)), failures(found)


@pytest.mark.nightly
def test_readonly_leaves_out_what_would_change_anything(shop: Checkout) -> None:
    code, found = smoke(shop, "--readonly")
    own = {check["name"]: check["outcome"] for check in found["lines"][-1]["checks"]}
    assert code == 0, failures(found)
    assert own["a book is bought and the order taken back"] == "not run"
    assert own["own endpoint keeps its contract [GET /books]"] == "passed"


def test_load_asks_for_its_own_endpoints(shop: Checkout) -> None:
    done = shop.run("nox", "-s", "load", "--", "--seconds", "6")
    found = json.loads((shop.root / "reports" / "load.json").read_text())
    assert done.returncode == 0, done.stdout
    counts = {each["name"]: each["requests"] for each in found["endpoints"]}
    assert counts == {"GET /books": 72, "GET /books/{id}": 36, "GET /health": 12}
    assert found["verdict"] == "pass"


@pytest.mark.nightly
def test_load_fails_where_the_right_answer_is_another(shop: Checkout) -> None:
    profile = (shop.root / "examples" / "bookshop" / "load.toml").read_text()
    (shop.root / "wrong.toml").write_text(profile.replace('has = "title"', 'has = "isbn"'))
    done = shop.run("nox", "-s", "load", "--", "--profile", "wrong.toml", "--seconds", "6")
    assert done.returncode == 1, done.stdout
    assert "another body than the endpoint gives" in done.stdout


def test_it_is_equal_to_its_production_and_watched(shop: Checkout) -> None:
    parity = shop.run("invoke", "parity")
    assert parity.returncode == 0, parity.stdout
    watched = shop.run("invoke", "watch", "--json")
    assert watched.returncode == 0, watched.stdout
    assert json.loads(watched.stdout)["figures"]["queue"] == 0


@pytest.mark.nightly
def test_another_version_is_deployed_and_judged(shop: Checkout) -> None:
    done = shop.run("invoke", "deploy", "--image", "registry.fly.io/bookshop:two")
    assert done.returncode == 0, done.stdout + done.stderr
