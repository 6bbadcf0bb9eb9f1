"""Nox sessions: each gate that CI has, under the same name, on any machine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from types import FrameType

import nox
from nox.command import CommandFailed

INSTALLED = all(map(find_spec, ("locust", "psycopg", "pytest", "jsonschema", "aiohttp")))
"""Whether this Python has what requirements.txt names, as the README's first command leaves it."""

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "none" if INSTALLED else "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "tests"]

REPORTS = Path(os.environ.get("REPORTS") or "reports")
CONFIGURATION, REFUSED, INVALID, INTERRUPTED = 4, 5, 6, 130
"""As in staging/errors.py, which nox cannot import."""

LAST_WORDS, THEN = 5.0, 15.0
"""Seconds that an interrupted session has to end what it made in staging, before it is told to."""

ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
FUZZ = "--fuzz"
INSTALLING = 600.0
"""Seconds for the packages that fuzzing takes to come."""

SLOW = ("rehearsed", "portability", "survival", "catching", "drills", "workflows")
"""Folders of tests that have sessions of their own."""

TESTED = json.loads(Path("staging/schemas/programs.json").read_text())
"""Versions of the two real programs, oldest first."""

PYTHON = sys.executable if INSTALLED else "python"
PARALLEL, FAST = ("-n", "3", "--dist", "worksteal"), ("-n", "4", "--dist", "worksteal")
"""Tests wait more than they compute: three at once keep two cores busy, four of the fast ones."""


@nox.session
def lint(session: nox.Session) -> None:
    """Check form: formatting, lint rules, types, workflow files."""
    install(session)
    run(session, "ruff", "format", "--check", ".")
    run(session, "ruff", "check", ".")
    run(session, "mypy", *session.posargs)
    actionlint(session)
    run(session, "invoke", "workflows")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the fast tests; name files or options after --."""
    install(session)
    words = session.posargs or ["tests", *(f"--ignore=tests/{each}" for each in SLOW)]
    run(session, "pytest", *FAST, "--tb=short", junit("tests"), *words)


@nox.session(default=False)
def rehearsed(session: nox.Session) -> None:
    """Run the whole way through, in rehearsals of their own."""
    install(session)
    words = session.posargs or ["tests/rehearsed"]
    run(session, "pytest", *PARALLEL, "--tb=short", junit("rehearsed"), *words)


@nox.session(default=False)
def portability(session: nox.Session) -> None:
    """Build the mirror as other users, elsewhere, after accidents, with other versions."""
    install(session)
    words = session.posargs or ["tests/portability"]
    run(session, "pytest", *PARALLEL, "--tb=short", junit("portability"), *words)


@nox.session(default=False)
def survival(session: nox.Session) -> None:
    """Let everything go wrong once while the mirror is built; `-- -m quick`: one of each kind."""
    install(session)
    words = ("--tb=short", "-q", "--timeout=240", junit("survival"), "tests/survival")
    run(session, "pytest", *PARALLEL, *words, *session.posargs)


@nox.session(default=False)
def catching(session: nox.Session) -> None:
    """Let smoke find every fault of the rehearsal's application, and none in a good one."""
    install(session)
    words = session.posargs or ["tests/catching"]
    run(session, "pytest", *PARALLEL, "--tb=short", "-q", junit("catching"), *words)


@nox.session(default=False)
def drills(session: nox.Session) -> None:
    """Hold the drills that take long, each as it should go and some as they should not."""
    install(session)
    words = ("--tb=short", "-q", "--timeout=600", junit("drills"), "tests/drills")
    run(session, "pytest", *PARALLEL, *words, *session.posargs)


@nox.session(default=False)
def workflows(session: nox.Session) -> None:
    """Run the workflows' own steps in a rehearsal: from a feature to production."""
    install(session)
    words = session.posargs or ["tests/workflows"]
    run(session, "pytest", "--tb=short", "-q", "--timeout=1500", junit("workflows"), *words)


@nox.session(default=False)
def contract(session: nox.Session) -> None:
    """Ask the stand-ins and the real programs the same; installs each supabase that is tested."""
    install(session)
    programs = {version: str(supabase(session, version)) for version in TESTED["supabase"]}
    session.env["SUPABASE_PROGRAMS"] = json.dumps(programs)
    words = ("-n", "2", "--tb=short", junit("contract"))  # at once: the real programs compute
    run(session, "pytest", *words, *(session.posargs or ["tests/contract"]))


