"""One look at staging: both clouds, its database, its own answers, side by side."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds import postgres
from staging.clouds.http import Service
from staging.clouds.metrics import Metrics
from staging.errors import NotFound, ServiceFailed, StagingError
from staging.inventory import Machine
from staging.operations import access, reach
from staging.operations.opening import Clouds
from staging.operations.steps import Steps
from staging.rules.cost import monthly
from staging.rules.figures import Look

if TYPE_CHECKING:
    from psycopg import Connection

PATIENCE = 5.0  # seconds for one request of ours
LONGEST = 160
"""Letters of a reason."""
PACE = 0.25
"""Seconds from one to the next: applications count how often one address asks."""
TOO_MANY = 429
"""What says nothing of the application but that we asked too often; it is not counted."""
STARTED = "started"
MEMORY = ("fly_instance_memory_mem_available", "fly_instance_memory_mem_total")
WITH = {"connections": ("queue",), "machines_down": ("monthly_usd",)}
"""What is not known either where a figure is not."""

CONNECTIONS = """
select count(*) filter (where backend_type = 'client backend'), current_setting('max_connections')
from pg_stat_activity
"""


@dataclass(slots=True)
class Glance:
    """What was seen last; `wanted` are the figures that somebody asks for."""

    clouds: Clouds
    wanted: frozenset[str]
    url: str | None = None
    release: int | None = None
    machines: tuple[Machine, ...] = ()
    _organisation: str = ""
    _where: postgres.Address | None = None
    _values: dict[str, float] = field(default_factory=dict)
    _unknown: dict[str, str] = field(default_factory=dict)
    _blind: int = 0

    def look(self, requests: int) -> Look:
        """Ask for everything anew; what fails is unknown, and all else is seen all the same."""
        self._values, self._unknown, self._blind = {}, {}, 0
        took: list[float | None] = []
        steps = Steps(quiet=True)
        asked: dict[str, Callable[[], None]] = {
            "release": self._app,
            "machines_down": self._fly,
            "connections": self._database,
            "certificate_hours": self._certificate,
        }
        for figure, ask in asked.items():
            steps.add(figure, partial(self._ask, figure, ask))
        steps.add(
            "health",
            partial(self._ask, "health", lambda: self._requests(requests, took)),
            after=["release"],
        )
        if "memory" in self.wanted:
            steps.add("memory", partial(self._ask, "memory", self._memory), after=["release"])
        steps.run()
        self._values["blind"] = float(self._blind)
        return Look(
            at=time.monotonic(),
            requests=tuple(took),
            values=dict(self._values),
            unknown=dict(self._unknown),
        )

    def _ask(self, figure: str, ask: Callable[[], None]) -> None:
        try:
            ask()
        except StagingError as error:
            self._blind += 1
            why = f"{error.problem} {error.detail.partition(chr(10))[0]}".rstrip(". ")[:LONGEST]
            self._unknown |= dict.fromkeys((figure, *WITH.get(figure, ())), why)

    def _app(self) -> None:
        try:
            app = self.clouds.fly.app(self.clouds.settings.staging.app)
        except NotFound:
            self.url = self.release = None
            raise
        self.url, self.release = reach.application_url(self.clouds, app), app.version
        self._organisation = app.organisation

    def _fly(self) -> None:
        settings = self.clouds.settings
        self.machines = ()
        self.machines = found = self.clouds.fly.machines(settings.staging.app)
        down = sum(machine.state != STARTED for machine in found)
        self._values["machines_down"] = float(down) if found else 1.0
        guests = [machine.guest for machine in found]
        cost = monthly(guests, region=settings.staging.region, size=settings.staging.size)
        if cost.total_usd is None:
            self._unknown["monthly_usd"] = f"the prices of {cost.prices_of} do not have it"
        else:
            self._values["monthly_usd"] = cost.total_usd

    def _requests(self, number: int, took: list[float | None]) -> None:
        if self.url is None:
            raise NotFound("It is not known where staging answers.")
        service, path = Service(self.url, {}), self.clouds.settings.staging.health
        for _ in range(number):
            began = time.monotonic()
            try:
                status = service.call("GET", path, timeout=PATIENCE).status
            except ServiceFailed:
                status = 0
            seconds = time.monotonic() - began
            if status != TOO_MANY:
                took.append(1000 * seconds if status // 100 == 2 else None)
            time.sleep(max(0.0, PACE - seconds))

    def _database(self) -> None:
        try:
            where = self._address()
            with postgres.connect(where, read_only=True) as connection:
                connection.execute("set statement_timeout = '5s'")
                taken, most = postgres.rows(connection, CONNECTIONS)[0]
                self._values["connections"] = taken / int(most)
                if query := self.clouds.settings.watch.queue.encode():
                    self._ask("queue", lambda: self._queue(connection, where, query))
        except StagingError:
            self._where = None  # it may be elsewhere by now
            raise

    def _queue(self, connection: "Connection[Any]", where: postgres.Address, query: bytes) -> None:
        """A query that is wrong says nothing against the database."""
        with postgres.told(where):
            self._values["queue"] = _number(connection.execute(query).fetchone())

    def _address(self) -> postgres.Address:
        if self._where is None:
            password = access.database_password(self.clouds)
            project = access.stagings_project(self.clouds)
            self._where = reach.staging_database(self.clouds, project, password)
        return self._where

    def _certificate(self) -> None:
        """By the report of this target's own parity; one that there is not has no age."""
        path = Path(os.environ.get("REPORTS") or "reports") / "parity.json"
        settings = self.clouds.settings
        try:
            found = json.loads(path.read_text("utf-8"))
            subject, certificate = found["subject"], found["certificate"]
            ours = (settings.target.name, settings.staging.app)
            if certificate is None or (subject["target"], subject["app"]) != ours:
                raise KeyError("certificate")  # noqa: TRY301 - as where there is none
            issued = datetime.fromisoformat(found["at"])
        except (OSError, ValueError, KeyError, TypeError):
            self._unknown["certificate_hours"] = "there is no certificate: `invoke parity`"
            return
        age = datetime.now(UTC) - issued
        self._values["certificate_hours"] = age.total_seconds() / 3600

    def _memory(self) -> None:
        environ, app = self.clouds.environ, self.clouds.settings.staging.app
        token = environ.secret("FLY_ACCESS_TOKEN") or environ.secret("FLY_API_TOKEN")
        if token is None or not self._organisation:
            self._unknown["memory"] = "FLY_API_TOKEN, which may ask Fly's Prometheus, is not set"
            return
        metrics = Metrics(base=environ.get("FLY_API_BASE_URL"), token=token)
        free, whole = (metrics.values(self._organisation, app, name) for name in MEMORY)
        shares = [1 - free[name] / whole[name] for name in whole.keys() & free if whole[name]]
        if shares:
            self._values["memory"] = max(shares)
        else:
            self._unknown["memory"] = "Fly's Prometheus has none of it yet"


def _number(row: tuple[object, ...] | None) -> float:
    try:
        return float(str(row[0] if row else None))
    except ValueError:
        problem = "[watch] queue of staging.toml does not give one number."
        raise ServiceFailed(problem) from None
