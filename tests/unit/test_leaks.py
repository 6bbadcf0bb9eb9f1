"""Each detector of tests/leaks finds what is planted there, in each form, and nothing else."""

import base64
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.leaks import Search

# Plain and URL-encoded are two texts; each process seeks its own, since it sees all processes.
SECRET = f"pa+ss/w?rd&with=every%thing-{os.getpid()}"
ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "URL-encoded": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}
INSIDE = [
    *(
        lambda text, n=n: base64.b64encode(f"{'u' * n}:{text}@host".encode()).decode()
        for n in range(3)
    ),
    lambda text: base64.urlsafe_b64encode(f"user:{text}".encode()).decode().rstrip("="),
    lambda text: quote(text),
    lambda text: quote(text, safe="").lower(),
    lambda text: json.dumps({"a": f"b{text}c"}),
]


@pytest.fixture
def search(tmp_path: Path) -> Search:
    made = Search(tmp_path)
    for folder in (".rehearsal/logs", ".rehearsal/state", ".staging", "reports"):
        (tmp_path / folder).mkdir(parents=True)
    made.learn("the secret", SECRET)
    return made


def write(path: Path, text: str, *, mode: int) -> None:
    path.write_text(f"before {text} after")
    path.chmod(mode)


def in_a_call(search: Search, text: str) -> None:
    line = json.dumps({"program": "flyctl", "argv": ["deploy", "--env", f"A={text}"]})
    (search.root / ".rehearsal" / "calls.jsonl").write_text(line + "\n")


def in_a_log(search: Search, text: str) -> None:
    write(search.root / ".rehearsal" / "logs" / "supervisor.log", text, mode=0o600)


def in_the_audit(search: Search, text: str) -> None:
    write(search.root / ".staging" / "audit.jsonl", text, mode=0o600)


def in_a_report(search: Search, text: str) -> None:
    write(search.root / "reports" / "smoke.json", text, mode=0o600)


def in_an_open_keeper(search: Search, text: str) -> None:
    write(search.root / ".staging" / "credentials.json", text, mode=0o640)


def in_a_stray_file(search: Search, text: str) -> None:
    write(search.root / "notes.txt", text, mode=0o600)


def in_git(search: Search, text: str) -> None:
    """Added once and never committed: the object stays."""
    file = search.root / "seen-once.txt"
    git = ("git", "-C", str(search.root))
    subprocess.run([*git, "init", "-q"], check=True)
    file.write_text(text)
    subprocess.run([*git, "add", "seen-once.txt"], check=True)
    subprocess.run([*git, "rm", "-q", "--cached", "seen-once.txt"], check=True)
    file.unlink()


def in_an_output(search: Search, text: str) -> None:
    search.hear("nothing here", f"Deployed {text}.", of="deploy")


def in_an_exception(search: Search, text: str) -> None:
    try:
        int(text)
    except ValueError as error:
        search.hear("".join(traceback.format_exception(error)), of="a traceback")


@contextmanager
def running(*words: str, **variables: str) -> Iterator[None]:
    argv = [sys.executable, "-c", "print('up', flush=True); import sys; sys.stdin.read()", *words]
    env = {**os.environ, **variables}
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == b"up\n"
        try:
            yield
        finally:
            process.stdin.close()


def in_a_process(search: Search, text: str) -> None:
    with running(f"--password={text}"):
        search.look_at_processes()


def in_an_environment(search: Search, text: str) -> None:
    with running(PGPASSWORD=text):  # by a name that pg_dump may have, in what is no pg_dump
        search.look_at_processes()


PLACES = [
    in_a_call,
    in_a_log,
    in_the_audit,
    in_a_report,
    in_an_open_keeper,
    in_a_stray_file,
    in_git,
    in_an_output,
    in_an_exception,
    in_a_process,
    in_an_environment,
]


@pytest.mark.parametrize("form", ENCODINGS)
@pytest.mark.parametrize("plant", PLACES, ids=lambda each: each.__name__)
def test_a_leak_of_each_kind_is_found_in_each_form(
    search: Search, plant: Callable[[Search, str], None], form: str
) -> None:
    plant(search, ENCODINGS[form](SECRET))
    assert {(leak.secret, leak.form) for leak in search.scan()} == {("the secret", form)}
    assert search.summary().startswith("secrets found / sought: 1 / 1 in ")


@pytest.mark.parametrize("written", INSIDE)
def test_a_secret_inside_a_longer_text_is_found(
    search: Search, written: Callable[[str], str]
) -> None:
    in_an_output(search, written(SECRET))
    assert search.scan()


def test_what_is_kept_where_it_belongs_is_no_leak(search: Search) -> None:
    write(search.root / ".staging" / "credentials.json", SECRET, mode=0o600)
    write(search.root / ".rehearsal" / "environment", SECRET, mode=0o600)
    write(search.root / ".rehearsal" / "state" / "fly.json", '"' + SECRET + '"', mode=0o600)
    with running("/usr/bin/pg_dump", PGPASSWORD=SECRET):
        search.look_at_processes()
    search.hear("all is well", of="status")
    assert search.scan() == []
    assert search.summary().startswith("secrets found / sought: 0 / 1 in ")


def test_a_program_may_have_its_own_secret_and_no_other(search: Search) -> None:
    with running("bin/flyctl", FLY_API_TOKEN="something-else", PGPASSWORD=SECRET):
        search.look_at_processes()
    assert {leak.place for leak in search.scan()} == {"flyctl PGPASSWORD"}


def test_processes_that_start_meanwhile_are_watched(search: Search) -> None:
    with search.watching(), running(f"--key={SECRET}"):
        time.sleep(0.3)  # as long as the shortest call of a stand-in
    search.learn("one learnt later", "print('up'")
    assert {leak.secret for leak in search.scan()} == {"the secret", "one learnt later"}


def test_secrets_are_learnt_from_the_checkout_and_its_world(search: Search) -> None:
    kept = {"database_password": "kept-password", "generated": {"HOOK": "generated-hook"}}
    keeper = search.root / ".staging" / "credentials.json"
    keeper.write_text(json.dumps({"rehearsal/one": kept}))
    url = "postgresql://postgres:url%2Fpassword@127.0.0.1:5/postgres"
    app = {"secrets": {"DATABASE_URL": url, "LOG_LEVEL": "debugging"}}
    world = {"token": "the-fly-token", "tokens": {"a-deploy-token": {}}, "apps": {"a": app}}
    (search.root / ".rehearsal" / "state" / "fly.json").write_text(json.dumps(world))
    search.learn_all()
    assert set(search.sought) == {
        SECRET,
        "kept-password",
        "generated-hook",
        url,
        "url/password",
        "the-fly-token",
        "a-deploy-token",
    }
