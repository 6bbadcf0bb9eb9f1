"""The application's own line: each of its endpoints answers as it promises."""

import pytest

from smoke.access import Access
from smoke.client import Client
from smoke.environment import Environment
from smoke.ledger import Ledger

READS = {"GET", "HEAD"}


def test_own_endpoint_keeps_its_contract(
    own_endpoint: str,
    nobody: Client,
    access: Access,
    ledger: Ledger,
    environment: Environment,
) -> None:
    promise, (method, path) = environment.own.endpoints[own_endpoint], own_endpoint.split(" ", 1)
    alone = method in READS and "{" not in path
    if alone and not ledger.succeeded(own_endpoint):
        if promise.guarded and access.token is None:
            pytest.skip(access.lacking)
        caller = nobody.bearing(access.token) if promise.guarded else nobody
        caller.call(own_endpoint, query=promise.query).expect(*promise.successes)
    ledger.judge_own(own_endpoint)
    if not ledger.succeeded(own_endpoint):
        pytest.skip("no check of your own had it succeed")
