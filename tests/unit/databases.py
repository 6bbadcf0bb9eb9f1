"""Databases of one server, each for one test; the owner may start no triggers, or may not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import psycopg

from staging.clouds.postgres import Address
from staging.secret import Secret
from tests.postgres import server

NUMBERS = count()


class Databases:
    """A server, and as many databases as are asked for."""

    def __init__(self, where: Address) -> None:
        self.where = where
        self.admin("create role plain login password 'plain' bypassrls", "postgres")
        self.admin("grant set on parameter session_replication_role to postgres", "postgres")

    def admin(self, script: str, name: str) -> None:
        """Run something as the superuser."""
        place = f"host=127.0.0.1 port={self.where.port} user=admin dbname={name}"
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute(script.encode())

    def made(self, script: str, *, owner: str = "postgres") -> Address:
        """A database of its own, with what the script makes."""
        name = f"made{next(NUMBERS)}"
        self.admin(f"create database {name} owner {owner}", "postgres")
        password = self.where.password if owner == "postgres" else Secret(owner)
        where = replace(self.where, name=name, user=owner, password=password)
        with open_(where) as connection:
            connection.execute(script.encode())
        return where


@contextmanager
def databases() -> Iterator[Databases]:
    """A running server."""
    with server() as where:
        yield Databases(where)


@contextmanager
def open_(where: Address) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection whose every statement counts at once."""
    with psycopg.connect(where.url().reveal(), autocommit=True) as connection:
        yield connection


def all_rows(where: Address, query: str) -> list[tuple[object, ...]]:
    """What a query gives."""
    with open_(where) as connection:
        return connection.execute(query.encode()).fetchall()
