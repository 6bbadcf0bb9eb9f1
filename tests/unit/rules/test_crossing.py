"""Whether nonces and tokens cross over to production, and when that they do not proves anything."""

import pytest

from staging.rules.crossing import Keys, Mark, Tried, marked, tokens
from staging.rules.isolation import Judged, Proof, Unknown

NO = Unknown("GET /jwks answered 500.")
UNTRIED = Unknown("not tried")
OURS = Keys(issuer="https://ours/auth/v1", ids=frozenset({"kid-1", '["EC", "x1"]'}))
THEIRS = Keys(issuer="https://theirs/auth/v1", ids=frozenset({"kid-2", '["EC", "x2"]'}))
NONE = Keys(issuer="https://none/auth/v1", ids=frozenset())


def tried(home: int, abroad: int) -> Tried:
    return Tried(path="/v1/me", home=home, abroad=abroad)


def judged(
    own: Keys | Unknown = OURS,
    other: Keys | Unknown = THEIRS,
    attempt: Tried | Unknown = UNTRIED,
) -> Proof:
    return tokens("staging's tokens", own, other, attempt)


@pytest.mark.parametrize(
    ("mark", "verdict", "evidence"),
    [
        (UNTRIED, "not proved", "not tried"),
        (Mark(staging=(), production=()), "not proved", "the nonce was found in neither database"),
        (Mark(staging=("a.b",), production=()), "proved", "found in staging's a.b, and not"),
        (Mark(staging=("a.b",), production=("a.b", "c.d")), "breach", "production's a.b, c.d"),
        (Mark(staging=(), production=("a.b",)), "breach", "stands in production's a.b"),
    ],
)
def test_a_nonce_must_be_in_staging_s_database_and_in_no_other(
    mark: Mark | Unknown, verdict: Judged, evidence: str
) -> None:
    proof = marked("what the API writes", "a nonce", mark)
    assert (proof.verdict, proof.how) == (verdict, "a nonce")
    assert evidence in proof.evidence
    assert bool(proof.remedy) == (verdict != "proved")


@pytest.mark.parametrize("abroad", [401, 403])
@pytest.mark.parametrize(("own", "other"), [(OURS, THEIRS), (NO, NO), (NONE, NONE), (NO, THEIRS)])
def test_a_good_token_that_the_other_side_refuses_is_a_proof_whatever_is_known_of_keys(
    abroad: int, own: Keys | Unknown, other: Keys | Unknown
) -> None:
    if own is NONE:
        other = Keys(issuer="https://other/auth/v1", ids=frozenset())
    proof = judged(own, other, tried(200, abroad))
    assert proof.verdict == "proved"
    assert proof.evidence == f"answered 200 there, {abroad} on the other side"
    assert proof.how.startswith("GET /v1/me with the token")


@pytest.mark.parametrize("home", [200, 401, 404, 500])
@pytest.mark.parametrize("abroad", [200, 201, 204])
def test_a_token_that_the_other_side_accepts_is_a_breach_even_if_its_own_side_is_unwell(
    home: int, abroad: int
) -> None:
    proof = judged(attempt=tried(home, abroad))
    assert proof.verdict == "breach"
    assert proof.evidence == f"answered {home} there, {abroad} on the other side"


@pytest.mark.parametrize(
    ("home", "abroad"),
    [(401, 401), (500, 401), (404, 403), (302, 401), (200, 404), (200, 500), (200, 302), (200, 0)],
)
def test_an_answer_that_proves_nothing_leaves_the_keys_to_decide(home: int, abroad: int) -> None:
    odd = f"GET /v1/me answered {home} and {abroad}, which proves nothing"
    by_keys = judged(attempt=tried(home, abroad))
    assert by_keys.verdict == "proved"
    assert by_keys.evidence == f"no key and no issuer in common ({odd})"
    for own, other, why in ((NO, THEIRS, NO.why), (OURS, NO, NO.why), (NONE, THEIRS, "secret")):
        proof = judged(own, other, tried(home, abroad))
        assert proof.verdict == "not proved"
        assert proof.evidence.startswith(odd)
        assert why in proof.evidence


@pytest.mark.parametrize(
    ("other", "evidence"),
    [
        (Keys(issuer="https://x", ids=OURS.ids), "both have the signing key kid-1"),
        (
            Keys(issuer="https://x", ids=frozenset({"k", "kid-1"})),
            "both have the signing key kid-1",
        ),
        (Keys(issuer=OURS.issuer, ids=THEIRS.ids), f"both have the issuer {OURS.issuer}"),
        (Keys(issuer=f"{OURS.issuer}/", ids=THEIRS.ids), f"both have the issuer {OURS.issuer}"),
        (Keys(issuer=OURS.issuer, ids=frozenset()), f"both have the issuer {OURS.issuer}"),
    ],
)
@pytest.mark.parametrize("attempt", [UNTRIED, tried(200, 401), tried(200, 500)])
def test_a_common_key_or_issuer_is_a_breach_even_if_the_token_was_refused(
    other: Keys, evidence: str, attempt: Tried | Unknown
) -> None:
    proof = judged(other=other, attempt=attempt)
    assert (proof.verdict, proof.evidence) == ("breach", evidence)


@pytest.mark.parametrize(
    ("own", "other", "verdict", "evidence"),
    [
        (OURS, THEIRS, "proved", "no key and no issuer in common (not tried)"),
        (NO, THEIRS, "not proved", f"not tried; {NO.why}"),
        (OURS, NO, "not proved", f"not tried; {NO.why}"),
        (NO, NO, "not proved", f"not tried; {NO.why}"),
        (NONE, THEIRS, "not proved", "shows no public key"),
        (OURS, NONE, "not proved", "shows no public key"),
    ],
)
def test_without_a_try_public_keys_of_both_sides_must_be_known(
    own: Keys | Unknown, other: Keys | Unknown, verdict: Judged, evidence: str
) -> None:
    proof = judged(own, other)
    assert proof.verdict == verdict
    assert evidence in proof.evidence
