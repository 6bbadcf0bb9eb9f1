"""docs/tutorial.md, run: its commands in order, and what each printed beside what stands there.

`python -m tests.rehearsed.tutorial --write` writes anew what they print.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from socket import gethostname

from tests.rehearsed import looking
from tests.rehearsed.checkout import ROOT, Checkout, checkout
from tests.rehearsed.looking import Look

FILE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST, KEPT = 34, 12
"""Lines of an output that are shown; of a longer one the last."""

WIDEST = 150
"""Letters of a line that are shown."""

USUAL = re.compile(r"; usually \d+ s")
"""What takes less than a second on this computer is not told so."""

VARIABLE = re.compile(
    r"\x1b\[[\d;]*m|\b[a-z]{20}\b"
    r"|https?://\S+|/\S+/|\b[0-9a-f]{6,}\b|[+-]?\d+(\.\d+)?"
)
LESS = re.compile(
    r"^nox >|^\s*$|^smoke/test|^platform|^configfile|^rootdir|^={5,}|^-+ generated"
    r"|^Beside the last|^    \d{4}-\d\d-\d\dT\S+ app|^  query |^note: "
    r"|^ *[\w' ]+ …$|: done in [\d.]+ s$|^ +\d+ of \d+ s: "
)
"""Lines that are of this run and of no interest."""


AGAIN = 4


@dataclass(frozen=True)
class Step:
    """One command, what stands below it, and the code that it ends with."""

    command: str
    told: tuple[str, ...]

    @property
    def code(self) -> int:
        found = re.search(r"# exit (\d+)", self.command)
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class Ran:
    """What became of it."""

    code: int
    lines: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """As much of it as the tutorial shows."""
        short = len(self.lines) <= MOST
        return self.lines if short else ("…", *self.lines[-MOST + KEPT :])


def steps(text: str) -> Iterator[Step]:
    """Each command of the page, in order."""
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, told = part.partition("\n")
            yield Step(command, tuple(told.rstrip("\n").split("\n") if told.strip() else ()))


def run(made: Checkout, step: Step) -> Ran:
    """Run it as a shell would; its progress is left out."""
    given = made.environment(
        {"PATH": f"{Path(sys.executable).parent}:{made.environment({})['PATH']}"}
    )
    done = subprocess.run(
        ["bash", "-c", step.command],
        cwd=made.root,
        env=given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
    )
    lines = (done.stdout.strip() or done.stderr).splitlines()
    kept = (line for line in lines if not LESS.search(line))
    return Ran(done.returncode, tuple(_told(made, line) for line in kept))


def _told(made: Checkout, line: str) -> str:
    """Without this computer's own names, and no wider than is read."""
    names = {str(made.root): ".", sys.prefix: ".venv", f"{getuser()}@{gethostname()}": "you@here"}
    for name, other in names.items():
        line = line.replace(name, other)
    line = line.rstrip()
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"


def patiently(made: Checkout, step: Step) -> Ran:
    """The same, but a load test again that a busy computer has failed."""
    ran = run(made, step)
    for _ in range(AGAIN if "nox -s load" in step.command else 0):
        if ran.code == step.code:
            break
        time.sleep(20)
        ran = run(made, step)
    return ran


def gist(line: str) -> str:
    """A line without what is another in each run; of one that was cut, the beginning."""
    told = " ".join(VARIABLE.sub("#", USUAL.sub("", line)).split())
    return told[: WIDEST // 2] if line.endswith("…") else told


def missing(step: Step, ran: Ran) -> list[str]:
    """Lines of the page that were not printed, but for those that any run has its own of."""
    printed = {gist(line) for line in ran.lines}
    return [line for line in step.told if line != "…" and gist(line) not in printed]


def write() -> None:
    """Run all of it and put what was printed into the page."""
    with checkout() as made:

        def filled(block: re.Match[str]) -> str:
            lines = []
            for step in steps(block[0]):
                ran = patiently(made, step)
                print(f"{step.command}: {ran.code}", file=sys.stderr, flush=True)
                if ran.code != step.code:
                    sys.exit(f"it ended with {ran.code}: {ran.lines}")
                lines += [f"$ {step.command}", *ran.shown]
            return "\n".join(["```console", *lines, "```"])

        FILE.write_text(BLOCK.sub(filled, FILE.read_text()))
        _pictures(made)


def _pictures(made: Checkout) -> None:
    """Of the pages that those commands left."""
    folder = FILE.with_name("pictures")
    folder.mkdir(exist_ok=True)
    with looking.opened() as chrome:
        for name in ("smoke", "load", "verify"):
            looking.show(chrome, made.root / "reports" / f"{name}.html", Look(name, 960, "light"))
            looking.picture(chrome, folder / f"{name}.png")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write()
