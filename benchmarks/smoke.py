"""How long `nox -s smoke` takes beside its slowest check: prints the ratio of several runs.

Needs a mirror that has been provisioned: `invoke provision`.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5


def ratio() -> float:
    """Seconds of one run over those of its slowest check."""
    argv = [sys.executable, "-m", "nox", "-s", "smoke"]
    subprocess.run(argv, cwd=ROOT, capture_output=True, check=True, timeout=300)
    report = json.loads((ROOT / "reports" / "smoke.json").read_text())
    slowest = max(check["seconds"] for line in report["lines"] for check in line["checks"])
    print(f"  {report['seconds']:.1f} s, slowest check {slowest:.1f} s")
    return float(report["seconds"] / slowest)


def main() -> None:
    """Run smoke a few times."""
    found = [ratio() for _ in range(RUNS)]
    print(f"smoke over its slowest check: median {statistics.median(found):.2f} (≤ 1.5)")


if __name__ == "__main__":
    main()
