"""A machine whose clock is wrong by an hour, while that of the clouds is right.

| Test | Case |
|---|---|
| all | the clock an hour ahead, the clock an hour behind |
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.portability.proof import built, erased, loads, place, smokes, under

SHIM = Path(__file__).with_name("wrong_clock")
HOUR = 3600


@pytest.mark.parametrize("wrong_by", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_mirror_is_built_by_a_clock_that_is_an_hour(wrong_by: int) -> None:
    with place() as fresh:
        assert fresh.run("invoke", "rehearsal.up").returncode == 0  # its clock is right
        made = under(fresh, PYTHONPATH=str(SHIM), CLOCK_WRONG_BY=str(wrong_by))
        built(made)
        line = json.loads((made.root / ".staging/audit.jsonl").read_text().splitlines()[0])
        off = (datetime.fromisoformat(line["at"]) - datetime.now(UTC)).total_seconds()
        assert abs(off - wrong_by) < 120, "the shim does nothing"
        smokes(made)
        told = (made.root / "reports" / "smoke.json").read_text()
        note = re.search(r"the server's clock is ([-+]\d+) s off this machine's", told)
        assert note
        assert abs(int(note[1]) + wrong_by) < 10
        loads(made)
        erased(made)
