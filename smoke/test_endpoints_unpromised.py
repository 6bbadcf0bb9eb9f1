"""Line 3, at the very end: whatever answered in this run had a contract to keep."""

from smoke.ledger import Ledger


def test_every_answer_had_a_contract(ledger: Ledger) -> None:
    for evidence in ledger.unpromised():
        raise evidence
