"""How long `invoke --list` takes beside a bare invoke: prints both medians and their ratio."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAIRS = 9
LIMIT = 1.5


def seconds(folder: Path) -> float:
    """One `invoke --list` in a folder."""
    started = time.perf_counter()
    argv = [sys.executable, "-m", "invoke", "--list"]
    subprocess.run(argv, cwd=folder, stdout=subprocess.DEVNULL, check=True, timeout=60)
    return time.perf_counter() - started


def main() -> None:
    """Measure in turn, so that a machine which slows down slows both."""
    with tempfile.TemporaryDirectory() as name:
        bare = Path(name)
        tasks = "from invoke import task\n\n\n@task\ndef nothing(c):\n    '''Do nothing.'''\n"
        (bare / "tasks.py").write_text(tasks)
        seconds(bare), seconds(ROOT)
        pairs = [(seconds(bare), seconds(ROOT)) for _ in range(PAIRS)]
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    theirs, ours = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"bare invoke --list {theirs:.0f} ms, ours {ours:.0f} ms, ratio {ratio:.2f} (≤ {LIMIT})")


if __name__ == "__main__":
    main()
