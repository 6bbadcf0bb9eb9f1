"""`invoke secrets.rotate` and `secrets.list`: it works, and a kill at any moment loses nothing."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
import requests
from jsonschema import ValidationError, validate

from rehearsal.production import SENTRY
from tests.rehearsed.checkout import ROOT, Checkout
from tests.survival.killing import PASSWORD, Moment, killed, quietly

SCHEMA = json.loads((ROOT / "staging" / "schemas" / "secrets.json").read_text())
ROTATE = ("invoke", "secrets.rotate", "DATABASE_URL")
PROVISION = ("invoke", "provision")
FIELDS = ("database_password", "database_password_next", "database_password_before")
MOMENTS = [
    Moment("flyctl", "machine list", "before"),
    Moment("api", PASSWORD, "before"),
    Moment("api", PASSWORD, "after"),
    Moment("supabase", "projects api-keys", "before"),
    Moment("flyctl", "secrets list", "before"),
    Moment("flyctl", "secrets import", "before"),
    Moment("flyctl", "secrets import", "after"),
    Moment("flyctl", "deploy", "before"),
    Moment("flyctl", "deploy", "after"),
]


def entry(made: Checkout) -> Mapping[str, Any]:
    kept = json.loads((made.root / ".staging" / "credentials.json").read_text())
    return dict(kept["rehearsal/blue-banded-bee-staging"])


def url(made: Checkout) -> str:
    return quietly(made.run("invoke", "database.url")).stdout.strip()


def accepts(address: str, password: str) -> bool:
    """Whether PostgreSQL opens a new connection with it."""
    parts = urlsplit(address)
    try:
        with psycopg.connect(
            host=parts.hostname,
            port=parts.port,
            user=unquote(parts.username or ""),
            password=password,
            dbname="postgres",
            connect_timeout=10,
        ):
            return True
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            return False
        raise


def answers(made: Checkout, path: str) -> int:
    status = json.loads(made.run("invoke", "status", "--json").stdout)
    return requests.get(status["app"]["url"] + path, timeout=20).status_code


def states(made: Checkout) -> dict[str, str]:
    found = json.loads(made.run("invoke", "secrets.list", "--json").stdout)
    return {secret["name"]: secret["state"] for secret in found["secrets"]}


def assert_whole(made: Checkout) -> None:
    """One password, which everybody has: nothing is left to do."""
    assert "database_password_before" not in entry(made)
    assert answers(made, "/health/db") == 200
    assert quietly(made.run("invoke", "token")).stdout.strip()
    assert "Nothing to do" in quietly(made.run(*PROVISION)).stdout


@pytest.mark.quick
def test_a_rotated_password_is_everybodys_and_the_old_one_is_refused(
    provisioned: Checkout,
) -> None:
    before, where = entry(provisioned)["database_password"], url(provisioned)
    done = quietly(provisioned.run(*ROTATE))
    after = entry(provisioned)["database_password"]
    assert before != after
    assert (accepts(where, before), accepts(where, after)) == (False, True)
    assert states(provisioned)["DATABASE_URL"] == "deployed"
    for line in ("PostgreSQL: the password of postgres", "Fly: the secret DATABASE_URL"):
        assert line in done.stdout
    assert not [each for each in (before, after) if each in done.stdout + done.stderr]
    assert_whole(provisioned)


@pytest.mark.parametrize(
    ("moment", "again"),
    [
        pytest.param(MOMENTS[2], ROTATE, marks=pytest.mark.quick),
        *((moment, ROTATE) for moment in MOMENTS if moment != MOMENTS[2]),
        *((moment, PROVISION) for moment in MOMENTS if moment.program != "flyctl"),
        (MOMENTS[6], PROVISION),
    ],
    ids=lambda each: each[1] if isinstance(each, tuple) else str(each),
)
def test_a_kill_at_any_moment_loses_no_password_and_running_again_completes(
    provisioned: Checkout, moment: Moment, again: tuple[str, ...]
) -> None:
    where, before = url(provisioned), entry(provisioned)["database_password"]
    killed(provisioned, moment, *ROTATE)
    kept = [entry(provisioned)[name] for name in FIELDS if name in entry(provisioned)]
    assert [password for password in kept if accepts(where, password)], "none opens the database"
    assert answers(provisioned, "/health") == 200
    quietly(provisioned.run(*again))
    if again == ROTATE:  # provisioning keeps one that was made up and not used: it might yet be
        assert entry(provisioned)["database_password"] != before
        assert "database_password_next" not in entry(provisioned)
    assert_whole(provisioned)


def test_a_generated_secret_is_made_up_once_and_rotated_when_asked(provisioned: Checkout) -> None:
    provisioned.edit("[secrets]\n", "[secrets]\nHOOK_KEY = { generated = true }\n")
    try:
        quietly(provisioned.run(*PROVISION))
        first = entry(provisioned)["generated"]["HOOK_KEY"]
        assert_whole(provisioned)
        assert entry(provisioned)["generated"]["HOOK_KEY"] == first
        killed(
            provisioned,
            Moment("flyctl", "deploy", "before"),
            *("invoke", "secrets.rotate", "HOOK_KEY"),
        )
        second = entry(provisioned)["generated"]["HOOK_KEY"]
        assert states(provisioned)["HOOK_KEY"] == "staged"
        quietly(provisioned.run("invoke", "secrets.rotate", "HOOK_KEY"))
        assert entry(provisioned)["generated"]["HOOK_KEY"] == second != first
        assert "rotating" not in entry(provisioned)
        assert states(provisioned)["HOOK_KEY"] == "deployed"
        assert_whole(provisioned)
    finally:
        provisioned.edit("HOOK_KEY = { generated = true }\n", "")


def test_a_secret_from_elsewhere_is_set_only_when_its_value_is_another(
    provisioned: Checkout,
) -> None:
    words = ("invoke", "secrets.rotate", "SENTRY_DSN")
    before = len(provisioned.calls())
    done = quietly(provisioned.run(*words))
    assert "Nothing new to set" in done.stdout
    calls = [json.loads(line)["argv"] for line in provisioned.calls()[before:]]
    assert not [argv for argv in calls if argv[0] == "deploy" or "import" in argv]
    other = {"STAGING_SENTRY_DSN": "https://another@errors.example/7"}
    done = quietly(provisioned.run(*words, env=other))
    assert "Fly: the secret SENTRY_DSN, deployed" in done.stdout
    assert other["STAGING_SENTRY_DSN"] not in done.stdout + done.stderr
    assert states(provisioned)["SENTRY_DSN"] == "other"
    quietly(provisioned.run(*PROVISION))


@pytest.mark.parametrize(
    ("words", "env", "code", "told"),
    [
        (ROTATE, {"STAGING_DB_PASSWORD": "somebody-elses"}, 5, "not ours to change"),
        (("invoke", "secrets.rotate", "DATABASE_ULR"), {}, 4, 'did you mean "DATABASE_URL"'),
    ],
)
def test_what_cannot_be_rotated_is_refused_with_the_reason(
    provisioned: Checkout, words: tuple[str, ...], env: dict[str, str], code: int, told: str
) -> None:
    before = entry(provisioned)
    done = provisioned.run(*words, env=env)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert entry(provisioned) == before


@pytest.mark.quick
def test_the_list_says_where_each_comes_from_and_no_value(provisioned: Checkout) -> None:
    done = quietly(provisioned.run("invoke", "secrets.list"))
    assert re.search(r"DATABASE_URL +deployed +from database-url", done.stdout)
    assert re.search(r"SENTRY_DSN +deployed +environment STAGING_SENTRY_DSN", done.stdout)
    assert entry(provisioned)["database_password"] not in done.stdout


def test_a_secret_that_is_productions_too_is_compared_with_productions(
    provisioned: Checkout,
) -> None:
    provisioned.edit(
        'SENTRY_DSN = { environment = "STAGING_SENTRY_DSN" }',
        'SENTRY_DSN = { environment = "STAGING_SENTRY_DSN", production = true }',
    )
    try:
        told = provisioned.run("invoke", "secrets.list")
        assert told.returncode == 1, told.stderr
        assert "SENTRY_DSN: another value than production's." in told.stdout
        same = {"STAGING_SENTRY_DSN": SENTRY}
        quietly(provisioned.run("invoke", "secrets.rotate", "SENTRY_DSN", env=same))
        listed = quietly(provisioned.run("invoke", "secrets.list", "--json", env=same))
        validate(json.loads(listed.stdout), SCHEMA)
        found = {each["name"]: each for each in json.loads(listed.stdout)["secrets"]}
        assert found["SENTRY_DSN"]["production"] == "same"
    finally:
        provisioned.edit(", production = true", "")
        quietly(provisioned.run(*PROVISION))


@pytest.mark.quick
def test_a_result_of_rotation_meets_its_schema(provisioned: Checkout) -> None:
    done = quietly(provisioned.run("invoke", "secrets.rotate", "SENTRY_DSN", "--json"))
    validate(json.loads(done.stdout), SCHEMA)
    with pytest.raises(ValidationError):
        validate({**json.loads(done.stdout), "value": "x"}, SCHEMA)
