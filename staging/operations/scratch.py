"""Scratch databases on staging's server: as at birth, or with production's schema and no rows.

`with scratch.database(clouds, schema=True) as address:` is all that those who try things need.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from staging.clouds import birth, catalog, postgres, scratch
from staging.clouds.dumps import Programs
from staging.clouds.postgres import Address
from staging.clouds.schema import HISTORY
from staging.errors import ConfigurationError
from staging.operations import access, reach, schemas
from staging.operations.opening import Clouds
from staging.operations.schemas import Exported, Table
from staging.operations.steps import note
from staging.operations.wanted import the_project

if TYPE_CHECKING:
    from psycopg import Connection

FORM = "1"
"""To be counted up when a template made by an earlier version is no good any more."""

ROWS = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Staging's server, and whose schema a scratch database there can have.

    `reference` are the tables whose rows come along, as when staging is provisioned.
    """

    staging: Address
    programs: Programs
    production: Address | None = None
    reference: Sequence[Table] = ()


@contextmanager
def database(clouds: Clouds, *, schema: bool) -> Iterator[Address]:
    """A database of its own until the block ends; with `schema`, production's without its rows.

    What a run that was killed has left is dropped first. Staging's own database is only read.
    """
    bench = found(clouds)
    with cloned(bench) if schema else born(bench) as address:
        yield address


def found(clouds: Clouds) -> Bench:
    """Staging's server, proved not to be production's by its address."""
    project, password = the_project(clouds), access.database_password(clouds)
    known = clouds.environ.secret("PRODUCTION_DATABASE_URL")
    return Bench(
        staging=reach.staging_database(clouds, project, password),
        programs=schemas.programs(clouds),
        production=reach.production_database(clouds) if known else None,
        reference=schemas.reference(clouds),
    )


@contextmanager
def born(bench: Bench) -> Iterator[Address]:
    """A database in which nobody has made anything yet."""
    if bench.production:
        prove_apart(bench.production, bench.staging)
    with scratch.made(bench.staging) as address:
        _give_birth(bench, address)
        yield address


@contextmanager
def cloned(bench: Bench) -> Iterator[Address]:
    """A database with production's schema: a copy of a template that is made where it is missing.

    Templates of what production's schema was before are dropped.
    """
    template = scratch.TEMPLATE + _identity(bench)
    make = partial(_make_template, bench, template)
    with scratch.made(bench.staging, template=template, make=make) as address:
        yield address


def known(bench: Bench) -> Address:
    """Production's database, without which there is no schema to have."""
    if bench.production is None:
        raise ConfigurationError(
            "PRODUCTION_DATABASE_URL is not set.",
            detail="A scratch database is to have production's schema, which is read there.",
        )
    return bench.production


def prove_apart(production: Address, staging: Address) -> None:
    """Refuse before anything is made if both addresses lead to one server."""
    with (
        postgres.connect(production, read_only=True) as theirs,
        postgres.connect(staging, read_only=True) as ours,
    ):
        schemas.prove_apart(theirs, ours)


def _give_birth(bench: Bench, address: Address) -> None:
    left = birth.give(bench.staging, address, bench.programs)
    for each in left:
        note(f"  A scratch database is without this: {each}")


def _make_template(bench: Bench, template: str) -> None:
    """Under a name of its own until it is whole: a template that is there can be cloned."""
    production = known(bench)
    note("  making a template of production's schema …")
    exported = schemas.exported(production, bench.programs)
    with scratch.made(bench.staging) as address:
        _give_birth(bench, address)
        with (
            postgres.connect(production, read_only=True) as source,
            postgres.connect(address, read_only=False) as target,
        ):
            schemas.put(target, _possible(exported, target))
            schemas.copy(source, target, bench.reference)
        scratch.keep(bench.staging, address, template)


def _possible(exported: Exported, target: "Connection[Any]") -> Exported:
    """Without the extensions that could not be made at birth: one would cost all the rest."""
    there = {row[0] for row in postgres.rows(target, "select extname from pg_extension")}
    beside = [b for b in exported.beside if b.kind != "EXTENSION" or b.name in there]
    return replace(exported, beside=tuple(beside))


def _identity(bench: Bench) -> str:
    """What changes when a template made of these two, which are apart, would come out otherwise."""
    with (
        postgres.connect(known(bench), read_only=True, limits=False) as production,
        postgres.connect(bench.staging, read_only=True) as staging,
    ):
        schemas.prove_apart(production, staging)
        platform = birth.identity(staging)
        found = catalog.read(production).items()
        history = [_rows_of(production, table) for table in (HISTORY, *bench.reference)]
    objects = sorted((*key, *sorted(each.items())) for key, each in found)
    told = json.dumps([FORM, platform, history, objects])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _rows_of(source: "Connection[Any]", table: Table) -> str:
    from psycopg import sql

    name = sql.Identifier(*table)
    there = "select to_regclass(%s) is not null"
    if not postgres.rows(source, there, name.as_string(source))[0][0]:
        return ""
    found = source.execute(sql.SQL(ROWS).format(name)).fetchone()
    return str(found[0]) if found else ""
