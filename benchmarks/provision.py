"""How long provisioning takes in a rehearsal of its own: cold, again, and against its chain.

Prints the seconds of a cold `invoke provision` and of a second one, and the ratio of the whole to
the longest chain of calls that had to follow one another; then what a plan and a comparison take.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[1]
LOOKS, TIMES = ("provision --dry-run", "parity"), 3
LEFT_OUT = shutil.ignore_patterns(".*", "reports", "__pycache__")


def invoke(checkout: Path, *words: str) -> tuple[float, dict[str, Any]]:
    """Wall seconds of one task, and its result."""
    started = perf_counter()
    argv = [sys.executable, "-m", "invoke", *words, "--json"]
    env = {**os.environ, "REHEARSAL_HOME": str(checkout / ".rehearsal")}
    done = subprocess.run(argv, cwd=checkout, env=env, capture_output=True, timeout=300)
    if done.returncode:
        sys.exit(done.stderr.decode())
    return perf_counter() - started, json.loads(done.stdout)


def median(runs: Iterable[tuple[float, dict[str, Any]]]) -> tuple[float, dict[str, Any]]:
    """The run in the middle by its wall time."""
    found = sorted(runs, key=lambda run: run[0])
    return found[len(found) // 2]


def main() -> None:
    """Provision a copy of this checkout twice, then take everything down."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        checkout = Path(name, "checkout")
        shutil.copytree(ROOT, checkout, ignore=LEFT_OUT)
        try:
            cold, result = invoke(checkout, "provision")
            again, second = invoke(checkout, "provision")
            looks = [(w, *invoke(checkout, *w.split())) for w in LOOKS for _ in range(TIMES)]
        finally:
            down = [sys.executable, "-m", "rehearsal", "down", "--erase"]
            subprocess.run(down, cwd=checkout, stdout=subprocess.DEVNULL, timeout=60)
    print(f"cold {cold:.1f} s (≤ 30), again {again:.1f} s (≤ 4)")
    for label, each in (("cold", result), ("again", second)):
        whole, chain = each["seconds"], each["chain_seconds"]
        print(f"{label}: {whole:.2f} s, chain {chain:.2f} s, ratio {whole / chain:.2f} (≤ 1.3)")
    for words in LOOKS:
        wall, found = median((wall, found) for w, wall, found in looks if w == words)
        calls = [step["seconds"] for step in found["steps"]]
        print(
            f"{words}: {wall:.2f} s in all; {found['seconds']:.2f} s of calls "
            f"that take {sum(calls):.2f} s one by one, {max(calls):.2f} s the longest, "
            f"{found['chain_seconds']:.2f} s the longest chain"
        )
    for step in sorted(result["steps"], key=lambda s: s["started"]):
        print(f"  {step['started']:6.2f} {step['seconds']:6.2f}  {step['name']}")


if __name__ == "__main__":
    main()
