"""What a proof of isolation is, and the verdict over all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Judged = Literal["proved", "breach", "not proved"]
Verdict = Literal["pass", "fail", "invalid"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could not be learnt, and why."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing that separates staging from production, how that was proved, and by what."""

    what: str
    verdict: Judged
    how: str
    evidence: str
    remedy: str = ""


def proved(what: str, *, how: str, evidence: str) -> Proof:
    """It is so."""
    return Proof(what=what, verdict="proved", how=how, evidence=evidence)


def breach(what: str, *, how: str, evidence: str, remedy: str) -> Proof:
    """It is not so."""
    return Proof(what=what, verdict="breach", how=how, evidence=evidence, remedy=remedy)


def unproved(what: str, *, how: str, evidence: str, remedy: str) -> Proof:
    """It may be so, which is not enough."""
    return Proof(what=what, verdict="not proved", how=how, evidence=evidence, remedy=remedy)


def verdict(proofs: Sequence[Proof]) -> Verdict:
    """A breach fails; what is not proved, or nothing at all, is no pass."""
    found = {proof.verdict for proof in proofs}
    if "breach" in found:
        return "fail"
    return "pass" if found == {"proved"} else "invalid"
