"""How long `nox -s smoke` takes, whole and --quick, over what it may take.

The whole may take half as long again as its slowest check, and 5 s; --quick may take 10 s. Needs
a mirror that has been provisioned: `invoke provision`.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 3
QUICK = 10.0


def run(*options: str) -> tuple[float, float]:
    """Seconds of one run, and of its slowest check."""
    argv = [sys.executable, "-m", "nox", "-s", "smoke", "--", *options]
    subprocess.run(argv, cwd=ROOT, capture_output=True, check=True, timeout=300)
    report = json.loads((ROOT / "reports" / "smoke.json").read_text())
    slowest = max(check["seconds"] for line in report["lines"] for check in line["checks"])
    print(f"  {' '.join(options) or 'whole'}: {report['seconds']:.1f} s, slowest {slowest:.1f} s")
    return float(report["seconds"]), float(slowest)


def main() -> None:
    """Run smoke a few times."""
    whole = [taken / (1.5 * slowest + 5) for taken, slowest in (run() for _ in range(RUNS))]
    quick = [taken / QUICK for taken, _ in (run("--quick") for _ in range(RUNS))]
    print(f"smoke over 1.5 x its slowest check + 5 s: median {statistics.median(whole):.2f} (≤ 1)")
    print(f"smoke --quick over {QUICK:.0f} s: median {statistics.median(quick):.2f} (≤ 1)")


if __name__ == "__main__":
    main()
