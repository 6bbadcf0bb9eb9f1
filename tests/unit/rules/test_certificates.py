from dataclasses import replace

import pytest

from staging.inventory import Certificate
from staging.rules.certificates import findings, hostnames
from staging.rules.plan import changes, plan
from staging.rules.resources import Row
from tests.unit.rules.test_plan import ALL, NOTHING, WANTED

HOST = "staging.bees.example"
OURS = replace(WANTED, hostnames=(HOST,))
READY = Certificate(hostname=HOST, ready=True)
AWAITING = replace(READY, ready=False)
OTHER = replace(READY, hostname="other.bees.example")


def certified(rows: tuple[Row, ...]) -> list[Row]:
    return [row for row in rows if row.resource.startswith("certificate")]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (None, ()),
        (f"https://{HOST}", (HOST,)),
        (f"https://{HOST.upper()}:8443/", (HOST,)),
        (f"https://{HOST}.", (HOST,)),
        ("https://bees.example", ("bees.example",)),
        ("https://notfly.dev", ("notfly.dev",)),
        ("https://fly.dev.bees.example", ("fly.dev.bees.example",)),
        ("https://bee-staging.fly.dev", ()),
        ("https://BEE-staging.FLY.dev", ()),
        ("http://localhost:8080", ()),
        ("http://bee.localhost:8080", ()),
        ("http://staging:8080", ()),
        ("http://127.0.0.1:8080", ()),
        ("http://203.0.113.7", ()),
        ("http://[::1]:8080", ()),
    ],
)
def test_a_certificate_is_for_a_hostname_of_ones_own(
    url: str | None, found: tuple[str, ...]
) -> None:
    assert hostnames(url) == found


@pytest.mark.parametrize(
    ("there", "action", "detail"),
    [
        ((), "create", "asked for; issued once DNS leads there"),
        ((OTHER,), "create", "asked for; issued once DNS leads there"),
        ((AWAITING,), "nothing", "asked for; awaiting DNS"),
        ((OTHER, READY), "nothing", "ready"),
    ],
)
def test_a_certificate_is_a_row(there: tuple[Certificate, ...], action: str, detail: str) -> None:
    rows = plan(OURS, replace(ALL, certificates=there), reset_schema=False)
    (row,) = certified(rows)
    assert (row.resource, row.action, row.detail) == (f"certificate {HOST}", action, detail)
    assert [each.resource for each in changes(rows)] == [row.resource] * (action == "create")


@pytest.mark.parametrize(
    ("count", "told"), [(1, "production has 1 domain of its own"), (3, "3 domains of its own")]
)
def test_where_staging_has_no_domain_the_row_says_so(count: int, told: str) -> None:
    (row,) = certified(plan(replace(WANTED, domains=count), NOTHING, reset_schema=False))
    assert (row.resource, row.action) == ("certificate", "nothing")
    assert told in row.detail


def test_where_nobody_has_a_domain_there_is_no_row() -> None:
    assert certified(plan(WANTED, replace(ALL, certificates=(OTHER,)), reset_schema=False)) == []


@pytest.mark.parametrize("there", [(), (AWAITING,), (OTHER,)])
def test_what_dns_lacks_is_found(there: tuple[Certificate, ...]) -> None:
    (found,) = findings(OURS, replace(ALL, certificates=there))
    assert f"CNAME {HOST} → bee-staging.fly.dev" in found


def test_a_certificate_that_is_ready_is_no_finding() -> None:
    assert findings(OURS, replace(ALL, certificates=(READY,))) == ()
    assert findings(WANTED, ALL) == ()