@nox.session(default=False)
def rerecord(session: nox.Session) -> None:
    """Show what the newest supabase (and FLYCTL's) says otherwise than those tested."""
    install(session)
    tested = TESTED["supabase"][-1]
    session.env["SUPABASE_PROGRAMS"] = json.dumps({tested: str(supabase(session, tested))})
    session.env["SUPABASE"] = str(supabase(session, "latest"))
    run(session, "tests.contract.rerecord")


@nox.session(default=False)
def smoke(session: nox.Session) -> None:
    """Check staging, or what STAGING_BASE_URL names; `-- --fuzz`: with made-up requests instead."""
    install(session)
    if FUZZ in session.posargs:
        options = [word for word in session.posargs if word != FUZZ]
        judge(session, "fuzz", "smoke.fuzz", *options, python=str(fuzzer(session)))
        return
    words = ("pytest", "--disable-plugin-autoload", "smoke", junit("smoke"))  # Locust's is slow
    judge(session, "smoke", *words, *session.posargs)


@nox.session(default=False)
def load(session: nox.Session) -> None:
    """Load staging and judge its response times."""
    install(session)
    judge(session, "load", "loadtests", *session.posargs)


def install(session: nox.Session) -> None:
    """Install the pinned resolution, unless this very Python has it."""
    if not INSTALLED:
        session.install("--require-hashes", "-r", "requirements.txt")


def supabase(session: nox.Session, version: str) -> Path:
    """The real program of a version, from npm."""
    folder = Path(".nox", "supabase", version).absolute()
    program = folder / "node_modules" / ".bin" / "supabase"
    if version == "latest" or not program.exists():
        words = ("--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder))
        session.run("npm", "install", *words, f"supabase@{version}", external=True)
    return program


def actionlint(session: nox.Session) -> None:
    """Have it on PATH, built by Go: its package on PyPI fetches a program from elsewhere."""
    folder = str(Path(".nox", "actionlint").absolute())
    session.env["PATH"] = path = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
    if (go := which("go")) and not which("actionlint", path=path):
        with suppress(subprocess.TimeoutExpired):  # without it lint says that it was not asked
            env = {**os.environ, "GOBIN": folder}
            subprocess.run([go, "install", ACTIONLINT], env=env, timeout=INSTALLING)


def fuzzer(session: nox.Session) -> Path:
    """A Python that has what fuzzing takes, which is too much for every environment."""
    folder, pinned = Path(".nox", "fuzz").absolute(), Path("requirements-fuzz.txt")
    python, kept = folder / "bin" / "python", folder / "installed.txt"
    if kept.exists() and kept.read_text() == pinned.read_text():
        return python
    options = ("--require-hashes", "--quiet", "--retries", "1", "--disable-pip-version-check")
    quietly(session, sys.executable, "-m", "venv", "--clear", str(folder))
    quietly(session, str(python), "-m", "pip", "install", *options, "-r", str(pinned))
    kept.write_text(pinned.read_text())
    return python


def quietly(session: nox.Session, *argv: str) -> None:
    """Run what installs; where it fails its last line says why, and the session fails."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=INSTALLING)
    except subprocess.TimeoutExpired:
        why = f"not done in {INSTALLING:.0f} s"
    else:
        if not done.returncode:
            return
        why = (done.stderr.strip() or done.stdout.strip() or "it did not say why").splitlines()[-1]
    session.error(f"what fuzzing takes could not be installed: {why}")


def run(session: nox.Session, module: str, *words: str) -> None:
    """Run a module of the environment."""
    REPORTS.mkdir(exist_ok=True)
    argv = (PYTHON, "-m", module, *words)
    with never_a_pass_when_interrupted():
        session.run(*argv, external=True, interrupt_timeout=LAST_WORDS, terminate_timeout=THEN)


@contextmanager
def never_a_pass_when_interrupted() -> Iterator[None]:
    """End with 130 after Ctrl-C, also where what ran lost it on the way and ended well."""
    interrupts: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        interrupts.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupts:
        sys.exit(INTERRUPTED)


def judge(session: nox.Session, report: str, *words: str, python: str = PYTHON) -> None:
    """Run what judges, attached to the target; nox makes every exit code 1: 4 to 6 are restored."""
    written = REPORTS / f"{report}.json"
    written.unlink(missing_ok=True)
    try:
        run(session, "staging.attached", python, "-m", *words)
    except CommandFailed as failed:
        if failed.return_code in {CONFIGURATION, REFUSED}:
            sys.exit(failed.return_code)
        raise
    finally:
        if written.exists() and json.loads(written.read_text()).get("verdict") == "invalid":
            sys.exit(INVALID)


def junit(name: str) -> str:
    """Have pytest leave a JUnit report named after the session."""
    return f"--junitxml={REPORTS / name}.xml"
