"""supabase's verbs, with its answers as records; and what only the Management API can do."""

import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from staging.clouds.http import Service
from staging.clouds.permission import Permission
from staging.clouds.postgres import Address
from staging.clouds.program import Program, version
from staging.clouds.services import ServiceSettings
from staging.errors import CommandFailed, ConfigurationError, ServiceFailed
from staging.inventory import Lint, Organisation, Project
from staging.secret import Secret

JSON = ("--agent", "no", "--output-format", "json")
LOOK = 60.0  # seconds
CHANGE = 120.0
PUSH = 900.0
API = "https://api.supabase.com"

T = TypeVar("T")


class Supabase:
    """Supabase through its program. Only what `may_change` permits can be changed."""

    def __init__(self, program: Program, *, token: Secret | None, may_change: Permission) -> None:
        quiet = {"SUPABASE_TELEMETRY_DISABLED": "1", "SUPABASE_NO_UPDATE_NOTIFIER": "1"}
        self._supabase = program.with_env(quiet)
        self._profile = str(program.env.get("SUPABASE_PROFILE", ""))
        self._token = token
        self._may_change = may_change

    def version(self) -> tuple[int, ...]:
        """The program's version."""
        return version(self._supabase.run("--version", timeout=LOOK).stdout)

    def organisations(self) -> tuple[Organisation, ...]:
        """The organisations that the token belongs to."""
        return self._records(("orgs", "list"), _organisations)

    def projects(self) -> tuple[Project, ...]:
        """Every project that the token can see."""
        return self._records(("projects", "list"), _projects)

    def keys(self, ref: str) -> dict[str, Secret]:
        """The project's API keys by kind: publishable and secret, or the legacy two as such."""
        words = ("projects", "api-keys", "--project-ref", ref)
        try:
            return self._records((*words, "--reveal"), _keys)
        except CommandFailed as error:
            if not re.search("(unknown|unrecognized) flag", error.output, re.IGNORECASE):
                raise
            return self._records(words, _keys)  # 2.103 shows them without being asked

    def pooler(self, project: Project) -> str:
        """The host of the project's connection pooler, which answers over IPv4 too."""
        with tempfile.TemporaryDirectory() as folder:
            words = ("link", "--project-ref", project.ref, "--workdir", folder, *JSON)
            self._supabase.run(*words, timeout=LOOK)
            written = Path(folder, "supabase", ".temp", "pooler-url")
            address = written.read_text("utf-8") if written.is_file() else ""
        return address.rpartition("@")[2].partition("/")[0].partition(":")[0]

    def create(
        self, name: str, *, organisation: str, region: str, size: str, password: Secret
    ) -> None:
        """Make a project. By the Management API: the program takes the password by argv only."""
        self._may_change.project(name)
        body = {
            "name": name,
            "organization_slug": organisation,
            "region": region,
            "desired_instance_size": size,
            "db_pass": password,
        }
        self._api().expect("POST", "/v1/projects", body=body)

    def reset_password(self, project: Project, password: Secret) -> None:
        """Give the database's user postgres another password."""
        self._may_change.project(project.name, ref=project.ref)
        path = f"/v1/projects/{project.ref}/database/password"
        self._api().expect("PATCH", path, body={"password": password})

    def destroy(self, project: Project) -> None:
        """End a project with its database and everything in it."""
        self._may_change.project(project.name, ref=project.ref)
        self._supabase.run("projects", "delete", project.ref, "--yes", *JSON, timeout=CHANGE)

    def push(self, project: Project, where: Address, folder: Path) -> tuple[str, ...]:
        """Apply what `folder`/supabase/migrations has and the database has not; their names.

        Each file is one transaction together with its row of history.
        """
        self._may_change.project(project.name, ref=project.ref, verb="supabase db push")
        words = ("db", "push", "--db-url", where.without_password(), "--workdir", str(folder))
        program = self._supabase.with_env({"PGPASSWORD": where.password})
        answer = program.json(*words, "--yes", *JSON, timeout=PUSH)
        try:
            return tuple(str(name) for name in answer["migrations"])
        except (KeyError, TypeError) as error:
            raise program.unknown_form(words[:2], error) from error

    def advisors(self, where: Address) -> tuple[Lint, ...]:
        """What Supabase's advisors find in a database, which they only read."""
        return self._told(("db", "advisors"), where, _lints)

    def inspect(self, name: str, where: Address) -> tuple[Mapping[str, str], ...]:
        """The rows of one of `supabase inspect db`, which only reads."""
        return self._told(("inspect", "db", name), where, _rows)

    def services(self) -> ServiceSettings:
        """What each project's services are set to, under the same limits."""
        return ServiceSettings(self._api(), may_change=self._may_change)

    def _api(self) -> Service:
        if self._token is None:
            raise ConfigurationError(
                "SUPABASE_ACCESS_TOKEN is not set.",
                detail="A login kept by the supabase program cannot be used for its API.",
                remedy="Make a token in the dashboard (Account, Access tokens) and export it.",
            )
        bearer = Secret(f"Bearer {self._token.reveal()}")
        return Service(api_address(self._profile), {"Authorization": bearer})

    def _told(self, words: tuple[str, ...], where: Address, parse: Callable[[Any], T]) -> T:
        program = self._supabase.with_env({"PGPASSWORD": where.password})
        answer = program.json(*words, "--db-url", where.without_password(), *JSON, timeout=LOOK)
        try:
            return parse(answer)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise program.unknown_form(words, error) from error

    def _records(self, words: tuple[str, ...], parse: Callable[[Any], T]) -> T:
        answer = self._supabase.json(*words, *JSON, timeout=LOOK)
        try:
            return parse(answer)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._supabase.unknown_form(words, error) from error


