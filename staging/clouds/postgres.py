"""PostgreSQL by its own protocol: connections that end in time, and what a schema consists of."""

import ipaddress
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import quote, unquote, urlsplit

from staging.clouds.limits import limit
from staging.errors import ConfigurationError, ServiceFailed
from staging.secret import Secret, redact

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT = 10  # seconds
STATEMENT = 60


class PasswordRejected(ServiceFailed):
    """The server is there, but does not accept the password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database, and whom to be there."""

    host: str
    port: int
    user: str
    password: Secret
    name: str = "postgres"

    def url(self) -> Secret:
        """The connection string, as an application reads it."""
        user, password = quote(self.user, safe="."), quote(self.password.reveal(), safe="")
        place = f"{self.host}:{self.port}/{quote(self.name)}"
        return Secret(f"postgresql://{user}:{password}@{place}?sslmode={self.encryption()}")

    def without_password(self) -> str:
        """The connection string for a program that is given the password as PGPASSWORD."""
        encryption = "disable" if private(self.host) else "require"
        user = quote(self.user, safe=".")
        return (
            f"postgresql://{user}@{self.host}:{self.port}/{quote(self.name)}?sslmode={encryption}"
        )

    def encryption(self) -> str:
        """TLS wherever the network is not this machine's own."""
        return "prefer" if private(self.host) else "require"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Which database a connection leads to; `identifier` is None where its role may not ask.

    `started`, the microsecond of the server's start, is everybody's to ask.
    """

    identifier: int | None
    started: str
    database: str


def address(host: str, *, user: str, password: Secret) -> Address:
    """From what the supabase program calls a database's host: a name, perhaps with a port."""
    name, _, port = host.partition(":")
    return Address(host=name, port=int(port or 5432), user=user, password=password)


def parsed(url: Secret, *, source: str) -> Address:
    """From a connection string; `source` is where the user gave it, for the error."""
    try:
        parts = urlsplit(url.reveal())
        port = parts.port or 5432
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname:
        raise ConfigurationError(
            f"{source} is no PostgreSQL connection string.",
            detail="Expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE, percent-encoded.",
        )
    return Address(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or "postgres"),
        password=Secret(unquote(parts.password or "")),
        name=unquote(parts.path.lstrip("/")) or "postgres",
    )


def private(host: str) -> bool:
    """Whether every address of the host is this machine or a private network."""
    return all(ipaddress.ip_address(a).is_private for a in resolved(host))


def resolved(host: str) -> frozenset[str]:
    """The host's addresses; none if it cannot be resolved."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return frozenset()
    return frozenset(str(entry[4][0]).partition("%")[0] for entry in found)


def opened(where: Address, *, read_only: bool, limits: bool = True) -> "Connection[Any]":
    """A connection whose statements end in time; `read_only` is held by the server.

    Without `limits` the statements set their own, so that they can see the server's.
    """
    import psycopg  # costs 0.3 s, so not at the top

    times = f"-c statement_timeout={STATEMENT}s -c lock_timeout=10s" if limits else ""
    # row_security=off has the server refuse a query of which policies would hide rows.
    only = " -c default_transaction_read_only=on -c row_security=off" if read_only else ""
    try:
        return psycopg.connect(
            host=where.host,
            port=where.port,
            user=where.user,
            password=where.password.reveal(),
            dbname=where.name,
            sslmode=where.encryption(),
            connect_timeout=max(2, round(limit(CONNECT))),
            options=times + only,
            application_name="staging",
        )
    except psycopg.OperationalError as error:
        raise _unreachable(error, where) from None


@contextmanager
def connect(where: Address, *, read_only: bool, limits: bool = True) -> Iterator["Connection[Any]"]:
    """The same until the block ends."""
    with told(where), opened(where, read_only=read_only, limits=limits) as connection:
        yield connection


@contextmanager
def told(where: Address) -> Iterator[None]:
    """What PostgreSQL refuses in the block is an error for the reader, without the password."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        detail = redact(str(error).strip(), [where.password])
        raise ServiceFailed(f"PostgreSQL at {where.host} refused.", detail=detail) from error


def _unreachable(error: Exception, where: Address) -> ServiceFailed:
    detail = redact(str(error).strip(), [where.password])
    place = f"PostgreSQL at {where.host}:{where.port}"
    if "password authentication failed" in detail or "28P01" in detail:
        return PasswordRejected(f"{place} does not accept the password.", detail=detail)
    return ServiceFailed(f"{place} cannot be reached.", detail=detail)


def rows(connection: "Connection[Any]", query: LiteralString, *values: object) -> list[Any]:
    """Every row that a query gives."""
    return connection.execute(query, values or None).fetchall()


def identifier(connection: "Connection[Any]") -> int | None:
    """What no two servers share; None if this role may not ask."""
    from psycopg.errors import InsufficientPrivilege

    try:
        with connection.transaction():
            found = rows(connection, "select system_identifier from pg_control_system()")
    except InsufficientPrivilege:
        return None
    return int(found[0][0])


def server(connection: "Connection[Any]") -> Server:
    """Which database this is, as its server says."""
    started = rows(connection, "select pg_postmaster_start_time() at time zone 'UTC'")[0][0]
    return Server(
        identifier=identifier(connection),
        started=started.isoformat(timespec="microseconds"),
        database=connection.info.dbname,
    )


def script(connection: "Connection[Any]", text: str) -> None:
    """Run many statements in the connection's transaction."""
    connection.execute(text)


def attempt(connection: "Connection[Any]", statements: Iterable[str]) -> list[str]:
    """Each statement by itself, in the connection's transaction; those refused, with the reason."""
    refused = []
    for statement in statements:
        try:
            with connection.transaction():
                script(connection, statement)
        except refusals() as error:
            # The value of a setting may be a secret, and PostgreSQL repeats one that is wrong.
            setting = " set " in statement.lower()
            why = type(error).__name__ if setting else str(error).splitlines()[0]
            refused.append(f"{statement.partition(' to ')[0]}: {why}")
    return refused


def refusals() -> type[Exception]:
    """What PostgreSQL raises, for who goes on after it."""
    import psycopg

    return psycopg.Error


def copy_rows(source: "Connection[Any]", target: "Connection[Any]", table: tuple[str, str]) -> int:
    """Copy a table's rows from one database to another; those that are there stay."""
    from psycopg import sql

    query = """select attname from pg_attribute where attrelid = %s::regclass
               and attnum > 0 and not attisdropped and attgenerated = '' order by attnum"""
    name = sql.Identifier(*table)
    found = rows(source, query, name.as_string(source))
    columns = sql.SQL(", ").join(sql.Identifier(row[0]) for row in found)
    select = sql.SQL("select {} from {}").format(columns, name)
    values = sql.SQL(", ").join(sql.Placeholder() * len(found))
    insert = sql.SQL(
        "insert into {} ({}) overriding system value values ({}) on conflict do nothing"
    )
    records: Sequence[Any] = source.execute(select).fetchall()
    with target.cursor() as cursor:
        cursor.executemany(insert.format(name, columns, values), records)
    return len(records)
