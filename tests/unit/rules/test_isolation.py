"""The verdict over all proofs: only proofs pass, and nothing is no proof."""

import pytest

from staging.rules.isolation import Judged, Proof, Verdict, breach, proved, unproved, verdict

PROVED = proved("apps", how="looked", evidence="a and b")
BREACH = breach("apps", how="looked", evidence="both are a", remedy="Mend it.")
OPEN = unproved("apps", how="looked", evidence="no access", remedy="Ask.")


@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        ([], "invalid"),
        ([PROVED], "pass"),
        ([PROVED, PROVED], "pass"),
        ([OPEN], "invalid"),
        ([PROVED, OPEN], "invalid"),
        ([BREACH], "fail"),
        ([PROVED, BREACH], "fail"),
        ([BREACH, OPEN], "fail"),
        ([OPEN, BREACH, PROVED], "fail"),
    ],
)
def test_a_breach_fails_and_what_is_not_proved_or_nothing_is_no_pass(
    proofs: list[Proof], expected: Verdict
) -> None:
    assert verdict(proofs) == expected


@pytest.mark.parametrize(
    ("proof", "judged", "remedy"),
    [(PROVED, "proved", ""), (BREACH, "breach", "Mend it."), (OPEN, "not proved", "Ask.")],
)
def test_each_proof_says_what_how_and_by_what(proof: Proof, judged: Judged, remedy: str) -> None:
    assert (proof.verdict, proof.remedy) == (judged, remedy)
    assert (proof.what, proof.how) == ("apps", "looked")
