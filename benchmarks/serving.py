"""Servers for generators to be measured against, each in a process of its own."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = Path(__file__).with_name("server.c")
COMPILING = 60.0


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """The address of benchmarks/server.py, which takes such options."""
    with _started([sys.executable, "-m", "benchmarks.server", *options]) as url:
        yield url


@contextmanager
def fastest() -> Iterator[str]:
    """The address of one that costs next to nothing; without a C compiler the other one."""
    compiler = shutil.which("cc")
    with tempfile.TemporaryDirectory() as folder:
        if compiler is None:
            with serving() as url:
                yield url
            return
        made = Path(folder, "server")
        argv = [compiler, "-O2", "-o", str(made), str(SOURCE)]
        subprocess.run(argv, check=True, timeout=COMPILING)
        with _started([str(made)]) as url:
            yield url


@contextmanager
def _started(argv: Sequence[str]) -> Iterator[str]:
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
