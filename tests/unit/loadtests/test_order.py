import pytest

from loadtests.order import order
from staging.errors import ConfigurationError, Refused

BASE = {"STAGING_BASE_URL": "http://127.0.0.1:1"}
SIGN_IN = {
    "SUPABASE_URL": "http://127.0.0.1:2/",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
    "SMOKE_EMAIL": "smoke@site.example",
    "SMOKE_PASSWORD": "made-up",
}


def test_a_run_is_short_and_gentle_unless_told() -> None:
    given = order([], BASE)
    assert (given.seconds, given.users, given.rate) == (30, 10, 20)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rate", "0"],
        ["--rate", "nan"],
        ["--seconds", "-1"],
        ["--users", "2.5"],
        ["--nonsense"],
    ],
)
def test_arguments_beyond_reason_are_wrong(arguments: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        order(arguments, BASE)


@pytest.mark.parametrize("arguments", [["--rate", "201"], ["--seconds", "601"], ["--users", "501"]])
def test_more_than_the_settings_allow_is_refused(arguments: list[str]) -> None:
    with pytest.raises(Refused, match="more than is allowed"):
        order(arguments, BASE)


def test_the_highest_that_is_allowed_is_allowed() -> None:
    given = order(["--rate", "200", "--seconds", "600", "--users", "500"], BASE)
    assert (given.seconds, given.users, given.rate) == (600, 500, 200)


def test_without_an_address_there_is_nothing_to_load() -> None:
    with pytest.raises(ConfigurationError, match="STAGING_BASE_URL"):
        order([], {})


def test_a_token_is_taken_before_a_password() -> None:
    given = order([], {**BASE, **SIGN_IN, "STAGING_ACCESS_TOKEN": "a-token"})
    assert given.token
    assert given.token.reveal() == "a-token"
    assert given.credentials is None


def test_all_four_variables_make_a_sign_in() -> None:
    given = order([], {**BASE, **SIGN_IN})
    assert given.credentials
    assert given.credentials.url == "http://127.0.0.1:2"
    assert given.missing == ()


def test_a_sign_in_that_lacks_something_says_what() -> None:
    given = order([], {**BASE, **SIGN_IN, "SMOKE_PASSWORD": ""})
    assert given.credentials is None
    assert given.missing == ("SMOKE_PASSWORD",)


def test_an_order_shows_no_secret() -> None:
    assert "made-up" not in repr(order([], {**BASE, **SIGN_IN}))


def test_a_token_that_no_header_can_carry_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        order([], {**BASE, "STAGING_ACCESS_TOKEN": "two\nlines"})
    assert "two" not in str(caught.value)
