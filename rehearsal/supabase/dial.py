"""Which database a command is about, and a connection to it."""

import json
import site
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from rehearsal import standin
from rehearsal.supabase import cloud
from rehearsal.supabase.line import Line, SupabaseError

if TYPE_CHECKING:
    import psycopg

    Connection: TypeAlias = psycopg.Connection[dict[str, Any]]

SELECTORS = ("remote", "linked", "db-url", "local")
CONNECTS_WITHIN = 10
STATEMENT_MS = 600_000
TO_URL = "Convert the connection string to a postgresql:// URL and pass it as --remote=<url>"
READ_ONLY = " -c default_transaction_read_only=on"
LOCAL = "127.0.0.1:54322"
PLAIN = (
    "Connected to {} without TLS: the TLS connection failed or was rejected. "
    "Set PGSSLMODE=require (or verify-full) to refuse unencrypted connections."
)
REFUSED = "Make sure your local IP is allowed in Network Restrictions and Network Bans."


def target(line: Line) -> dict[str, Any]:
    """Find the database, name it on stderr, and return how it is reached."""
    chosen = [f"--{name}" for name in SELECTORS if line.has(name)]
    if len(chosen) > 1:
        raise SupabaseError(
            "TargetSelectorConflictError",
            "Only one of --remote, --linked, --db-url and --local can be set; got "
            f"{' and '.join(chosen)}.",
            suggestion="Use --remote or --remote=<ref|branch|url> on its own.",
        )
    url = line.flags.get("db-url", "")
    if url:
        cloud.deprecated("--db-url", "Use --remote=<db-url>" if "://" in url else TO_URL)
    elif line.flags.get("remote", "").startswith("postgres"):
        url = line.flags["remote"]
    if url:
        return _of_url(line, url)
    if not chosen or chosen == ["--local"]:
        raise _no_local_stack(line)
    return {"ref": cloud.target(line)}


@contextmanager
def connection(
    line: Line, found: dict[str, Any], *, read_only: bool = False
) -> "Iterator[Connection]":
    """A connection in autocommit; a linked project gives a role that lives for five minutes."""
    psycopg = _psycopg()
    address = _of_project(found["ref"], read_only=read_only) if "ref" in found else found
    if "ref" in found and not line.name.startswith("db query"):
        print("Initialising login role...", file=sys.stderr)
    try:
        made = psycopg.connect(
            **address,
            autocommit=True,
            row_factory=_rows(),
            options=f"-c statement_timeout={STATEMENT_MS}" + (READ_ONLY if read_only else ""),
            connect_timeout=CONNECTS_WITHIN,
        )
    except psycopg.OperationalError as error:
        raise _unreachable(address, str(error)) from None
    if "ref" not in found and not made.info.pgconn.ssl_in_use and "sslmode" not in address:
        told = PLAIN.format(address["host"])
        print(told if line.as_json else f"│\n▲  {told}", file=sys.stderr if line.as_json else None)
    with made:
        if "ref" in found and not read_only:
            made.execute("set role postgres")
        yield made


def message(error: Exception, statement: str = "") -> str:
    """A failure of PostgreSQL's as supabase tells it."""
    diagnosis = getattr(error, "diag", None)
    if diagnosis is None or diagnosis.sqlstate is None:
        return str(error).strip()
    lines = [f"ERROR: {diagnosis.message_primary} (SQLSTATE {diagnosis.sqlstate})"]
    if diagnosis.message_detail:
        lines.append(diagnosis.message_detail)
    return "\n".join([*lines, statement] if statement else lines)


def _of_url(line: Line, url: str) -> dict[str, Any]:
    psycopg = _psycopg()
    try:
        parsed: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        parsed = {}
    if "://" not in url or not parsed.get("host"):
        text = f"failed to parse connection string: {url.partition('@')[0][:12]}"
        raise SupabaseError("DbConfigParseUrlError", text)
    host, port = str(parsed["host"]), int(parsed.get("port", 5432))
    line.target.update({"kind": "db-url", "host": host, "port": port})
    print(f"Target: {line.label}", file=sys.stderr)
    return {"user": "postgres", "dbname": "postgres", **parsed, "host": host, "port": port}


def _of_project(ref: str, *, read_only: bool) -> dict[str, Any]:
    project = cloud.expect("GET", f"/v1/projects/{ref}", what="project", code="Project")
    role = cloud.expect(
        "POST",
        f"/v1/projects/{ref}/cli/login-role",
        what="login role",
        code="LoginRole",
        body={"read_only": read_only},
    )
    host, _, port = project["database"]["host"].partition(":")
    address = {"host": host, "port": int(port), "dbname": "postgres"}
    return {**address, "user": role["role"], "password": role["password"]}


def _no_local_stack(line: Line) -> SupabaseError:
    host, _, port = LOCAL.partition(":")
    line.target.update({"kind": "local", "host": host, "port": int(port)})
    known, instead = "", "Make sure Docker is running, then run: supabase start"
    if ref := cloud.linked(line):
        file = Path(line.folder, "supabase", ".temp", "linked-project.json")
        name = json.loads(file.read_text("utf-8"))["name"] if file.exists() else ref
        known = f" · default; pass --remote for {name} ({ref})"
        instead += "\nTo use the linked project instead, pass --remote."
    print(f"Target: local stack ({LOCAL}){known}", file=sys.stderr)
    return SupabaseError(
        "DbConnectError",
        f"{_lead({'host': host, 'user': 'postgres', 'dbname': 'postgres'})}: "
        f"dial error (connect ECONNREFUSED {LOCAL})",
        suggestion=instead,
    )


def _unreachable(address: dict[str, Any], said: str) -> SupabaseError:
    where = f"{address['host']}:{address['port']}"
    fatal = said.rpartition("FATAL:")[2].strip().splitlines()[0] if "FATAL:" in said else ""
    suggestion = ""
    if "password authentication failed" in fatal:
        why = f"server error (FATAL: {fatal} (SQLSTATE 28P01))"
        suggestion = (
            "Connect to your database by setting the env var correctly: SUPABASE_DB_PASSWORD"
        )
    elif fatal:
        code = " (SQLSTATE 3D000)" if fatal.endswith("does not exist") else ""
        why = f"server error (FATAL: {fatal}{code})"
    elif "no password supplied" in said:
        why = "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"
    elif "Connection refused" in said:
        place = f"{standin.connect().url}/dashboard/project/_/database/settings"
        why, suggestion = f"dial error (connect ECONNREFUSED {where})", f"{REFUSED}\n{place}"
    elif "timeout" in said:
        why = f"dial error (connect ETIMEDOUT {where})"
    else:
        why = f"hostname resolving error (getaddrinfo ENOTFOUND {address['host']})"
    return SupabaseError("DbConnectError", f"{_lead(address)}: {why}", suggestion=suggestion)


def _lead(address: dict[str, Any]) -> str:
    names = f"host={address['host']} user={address['user']} database={address['dbname']}"
    return f"failed to connect to postgres: failed to connect to `{names}`"


def _psycopg() -> Any:  # noqa: ANN401 - a module, imported where SQL is spoken only
    if sys.flags.no_site:
        site.main()  # the stand-in starts without site-packages
    try:
        import psycopg
    except ImportError:
        text = "no Python with psycopg: set REHEARSAL_PYTHON or make .venv (uv sync)"
        raise SupabaseError("RehearsalError", text) from None
    return psycopg


def _rows() -> Any:  # noqa: ANN401 - psycopg's own type, which is imported late
    from psycopg.rows import dict_row

    return dict_row
