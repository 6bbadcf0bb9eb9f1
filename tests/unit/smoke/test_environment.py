"""What a run is told, and what it keeps to itself."""

import pytest

from smoke.environment import read
from smoke.hidden import Hidden
from staging.errors import ConfigurationError

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


def test_every_secret_is_masked_as_soon_as_it_is_read() -> None:
    hidden = Hidden()
    database = "postgresql://postgres:p%40ssword@127.0.0.1:3/postgres"
    secrets = {"STAGING_ACCESS_TOKEN": "the-token", "STAGING_DATABASE_URL": database}
    found = read(URL | SIGN_IN | secrets, hidden=hidden)
    said = f"the-token {database} p%40ssword p@ssword correct horse publishable-key"
    assert hidden.mask(said) == "*** *** *** *** *** ***"
    assert "the-token" not in repr(found)
