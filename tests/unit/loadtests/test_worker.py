"""What a worker says arrives whole, however long it is."""

import subprocess
import sys
import time
from pathlib import Path

from loadtests.wire import heard

ROOT = Path(__file__).parents[3]
SAYS = """
from loadtests.greenlets import spawn
from loadtests.worker import Wire
wire = Wire()
many = [spawn(wire.tell, "job", id="x" * 50_000) for _ in range(3)]
wire.tell("result", measured="y" * 1_000_000)
for each in many:
    each.join()
"""


def test_what_is_longer_than_a_pipe_takes_at_once_arrives_whole_and_unmixed() -> None:
    words = [sys.executable, "-c", SAYS]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as said:
        time.sleep(1)  # nobody reads: the pipe is full
        out, _ = said.communicate(timeout=30)
    told = [heard(raw) for raw in out.splitlines()]
    assert sorted(each["kind"] for each in told) == ["job"] * 3 + ["result"]
    assert max(len(each.get("measured", "")) for each in told) == 1_000_000
