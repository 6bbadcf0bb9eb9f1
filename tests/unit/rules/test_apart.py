"""Whether both environments stand on resources of their own, by what the clouds call them."""

from typing import Any

import pytest

from staging.rules.apart import ASK, Side, apart, whose
from staging.rules.isolation import Judged, Proof, Unknown

NO = Unknown("flyctl is not signed in")
DIRECT = "db.prodref.supabase.co:5432"


def side(**change: Any) -> Side:
    given = {"app": "b.fly.dev", "ref": "ours", "places": frozenset({"ours:5432"}), "server": 2}
    return Side(**{**given, **change})


PRODUCTION = side(app="a.fly.dev", ref="theirs", places=frozenset({"theirs:5432"}), server=1)


def found(production: Side, staging: Side) -> dict[str, Proof]:
    return {proof.what: proof for proof in apart(production, staging)}


def test_two_environments_that_share_nothing_are_apart_by_four_proofs() -> None:
    proofs = found(PRODUCTION, side())
    assert {what: proof.evidence for what, proof in proofs.items()} == {
        "Fly apps": "a.fly.dev and b.fly.dev",
        "Supabase projects": "theirs and ours",
        "database addresses": "theirs:5432 and ours:5432",
        "PostgreSQL servers": "1 and 2",
    }
    assert {proof.verdict for proof in proofs.values()} == {"proved"}


@pytest.mark.parametrize(
    ("change", "what", "evidence"),
    [
        ({"app": "a.fly.dev"}, "Fly apps", "both are a.fly.dev"),
        ({"app": "A.Fly.Dev"}, "Fly apps", "both are a.fly.dev"),
        ({"ref": "theirs"}, "Supabase projects", "both are theirs"),
        (
            {"places": frozenset({"ours:5432", "theirs:5432"})},
            "database addresses",
            "both are at theirs:5432",
        ),
        ({"places": frozenset({"Theirs:5432"})}, "database addresses", "both are at theirs:5432"),
        ({"server": 1}, "PostgreSQL servers", "both are 1"),
    ],
)
def test_what_both_have_is_a_breach_of_that_alone(
    change: dict[str, Any], what: str, evidence: str
) -> None:
    proofs = found(PRODUCTION, side(**change))
    assert [name for name, proof in proofs.items() if proof.verdict == "breach"] == [what]
    assert proofs[what].evidence == evidence
    assert proofs[what].remedy


@pytest.mark.parametrize(
    ("change", "what", "evidence"),
    [
        ({"app": NO}, "Fly apps", NO.why),
        ({"app": ""}, "Fly apps", "one of them has no name"),
        ({"ref": NO}, "Supabase projects", NO.why),
        ({"ref": ""}, "Supabase projects", "one of them has no name"),
        ({"places": NO}, "database addresses", NO.why),
        ({"places": frozenset()}, "database addresses", "no address is known of one of them"),
        ({"server": NO}, "PostgreSQL servers", NO.why),
    ],
)
@pytest.mark.parametrize("unknown", ["production", "staging", "both"])
def test_what_one_side_does_not_tell_is_not_proved(
    change: dict[str, Any], what: str, evidence: str, unknown: str
) -> None:
    theirs = side(**{"app": "a.fly.dev", "ref": "theirs", "server": 1, "places": frozenset("t")})
    production = side(**change) if unknown != "staging" else theirs
    staging = side(**change) if unknown != "production" else side(app="c.fly.dev")
    proof = found(production, staging)[what]
    assert (proof.verdict, proof.evidence) == ("not proved", evidence)


@pytest.mark.parametrize(
    ("production", "staging", "named"),
    [(None, 2, "production"), (1, None, "staging"), (None, None, "production")],
)
def test_a_server_that_may_not_be_asked_is_not_proved_and_says_what_to_grant(
    production: int | None, staging: int | None, named: str
) -> None:
    proof = found(side(server=production), side(server=staging))["PostgreSQL servers"]
    assert (proof.verdict, proof.evidence) == ("not proved", f"the role on {named} may not ask")
    assert proof.remedy == f"{ASK}."


@pytest.mark.parametrize(
    ("ref", "places", "given", "expected"),
    [
        ("prodref", frozenset({DIRECT}), DIRECT, "proved"),
        ("prodref", frozenset({DIRECT}), "pooler.example:6543/prodref", "proved"),
        ("prodref", frozenset({DIRECT}), "pooler.example:6543/xprodref", "not proved"),
        ("prodref", frozenset({DIRECT}), "pooler.example:6543/prodref-b", "not proved"),
        ("prodref", frozenset({DIRECT}), "db.other.supabase.co:5432", "not proved"),
        ("prodref", frozenset[str](), DIRECT, "not proved"),
        (NO, frozenset({DIRECT}), DIRECT, "not proved"),
        ("prodref", NO, DIRECT, "not proved"),
        ("prodref", frozenset({DIRECT}), NO, "not proved"),
    ],
)
def test_a_database_is_production_s_only_by_its_address_or_its_project_behind_a_pooler(
    ref: str | Unknown, places: frozenset[str] | Unknown, given: str | Unknown, expected: Judged
) -> None:
    proof = whose(ref, places, given)
    assert proof.verdict == expected
    assert proof.evidence
    if NO in (ref, places, given):
        assert proof.evidence == NO.why
