"""A checkout of its own, in which tasks and sessions are run as a person would run them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = (".*", "reports", "__pycache__", "tests")
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "USER")


@dataclass(frozen=True)
class Checkout:
    """A copy of this project with a rehearsal of its own.

    `before` is put before each program that is run in it, `settings` into its environment (None
    takes a variable away).
    """

    root: Path
    python: str = sys.executable
    before: tuple[str, ...] = ()
    settings: Mapping[str, str | None] = field(default_factory=dict)

    def run(
        self, *words: str, timeout: float = 240, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m …` in it to the end."""
        return subprocess.run(
            self.argv(*words),
            cwd=self.root,
            env=self.environment(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
        )

    def argv(self, *words: str) -> list[str]:
        """`python -m …`, as it is run here."""
        return [*self.before, self.python, "-m", *words]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `python -m …` in it, in a process group of its own as a shell does."""
        return subprocess.Popen(
            self.argv(*words),
            cwd=self.root,
            env=self.environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """What a fresh shell would give; nothing of this machine's own settings."""
        inherited = {k: os.environ[k] for k in INHERITED if k in os.environ}
        given = {**inherited, "REHEARSAL_PYTHON": self.python, **self.settings, **more}
        return {name: text for name, text in given.items() if text is not None}

    def edit(self, before: str, after: str) -> None:
        """Change staging.toml."""
        file = self.root / "staging.toml"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))

    def calls(self) -> list[str]:
        """What the stand-in programs recorded of how they were called."""
        file = self.root / ".rehearsal" / "calls.jsonl"
        return file.read_text().splitlines() if file.exists() else []

    def processes(self) -> set[int]:
        """The processes that work for this checkout."""
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                place = str((folder / "cwd").readlink())
            except OSError:
                continue
            mine = str(self.root).encode() in words or place.startswith(str(self.root))
            if mine and state != "Z" and int(folder.name) != os.getpid():
                found.add(int(folder.name))
        return found


@contextmanager
def checkout(name: str = "checkout", *, tests: bool = False) -> Iterator[Checkout]:
    """A fresh copy; its rehearsal is taken down and erased afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="staging-checkout-"))
    folder.chmod(0o755)  # the rehearsal's PostgreSQL may have to run as another user
    made = Checkout(folder / name)
    left_out = LEFT_OUT[:-1] if tests else LEFT_OUT
    shutil.copytree(ROOT, made.root, ignore=shutil.ignore_patterns(*left_out))
    try:
        yield made
    finally:
        made.run("rehearsal", "down", "--erase", timeout=60)
        shutil.rmtree(folder)
