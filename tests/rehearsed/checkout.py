"""A checkout of its own, in which tasks and sessions are run as a person would run them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "reports", "__pycache__", "tests")
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "USER")


@dataclass(frozen=True)
class Checkout:
    """A copy of this project with a rehearsal of its own."""

    root: Path

    def run(
        self, *words: str, timeout: float = 240, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m …` in it to the end."""
        argv = [sys.executable, "-m", *words]
        return subprocess.run(
            argv,
            cwd=self.root,
            env=self.environment(env or {}),
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `python -m …` in it, in a process group of its own as a shell does."""
        return subprocess.Popen(
            [sys.executable, "-m", *words],
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
        return {**inherited, "REHEARSAL_PYTHON": sys.executable, **more}

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
def checkout() -> Iterator[Checkout]:
    """A fresh copy; its rehearsal is taken down and erased afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="staging-checkout-"))
    folder.chmod(0o755)  # the rehearsal's PostgreSQL may have to run as another user
    made = Checkout(folder / "checkout")
    shutil.copytree(ROOT, made.root, ignore=LEFT_OUT)
    try:
        yield made
    finally:
        made.run("rehearsal", "down", "--erase", timeout=60)
        shutil.rmtree(folder)
