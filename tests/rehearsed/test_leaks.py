"""A whole run of everything, and no secret of it where it must not be."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rehearsal.production import SENTRY
from tests.leaks import Search
from tests.rehearsed.checkout import ROOT, Checkout, checkout

GIVEN = {
    "STAGING_SENTRY_DSN": "https://d5n+k3y%2B/odd&chars=1@errors.example/7",
    "SMOKE_PASSWORD": "Sm0ke pass/word+with&odd?chars",
}
ELSEWHERE = {"file.key": "from/a file+with=odd&chars", "tool.key": "printed/by a=tool&more"}
SOURCES = """[secrets]
HOOK_KEY = { generated = true, needed_by = "the web hook" }
FILE_KEY = { file = "../file.key" }
TOOL_KEY = { command = ["cat", "../tool.key"] }
"""
OTHERS = {name: set(GIVEN) for name in ("task", "nox", "session", "uv")}
"""What a person exports is in the environment of what that person starts; nox starts `uv`."""
CRASHING = "registry.fly.io/blue-banded-bee:crash"
STEPS = [
    (0, ("invoke", "provision")),
    (0, ("invoke", "provision", "--json")),
    (0, ("invoke", "secrets.list")),
    (0, ("invoke", "secrets.rotate", "DATABASE_URL")),
    (0, ("invoke", "secrets.rotate", "HOOK_KEY", "--json")),
    (0, ("invoke", "secrets.rotate", "TOOL_KEY")),
    (0, ("invoke", "parity")),
    (0, ("invoke", "status", "--json")),
    (0, ("invoke", "doctor")),
    (
        0,
        ("invoke", "rehearsal.down"),
    ),  # so that a program with a token in its environment starts it
    (0, ("invoke", "status")),
    (None, ("nox", "-s", "smoke", "--", "-k", "health")),
    (1, ("invoke", "deploy", "--wait", "8", "--image", CRASHING)),
    (0, ("invoke", "destroy", "--confirm", "blue-banded-bee-staging")),
]


@pytest.fixture
def repository() -> Iterator[Checkout]:
    """A checkout under git, whose secrets come from everywhere that they can come from."""
    with checkout() as made:
        made.edit("[secrets]\n", SOURCES)
        for name, value in ELSEWHERE.items():
            file = made.root.parent / name
            file.write_text(f"{value}\n")
            file.chmod(0o600)
        shutil.copy(ROOT / ".gitignore", made.root)
        commit(made, "init", "-q")
        yield replace(made, settings=GIVEN)


def commit(made: Checkout, *first: str) -> None:
    """All that is there, as a person who looks at nothing would commit it."""
    git = ["git", "-C", str(made.root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (first, ("add", "-A"), ("commit", "-q", "-m", "all", "--allow-empty")):
        if words:
            subprocess.run([*git, *words], check=True, capture_output=True, timeout=60)


def test_no_secret_of_a_whole_run_is_where_it_must_not_be(repository: Checkout) -> None:
    mine = {*ELSEWHERE, "HOOK_KEY", "FILE_KEY", "TOOL_KEY"}
    given = {**OTHERS, "machine": mine}
    search = Search(repository.root, given=given, public=frozenset({SENTRY}))
    for name, value in (GIVEN | ELSEWHERE).items():
        search.learn(name, value)
    for code, words in STEPS:
        with search.watching():
            done = repository.run(*words)
        assert code in (None, done.returncode), done.stdout + done.stderr
        search.hear(done.stdout, done.stderr, of=" ".join(words))
        search.learn_all()
        if "parity" in words:
            token = repository.run("invoke", "token").stdout.strip()
            search.learn("a bearer token", token)
    commit(repository)
    leaks = search.scan()
    print(search.summary())
    assert leaks == [], "\n".join(map(str, leaks))
    assert len(search.sought) >= 15
    # pg_dump is too short-lived to be met every time.
    assert search.kinds() >= {"task", "flyctl", "supabase", "machine", "postgres"}
    assert min(search.searched[place] for place in PLACES) >= 10, search.summary()


PLACES = ("argv", "processes", "files", "outputs", "git objects")
