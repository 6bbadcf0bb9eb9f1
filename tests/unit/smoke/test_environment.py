"""What a run is told, and what it keeps to itself."""

import pytest

from smoke.environment import read
from smoke.hidden import Hidden
from smoke.journeys.itinerary import Lacking, endpoints
from smoke.parts import LEFT_OUT, NAMES, Parts
from staging.errors import ConfigurationError
from staging.settings.checks import schema

URL = {"STAGING_BASE_URL": "http://127.0.0.1:1/"}
SIGN_IN = {
    "SUPABASE_URL": "http://127.0.0.1:2",
    "SUPABASE_PUBLISHABLE_KEY": "publishable-key",
    "SMOKE_EMAIL": "smoke@example.com",
    "SMOKE_PASSWORD": "correct horse",
}


def test_the_address_alone_is_enough() -> None:
    found = read(URL, hidden=Hidden())
    assert found.url == "http://127.0.0.1:1"
    assert (found.token, found.sign_in, found.database, found.domain) == (None,) * 4


@pytest.mark.parametrize("url", ["", "127.0.0.1:1", "ftp://127.0.0.1"])
def test_without_an_address_there_is_nothing_to_check(url: str) -> None:
    with pytest.raises(ConfigurationError, match="STAGING_BASE_URL"):
        read({"STAGING_BASE_URL": url}, hidden=Hidden())


@pytest.mark.parametrize("missing", SIGN_IN)
def test_signing_in_takes_all_four(missing: str) -> None:
    given = {k: v for k, v in SIGN_IN.items() if k != missing}
    assert read(URL | given, hidden=Hidden()).sign_in is None


def test_a_time_that_is_no_number_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="STAGING_WAKE_SECONDS"):
        read(URL | {"STAGING_WAKE_SECONDS": "soon"}, hidden=Hidden())


def test_without_a_word_the_application_has_every_part() -> None:
    found = read(URL, hidden=Hidden())
    assert found.service == "blue-banded-bee"
    assert found.parts.lacks(NAMES) == []


def test_the_parts_are_those_that_are_named() -> None:
    found = read(URL | {"SMOKE_ONLY": " GET /health ,errors,"}, hidden=Hidden()).parts
    assert [name for name in NAMES if found.has(name)] == ["GET /health", "errors"]


def test_a_part_that_nobody_knows_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match='did you mean "GET /v1/plans"'):
        read(URL | {"SMOKE_ONLY": "GET /health, GET /v1/plan"}, hidden=Hidden())


def test_staging_toml_takes_exactly_the_parts_that_smoke_knows() -> None:
    only = schema()["properties"]["smoke"]["properties"]["only"]
    assert only["items"]["enum"] == list(NAMES)


@pytest.mark.parametrize(
    ("journey", "without", "reason"),
    [
        ("crawl", [], ""),
        ("crawl", ["GET /v1/plans"], ""),
        ("crawl", ["POST /v1/jobs"], "staging.toml leaves out POST /v1/jobs, which this takes"),
        ("sharing", ["POST /v1/jobs"], "staging.toml leaves out POST /v1/jobs, which this takes"),
        ("profile", endpoints("profile"), LEFT_OUT),
        ("watching", endpoints("watching"), LEFT_OUT),
    ],
)
def test_a_journey_is_begun_only_where_all_that_it_takes_is_there(
    journey: str, without: list[str], reason: str
) -> None:
    parts = Parts(tuple(name for name in NAMES if name not in without))
    assert Lacking(all="", domain="", parts=parts).reason(journey) == reason


def test_every_secret_is_masked_as_soon_as_it_is_read() -> None:
    hidden = Hidden()
    database = "postgresql://postgres:p%40ssword@127.0.0.1:3/postgres"
    secrets = {"STAGING_ACCESS_TOKEN": "the-token", "STAGING_DATABASE_URL": database}
    found = read(URL | SIGN_IN | secrets, hidden=hidden)
    said = f"the-token {database} p%40ssword p@ssword correct horse publishable-key"
    assert hidden.mask(said) == "*** *** *** *** *** ***"
    assert "the-token" not in repr(found)
