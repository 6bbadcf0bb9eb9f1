"""A hostname of staging's own: its certificate is planned, asked for once, and awaits DNS."""

import json
from typing import Any

import pytest

from tests.rehearsed.checkout import Checkout, checkout

HOST = "staging.bees.example"
URL = '# url = "https://staging.example.com"'


def plan(made: Checkout) -> dict[str, Any]:
    done = made.run("invoke", "provision", "--dry-run", "--json")
    assert done.returncode in (0, 2), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def certificates(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = [(row["resource"], row["action"], row["detail"]) for row in found["rows"]]
    return [row for row in rows if row[0].startswith("certificate")]


def asked(made: Checkout, since: int) -> list[list[str]]:
    calls = [json.loads(line)["argv"] for line in made.calls()[since:]]
    return [argv for argv in calls if argv[0] == "certs"]


@pytest.mark.nightly
def test_a_certificate_is_asked_for_once_and_the_record_for_dns_is_told() -> None:
    with checkout() as made:
        assert made.run("invoke", "provision").returncode == 0
        assert asked(made, 0) == []  # who wants no hostname pays for no call

        made.edit("domains = []", 'domains = ["bees.example", "www.bees.example"]')
        (row,) = certificates(plan(made))
        assert row[:2] == ("certificate", "nothing")
        assert "production has 2 domains of its own" in row[2]
        assert asked(made, 0) == []

        # The certificate and where Auth sends people change, so nobody asks for health at HOST.
        made.edit(URL, f'url = "https://{HOST}"')
        before, found = len(made.calls()), plan(made)
        assert [row[:2] for row in certificates(found)] == [(f"certificate {HOST}", "create")]
        changed = {row["resource"] for row in found["rows"] if row["action"] != "nothing"}
        assert changed == {"Auth configuration", f"certificate {HOST}"}
        assert [argv[1] for argv in asked(made, before)] == ["list"]

        before, done = len(made.calls()), made.run("invoke", "provision")
        assert done.returncode == 0, done.stderr
        record = f"CNAME {HOST} → blue-banded-bee-staging.fly.dev"
        assert record in done.stdout
        assert record in done.stderr
        assert [argv[1] for argv in asked(made, before)] == ["list", "add", "list"]

        before, found = len(made.calls()), plan(made)
        assert certificates(found) == [
            (f"certificate {HOST}", "nothing", "asked for; awaiting DNS")
        ]
        assert record in " ".join(found["findings"])
        assert [argv[1] for argv in asked(made, before)] == ["list"]