def api_address(profile: str) -> str:
    """Where the Management API is: `api_url` of the profile (a YAML file), or Supabase's own."""
    path = Path(profile)
    if not profile or not path.suffix:
        return API
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ServiceFailed(f"SUPABASE_PROFILE {profile} cannot be read: {error}") from None
    found = [line.partition(":")[2] for line in lines if line.startswith("api_url:")]
    return found[0].strip().strip("\"'").rstrip("/") if found else API


def _organisations(answer: Mapping[str, Any]) -> tuple[Organisation, ...]:
    return tuple(
        Organisation(slug=e.get("slug") or e["id"], name=e["name"]) for e in answer["organizations"]
    )


def _projects(answer: Mapping[str, Any]) -> tuple[Project, ...]:
    return tuple(_project(entry) for entry in answer["projects"])


def _project(entry: Mapping[str, Any]) -> Project:
    database = entry.get("database") or {}
    return Project(
        ref=entry.get("ref") or entry["id"],
        name=entry["name"],
        organisation=entry.get("organization_slug") or entry["organization_id"],
        region=entry["region"],
        status=entry["status"],
        host=database.get("host") or "",
        engine=str(database.get("postgres_engine") or ""),
        created_at=str(entry.get("created_at") or ""),
    )


def _lints(answer: Mapping[str, Any]) -> tuple[Lint, ...]:
    return tuple(_lint(entry) for entry in answer["results"])


def _lint(entry: Mapping[str, Any]) -> Lint:
    about = entry.get("metadata") or {}
    place = ".".join(str(about[key]) for key in ("schema", "name") if about.get(key))
    return Lint(
        name=entry["name"],
        level=entry["level"],
        place=place or entry.get("cacheKey") or entry["name"],
        detail=entry["detail"],
        remedy=entry.get("remediation") or "",
    )


def _rows(answer: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    return tuple({str(k): str(v) for k, v in row.items()} for row in answer["rows"])


def _keys(answer: Mapping[str, Any]) -> dict[str, Secret]:
    found: dict[str, Secret] = {}
    for entry in answer["keys"]:
        kind = entry["name"] if entry.get("type") in (None, "legacy") else entry["type"]
        if "·" not in entry["api_key"]:  # masked
            found.setdefault(kind, Secret(entry["api_key"]))
    return {
        "publishable": found.get("publishable") or found["anon"],
        "secret": found.get("secret") or found["service_role"],
        "service": found.get("service_role") or found["secret"],
    }
