import pytest

from loadtests.address import client, permitted
from staging.errors import ConfigurationError, Refused

STAGING = "https://bees-staging.example"
PRODUCTION = {"bees.fly.dev", "www.bees.example"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (STAGING, STAGING),
        (f"{STAGING}/", STAGING),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_staging_and_this_computer_may_be_loaded(url: str, expected: str) -> None:
    assert permitted(url, staging=STAGING, production=PRODUCTION) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example",
        "https://bees-staging.example.elsewhere.example",
        "http://bees-staging.example",
        "https://bees-staging.example:8443",
        "http://127.0.0.1.elsewhere.example",
        "http://localhost.elsewhere.example",
        "http://192.168.0.1",
    ],
)
def test_nothing_else_may_be(url: str) -> None:
    with pytest.raises(Refused):
        permitted(url, staging=STAGING, production=PRODUCTION)


@pytest.mark.parametrize("url", ["https://bees.fly.dev", "https://WWW.bees.example/"])
def test_production_is_refused_even_as_staging(url: str) -> None:
    with pytest.raises(Refused, match="production"):
        permitted(url, staging=url, production=PRODUCTION)


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1", "127.0.0.1:80", "http:///path", "http://me:word@127.0.0.1", "http://[::1"],
)
def test_an_impossible_address_is_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        permitted(url, staging=url, production=PRODUCTION)
    assert url not in str(caught.value)


def test_each_user_has_an_address_of_its_own() -> None:
    addresses = {
        client(user, turn=turn, users=10, rate=20) for user in range(10) for turn in (1, 2)
    }
    assert len(addresses) == 10


@pytest.mark.parametrize(("users", "rate"), [(1, 200), (10, 200), (500, 200), (3, 7)])
def test_no_address_sends_more_than_two_requests_a_second(users: int, rate: int) -> None:
    turns = range(300)
    addresses = {client(u, turn=t, users=users, rate=rate) for u in range(users) for t in turns}
    assert rate / len(addresses) <= 2
    assert all(int(part) < 256 for address in addresses for part in address.split("."))


def test_a_hundred_thousand_users_have_addresses_that_exist() -> None:
    addresses = {client(user, turn=0, users=100_000, rate=100) for user in range(100_000)}
    assert len(addresses) == 100_000
    assert all(int(part) < 256 for address in addresses for part in address.split("."))
    assert {address.split(".")[1] for address in addresses} == {"18", "19"}
