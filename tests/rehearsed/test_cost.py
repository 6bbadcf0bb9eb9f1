"""`invoke cost`: the bill as it is, as it would be, and over the budget."""

import json

from jsonschema import Draft202012Validator

from tests.rehearsed.checkout import ROOT, Checkout


def test_a_month_is_told_line_by_line_and_changes_nothing(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "cost", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    schema = json.loads((ROOT / "staging" / "schemas" / "cost.json").read_text())
    Draft202012Validator(schema).validate(found)
    assert (found["production_usd"], found["staging_usd"]) == (18.5, 18.5)
    assert found["together_usd"] == 52.0
    assert json.loads((provisioned.root / "reports" / "cost.json").read_text()) == found
    told = provisioned.run("invoke", "cost").stdout
    assert "The plan's own estimate for staging: 55 to 70." in told
    assert "Why they differ" in told


def test_what_would_be_is_told(provisioned: Checkout) -> None:
    words = ("invoke", "cost", "--json", "--size", "large", "--schedule", "weekdays 8-20")
    done = provisioned.run(*words)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["staging_usd"] == round(111 + 8.5 * 60 / 168, 2)
    assert "Over the budget of 70.00" in provisioned.run(*words[:2], "--size", "large").stdout


def test_what_is_not_sold_is_refused(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "cost", "--size", "enormous")
    assert done.returncode == 4
    assert "Expected one of micro, small" in done.stderr
