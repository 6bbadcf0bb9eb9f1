"""The whole way: a good commit reaches production, a bad one never, and what is no proof of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import validate

from tests.rehearsed.checkout import ROOT, Checkout, checkout

IMAGE = "registry.fly.io/blue-banded-bee:{}"
PRODUCTION = "blue-banded-bee"
APPROVED = {"PROMOTE_APPROVED": PRODUCTION}
PROMOTE = ("invoke", "promote", "--without", "migrations")
EVIDENCE = (
    ("nox", "-s", "smoke"),
    ("nox", "-s", "load", "--", "--seconds", "6"),
    ("invoke", "parity", "--release"),
    ("invoke", "isolation"),
)
NO_PROOF: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("smoke", {"started_at": "2026-01-01T00:00:00+00:00"}, "held until"),
    ("load", {"verdict": "fail"}, "its verdict is fail"),
    ("parity", {"subject": {"target": "rehearsal", "app": "bee", "digest": ""}}, "another app"),
    ("isolation", {"subject": None}, "does not say which image"),
)
NO_CONSENT: tuple[tuple[tuple[str, ...], dict[str, str], str], ...] = (
    (("invoke", "promote", "--yes"), APPROVED, "migrations: there is none"),
    ((*PROMOTE, "--yes"), {}, "counts only where PROMOTE_APPROVED"),
    ((*PROMOTE, "--yes"), {"PROMOTE_APPROVED": "bee"}, "counts only where PROMOTE_APPROVED"),
    (PROMOTE, {}, "there was no consent"),
)


@pytest.fixture
def mirror() -> Iterator[Checkout]:
    """A checkout whose mirror has been built."""
    with checkout() as made:
        well(made, "invoke", "provision")
        yield made


def well(made: Checkout, *words: str, code: int = 0, env: dict[str, str] | None = None) -> str:
    """What a command says on stdout and stderr; it must end with `code`."""
    done = made.run(*words, env=env)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def deploying(tag: str) -> tuple[str, ...]:
    return ("invoke", "deploy", "--image", IMAGE.format(tag), "--wait", "10")


def running(made: Checkout, app: str = PRODUCTION) -> set[str]:
    """The digests that an app's machines run, by its flyctl."""
    lines = (made.root / ".rehearsal" / "environment").read_text().splitlines()
    env = dict(line.split("=", 1) for line in lines)
    done = made.run("rehearsal.fly", "machine", "list", "--app", app, "--json", env=env)
    return {machine["image_ref"]["digest"] for machine in json.loads(done.stdout)}


def edited(made: Checkout, name: str, **changed: Any) -> dict[str, Any]:
    """Change a report; what comes back is how it was."""
    path = made.root / "reports" / f"{name}.json"
    before: dict[str, Any] = json.loads(path.read_text())
    path.write_text(json.dumps({**before, **changed}))
    return before


def test_a_good_commit_goes_to_production_and_a_bad_one_never_does(mirror: Checkout) -> None:
    born = running(mirror)
    for words in (deploying("deployment-02"), *EVIDENCE):
        well(mirror, *words)
    staged = running(mirror, f"{PRODUCTION}-staging")
    assert staged != born
    assert "→" in well(mirror, *PROMOTE, "--dry-run", code=2)
    for name, changed, why in NO_PROOF:
        before = edited(mirror, name, **changed)
        consent = ("--without", f"migrations,{name}", "--yes")
        told = well(mirror, "invoke", "promote", *consent, code=5, env=APPROVED)
        edited(mirror, name, **before)
        assert f"{name}: it" in told
        assert why in told
    for words, env, why in NO_CONSENT:
        assert why in well(mirror, *words, code=5, env=env)
    assert running(mirror) == born

    well(mirror, *PROMOTE, "--yes", env=APPROVED)
    assert running(mirror) == staged
    schema = json.loads((ROOT / "staging" / "schemas" / "promote.json").read_text())
    validate(json.loads((mirror.root / "reports" / "promote.json").read_text()), schema)

    told = well(mirror, *deploying("broken-endpoint"), code=1)
    assert "GET /v1/dashboard/stats" in told
    assert "Rolled back by itself" in told
    assert running(mirror, f"{PRODUCTION}-staging") == staged
    assert running(mirror) == staged


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("tag", "sign"),
    [("sick-in-production", "healthy answer"), ("bare-in-production", "content-security-policy")],
)
def test_production_that_is_not_well_is_put_back(mirror: Checkout, tag: str, sign: str) -> None:
    born = running(mirror)
    for words in (deploying(tag), *EVIDENCE):
        well(mirror, *words)
    told = well(mirror, *PROMOTE, "--yes", "--wait", "8", code=1, env=APPROVED)
    assert "Rolled back by itself" in told
    assert sign in told.lower()
    assert running(mirror) == born
    well(mirror, *PROMOTE, "--dry-run", code=2)


def test_evidence_of_another_image_is_no_evidence(mirror: Checkout) -> None:
    well(mirror, "nox", "-s", "smoke")
    well(mirror, *deploying("deployment-02"))
    told = well(mirror, *PROMOTE, "--yes", code=5, env=APPROVED)
    assert "smoke: it is of another digest" in told
    assert "load: there is none" in told
