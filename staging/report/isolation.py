"""Isolation as text for a person: what was proved, and how."""

from staging.operations.isolation import Isolation
from staging.report.lines import table, text

MARKS = {"proved": "=", "breach": "x", "not proved": "?"}


@text.register
def _(result: Isolation) -> str:
    rows = [
        row
        for p in result.proofs
        for row in ((MARKS[p.verdict], p.what, p.evidence), ("", "", f"by: {p.how}"))
    ]
    lines = [f"Target {result.target}", *table(rows)]
    open_ = [proof for proof in result.proofs if proof.verdict != "proved"]
    lines += [f"{p.verdict.capitalize()}: {p.what}. {p.remedy}" for p in open_]
    return "\n".join([*lines, _verdict(result)])


def _verdict(result: Isolation) -> str:
    count = {kind: sum(p.verdict == kind for p in result.proofs) for kind in MARKS}
    names = f"{result.staging} from {result.production}"
    if result.verdict == "pass":
        return f"Isolated: {names}, by {count['proved']} proofs in {result.seconds:.1f} s."
    told = f"{count['breach']} breaches, {count['not proved']} not proved"
    return f"Not isolated: {names}: {told}." if count["breach"] else f"Not proved: {names}: {told}."
