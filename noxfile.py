"""Nox sessions: each gate that CI has, under the same name, on any machine."""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import nox

INSTALLED = all(map(find_spec, ("locust", "psycopg", "pytest", "jsonschema", "aiohttp")))
"""Whether this Python has what requirements.txt names, as the README's first command leaves it."""

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "none" if INSTALLED else "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "tests"]

REPORTS = Path(os.environ.get("REPORTS") or "reports")
INVALID = 6  # as in staging/errors.py, which nox cannot import
LAST_WORDS, THEN = 5.0, 15.0
"""Seconds that an interrupted session has to end what it made in staging, before it is told to."""

SLOW = ("rehearsed", "portability")
"""Folders of tests that have sessions of their own."""

PYTHON = sys.executable if INSTALLED else "python"


@nox.session
def lint(session: nox.Session) -> None:
    """Check form: formatting, lint rules, types."""
    install(session)
    run(session, "ruff", "format", "--check", ".")
    run(session, "ruff", "check", ".")
    run(session, "mypy", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the fast tests; name files or options after --."""
    install(session)
    words = session.posargs or ["tests", *(f"--ignore=tests/{each}" for each in SLOW)]
    run(session, "pytest", "-n", "2", junit("tests"), *words)


@nox.session(default=False)
def rehearsed(session: nox.Session) -> None:
    """Run the whole way through, in rehearsals of their own."""
    install(session)
    run(session, "pytest", "-n", "2", junit("rehearsed"), *(session.posargs or ["tests/rehearsed"]))


@nox.session(default=False)
def portability(session: nox.Session) -> None:
    """Build the mirror as other users, elsewhere, after accidents, with other versions."""
    install(session)
    words = session.posargs or ["tests/portability"]
    run(session, "pytest", "-n", "2", junit("portability"), *words)


@nox.session(default=False)
def contract(session: nox.Session) -> None:
    """Hold the stand-ins against what the real programs do."""
    install(session)
    run(session, "pytest", "-n", "2", junit("contract"), *(session.posargs or ["tests/contract"]))


@nox.session(default=False)
def smoke(session: nox.Session) -> None:
    """Check staging, or what STAGING_BASE_URL names."""
    install(session)
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


def run(session: nox.Session, module: str, *words: str) -> None:
    """Run a module of the environment."""
    REPORTS.mkdir(exist_ok=True)
    argv = (PYTHON, "-m", module, *words)
    session.run(*argv, external=True, interrupt_timeout=LAST_WORDS, terminate_timeout=THEN)


def judge(session: nox.Session, report: str, *words: str) -> None:
    """Run what judges, attached to the target; nox knows no exit code but 1, so 6 is restored."""
    written = REPORTS / f"{report}.json"
    written.unlink(missing_ok=True)
    try:
        run(session, "staging.attached", PYTHON, "-m", *words)
    finally:
        if written.exists() and json.loads(written.read_text()).get("verdict") == "invalid":
            sys.exit(INVALID)


def junit(name: str) -> str:
    """Have pytest leave a JUnit report named after the session."""
    return f"--junitxml={REPORTS / name}.xml"
