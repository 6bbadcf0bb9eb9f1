"""Databases beside staging's own on its server, for trying things out: none of them stays.

Each is made by a session that holds a lock of its name until it is dropped again. One whose lock
is free was left by a run that was killed: the next run drops it. A template is kept, unlocked, to
be cloned: copying files takes a fraction of what applying a schema takes.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from staging.clouds import postgres
from staging.clouds.advisory import KEEPALIVE
from staging.clouds.postgres import Address, rows

if TYPE_CHECKING:
    from psycopg import Connection

PREFIX, TEMPLATE = "staging_scratch_", "staging_template_"
PRESENT = "select datname from pg_database where datname like any(%s) order by 1"
HOLD = "select pg_advisory_lock(hashtextextended(%s, 0))"
TRY = "select pg_try_advisory_lock(hashtextextended(%s, 0))"
RELEASE = "select pg_advisory_unlock(hashtextextended(%s, 0))"
SHARE = "select pg_advisory_lock_shared(hashtextextended(%s, 0))"
BY_FILES = 150000  # from this version on a template can also be copied through the log: slower


@contextmanager
def made(
    where: Address, *, template: str = "", make: Callable[[], None] | None = None
) -> Iterator[Address]:
    """An empty database, or a clone of the template, until the block ends.

    What runs that were killed have left is dropped first. `make` is called for a template that is
    not there; nobody drops it as long as this is used.
    What the block raises comes out as it is.
    """
    name = PREFIX + secrets.token_hex(8)
    with closing(keeper(where)) as session:
        with postgres.told(where):
            sweep(session, template=template)
            rows(session, HOLD, name)
            if template:
                rows(session, SHARE, template)
            there = template in present(session)
        if make and not there:
            make()
        try:
            with postgres.told(where):
                _create(session, name, template)
            yield replace(where, name=name)
        finally:
            # By another session: what happened in the block may have cost this one.
            with postgres.told(where), closing(keeper(where)) as last:
                _drop(last, name)


def keeper(where: Address) -> "Connection[Any]":
    """A session in staging's own database, by which others are made, held and dropped."""
    connection = postgres.opened(where, read_only=False)
    connection.autocommit = True  # databases are not made in transactions
    postgres.script(connection, KEEPALIVE)
    return connection


def keep(where: Address, scratch: Address, template: str) -> None:
    """Make a scratch database, which nobody is connected to, the template of this name."""
    from psycopg import sql
    from psycopg.errors import DuplicateDatabase

    names = sql.Identifier(scratch.name), sql.Identifier(template)
    quicker = suppress(DuplicateDatabase)  # another run was
    with postgres.told(where), closing(keeper(where)) as session, quicker:
        session.execute(sql.SQL("alter database {} rename to {}").format(*names))


def sweep(session: "Connection[Any]", *, template: str = "") -> None:
    """Drop what runs that were killed have left; with `template`, all templates but this too."""
    for name in present(session):
        stays = name == template or (not template and name.startswith(TEMPLATE))
        if not stays and rows(session, TRY, name)[0][0]:
            _drop(session, name)
            rows(session, RELEASE, name)


def present(session: "Connection[Any]") -> list[str]:
    """The databases of ours that are on the server."""
    wanted = [f"{name.replace('_', chr(92) + '_')}%" for name in (PREFIX, TEMPLATE)]
    return [row[0] for row in rows(session, PRESENT, wanted)]


def _create(session: "Connection[Any]", name: str, template: str) -> None:
    from psycopg import sql

    words = sql.SQL("create database {} template {}").format(
        sql.Identifier(name), sql.Identifier(template or "template0")
    )
    if template and session.info.server_version >= BY_FILES:
        words += sql.SQL(" strategy file_copy")
    session.execute(words)


def _drop(session: "Connection[Any]", name: str) -> None:
    from psycopg import sql

    session.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
