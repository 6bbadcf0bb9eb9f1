"""A database, an issuer of tokens and a site to crawl, all real; and the application on them."""

import itertools
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import psycopg
import pytest
import requests

from rehearsal import ports
from rehearsal.supabase import keys
from tests.rehearsal.application_postgres import Postgres, listens
from tests.rehearsal.application_site import SITES, Answers, Site, served
from tests.waiting import until

ROOT = Path(__file__).parents[2]
GONE = {"completed", "failed", "cancelled"}
_numbers = itertools.count(1)
_domains = {kind: iter([d for d in SITES if d.startswith(kind)]) for kind in ("site", "slow")}


@dataclass
class Issuer:
    """Supabase Auth, as far as tokens go; `published` are the keys that it shows."""

    url: str
    key: str = field(default_factory=keys.new_signing_key)
    published: list[str] = field(default_factory=list)

    def token(self, *, key: str = "", kid: str = "", **claims: object) -> str:
        """A token of some new person; `claims` replace its own, and None leaves one out."""
        key = key or self.key
        user = f"someone@company{next(_numbers)}-{os.getpid()}.example"
        given: dict[str, object] = {
            "iss": f"{self.url}/auth/v1",
            "aud": "authenticated",
            "sub": str(uuid.uuid4()),
            "email": user,
            "exp": int(time.time()) + 600,
        }
        kept = {name: value for name, value in (given | claims).items() if value is not None}
        kid = kid or keys.jwks(key)["keys"][0]["kid"]
        return jwt.encode(kept, key, algorithm="ES256", headers={"kid": kid})


@dataclass
class Application:
    """A running application."""

    base: str
    metrics: str
    database: str
    log: Path
    process: subprocess.Popen[bytes]

    def ask(
        self, method: str, path: str, token: str = "", *, client: str = "", **more: Any
    ) -> requests.Response:
        """One request; of a client address of its own, so that the rate limit is not met."""
        headers = {
            "X-Forwarded-For": client or f"198.18.{os.getpid() % 256}.{secrets.token_hex(4)}"
        }
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        return requests.request(method, self.base + path, headers=headers, timeout=30, **more)

    def sql(self, statements: str) -> list[tuple[Any, ...]]:
        """Rows of its database."""
        with psycopg.connect(self.database, connect_timeout=5) as connection:
            done = connection.execute(statements.encode())
            return done.fetchall() if done.description else []

    def data(self, method: str, path: str, token: str = "", **more: Any) -> Any:  # noqa: ANN401 - any JSON
        """What an answer that must be a success holds."""
        answer = self.ask(method, path, token, **more)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()["data"]

    def job(self, token: str, kind: str = "site", **wanted: Any) -> dict[str, Any]:
        """A new job on a domain that no other test crawls."""
        body = {"domain": next(_domains[kind]), **wanted}
        made: dict[str, Any] = self.data("POST", "/v1/jobs", token, json=body)
        return made

    def ended(self, token: str, job: str) -> dict[str, Any]:
        """The job, once it has ended."""
        found: dict[str, Any] = {}

        def over() -> bool:
            found.update(self.data("GET", f"/v1/jobs/{job}", token))
            return found["status"] in GONE

        until(over, within=30)
        return found


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server with the application's schema and no rows."""
    folder = Path(tempfile.mkdtemp(prefix="application-test-"))
    folder.chmod(0o755)  # the server runs as another user when root runs the tests
    made = Postgres(folder)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Who signs tokens that the application believes."""
    made = Issuer("")

    class Keys(Answers):
        def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
            shown = [keys.jwks(key)["keys"][0] for key in [made.key, *made.published]]
            self._send(str({"keys": shown}).replace("'", '"'), kind="application/json")

    with served(Keys) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Where all the domains of SITES are found."""
    with served(Site) as port:
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="session")
def asked(site: str) -> Counter[tuple[str, str]]:
    """How often each (domain, path) of the site was asked for."""
    assert site
    return Site.asked


Start = Callable[..., AbstractContextManager[Application]]


@pytest.fixture(scope="session")
def start(
    postgres: Postgres, issuer: Issuer, site: str, tmp_path_factory: pytest.TempPathFactory
) -> Start:
    """Start an application; the words replace variables of its environment."""

    @contextmanager
    def started(**variables: str) -> Iterator[Application]:
        port, metrics = ports.free(), ports.free()
        log = tmp_path_factory.mktemp("application") / "log"
        database = variables.get("DATABASE_URL") or postgres.fresh()
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "METRICS_ADDR": f"127.0.0.1:{metrics}",
            "APP_ENV": "staging",
            "DATABASE_URL": database,
            "SUPABASE_AUTH_URL": issuer.url,
            "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_test",
            "BEE_CRAWL_SITES": ",".join(f"{domain}={site}" for domain in SITES),
        }
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "rehearsal.application"],
                cwd=ROOT,
                env=environment | variables,
                stdout=file,
                stderr=file,
            )
        made = Application(
            base=f"http://127.0.0.1:{port}",
            metrics=f"http://127.0.0.1:{metrics}/metrics",
            database=database,
            log=log,
            process=process,
        )
        try:
            until(lambda: listens(port) or process.poll() is not None, within=20)
            assert process.poll() is None, log.read_text()
            yield made
        finally:
            process.kill()
            process.wait(10)

    return started


@pytest.fixture(scope="session")
def application(start: Start) -> Iterator[Application]:
    """The application that tests share; each acts for people of its own."""
    with start() as made:
        yield made


@pytest.fixture
def token(issuer: Issuer) -> str:
    """A token of somebody whom the application has not met."""
    return issuer.token()
