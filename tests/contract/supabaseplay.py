"""supabase run in a world: what it is given, and what of its answers can be compared."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import psycopg
import requests

from tests.rehearsal.worlds import ROOT, World, world
from tests.waiting import until

STAND_IN = str(ROOT / "rehearsal" / "bin" / "supabase")
REAL: dict[str, str] = json.loads(os.environ.get("SUPABASE_PROGRAMS", "{}"))
"""Real programs by version, as `nox -s contract` installs them: {"3.1.0": "/path"}."""
PROGRAMS = {"stand-in": STAND_IN, **REAL}
OF_3 = {name: path for name, path in PROGRAMS.items() if not name.startswith("2.")}
AS_JSON = ("--agent", "no", "--output-format", "json")
ORGANISATION = "beesorgabcdefghijklm"
PASSWORD = "p#w'\"/@ %word"
Json: TypeAlias = Any
_MASKED = (
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"eyJ[\w.-]+", "JWT"),
    (r"(sb_(?:publishable|secret)_)[\w-]+", r"\1KEY"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r'"prefix": "\w+"', '"prefix": "P"'),
    (r'"host": "[^"]+"', '"host": "HOST"'),
    (r'"(version|postgres_engine)": "[\d.]+"', r'"\1": "V"'),
)


class Run(NamedTuple):
    """One call and its answer."""

    exit: int
    stdout: str
    stderr: str

    def json(self) -> Json:
        assert self.exit == 0, self.stdout + self.stderr
        return json.loads(self.stdout)

    def failure(self) -> tuple[str, str]:
        """The code and the message of a failure told as JSON."""
        assert self.exit == 1, self.stdout + self.stderr
        error = json.loads(self.stdout)["error"]
        return error["code"], error["message"]


@dataclass(frozen=True, slots=True)
class Supabase:
    """The program, in a folder of its own, for one project of a world."""

    world: World
    cwd: Path
    ref: str = ""
    program: str = STAND_IN

    def run(self, *words: str, form: tuple[str, ...] = AS_JSON, **more: str) -> Run:
        done = subprocess.run(
            [self.program, *words, *form],
            cwd=self.cwd,
            env={k: v for k, v in {**self.environment(), **more}.items() if v},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def environment(self) -> dict[str, str]:
        """What the program is given: this world's addresses, a token, the database's password."""
        known = self.world.environment()
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.cwd),
            "REHEARSAL_HOME": str(self.world.home),
            "SUPABASE_ACCESS_TOKEN": known["SUPABASE_ACCESS_TOKEN"],
            "SUPABASE_PROFILE": known["SUPABASE_PROFILE"],
            "PGPASSWORD": PASSWORD,
        }

    def about(self, *words: str) -> Run:
        """A command about the project."""
        return self.run(*words, "--project-ref", self.ref)

    def sql(self, *words: str, **more: str) -> Run:
        """A command about the project's database by its address."""
        return self.run(*words, "--db-url", self.url, form=AS_JSON, **more)

    def begun(self) -> bool:
        """Whether the world has written down where the project's database is."""
        return self.ref in self.world.state()["projects"]

    @property
    def port(self) -> int:
        return int(self.world.state()["projects"][self.ref]["port"])

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def connect(self, password: str = PASSWORD) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, password=password, connect_timeout=5, autocommit=True)

    def migration(self, name: str, text: str) -> None:
        path = self.cwd / "supabase" / "migrations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def api(self, method: str, path: str, *, token: str = "", **more: Json) -> requests.Response:
        """A call of the Management API."""
        known = self.world.environment()
        base = known["SUPABASE_PROJECT_URL"].removesuffix("/{ref}")
        headers = {"Authorization": f"Bearer {token or known['SUPABASE_ACCESS_TOKEN']}"}
        return requests.request(method, base + path, headers=headers, timeout=30, **more)


@contextmanager
def project(made: World, cwd: Path, name: str) -> Iterator[Supabase]:
    """A project whose database lets us in; deleted afterwards."""
    bare = Supabase(made, cwd)
    body = {"name": name, "organization_slug": ORGANISATION, "region": "ap-southeast-2"}
    found = bare.api("POST", "/v1/projects", json={**body, "db_pass": PASSWORD}).json()
    supabase = replace(bare, ref=found["ref"])
    try:
        usable(supabase)
        yield supabase
    finally:
        bare.api("DELETE", f"/v1/projects/{found['ref']}")


def usable(supabase: Supabase) -> None:
    """Wait until the database lets us in, as everybody has to."""
    until(lambda: supabase.begun() and lets_in(supabase.url, PASSWORD))


def lets_in(url: str, password: str | None = None) -> bool:
    """Whether a database takes the password."""
    try:
        psycopg.connect(url, password=password, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def emptied(supabase: Supabase) -> None:
    """Leave a project's database without anything of the tests before."""
    with supabase.connect() as connection:
        connection.execute("drop schema if exists supabase_migrations cascade")
        connection.execute("drop owned by postgres cascade")
        connection.execute("create schema if not exists public")


@contextmanager
def supabase_world(folder: Path) -> Iterator[World]:
    """A world for the tests of one module."""
    with world(folder / "home") as made:
        yield made


def comparable(text: str, names: dict[str, str]) -> Json:
    """An answer without what is made up: JSON as such, other text by its lines."""
    for mine, common in names.items():
        text = text.replace(mine, common)
    # The help that the real program adds to mistakes is for people.
    text = "".join(li for li in text.splitlines(keepends=True) if '{"_tag":"Help"' not in li)
    try:
        text = json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return [_masked(line) for line in text.splitlines()]
    return json.loads(_masked(text))


def _masked(text: str) -> str:
    for pattern, instead in _MASKED:
        text = re.sub(pattern, instead, text)
    return text
