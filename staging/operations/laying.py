"""A schema's text laid into a database, in one transaction."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from staging.clouds import catalog, postgres, schema
from staging.clouds.postgres import Address
from staging.errors import ConfigurationError, ServiceFailed
from staging.inventory import Catalog
from staging.operations import scratch
from staging.operations.scratch import Bench
from staging.rules import exports
from staging.rules.catalog import SECRETS

if TYPE_CHECKING:
    from psycopg import Connection

TRIED = ("roles", "extensions", "settings")
"""Sections of which a role that is no superuser may not do all; each statement is tried."""

NOT_RUN = ("cron jobs",)
"""Jobs of production's would begin to run where they are made."""

LARGEST = 50_000_000  # bytes


def text_of(path: Path) -> str:
    """A file's SQL, of which one transaction can be made, or ConfigurationError."""
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigurationError(f"{path} is too large to be a schema.")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read.", detail=str(error)) from None
    if found := exports.unfit(text):
        raise ConfigurationError(
            f"{path} cannot be applied in one transaction.",
            detail="\n".join(found[:10]),
            remedy="Take these statements out; an index can be made without CONCURRENTLY.",
        )
    return text


def lay(target: "Connection[Any]", text: str) -> list[str]:
    """Run the text; what was refused of that which is tried, in words.

    What belongs to the application on Supabase's own tables is taken away first.
    """
    names = schema.schemas(target)
    for each in schema.beside(target, names):
        if each.dropped:
            postgres.script(target, each.dropped)
    postgres.script(target, schema.leaking(target, names))
    refused: list[str] = []
    for section, statements in exports.sections(exports.dumped(text)).items():
        if section in TRIED:
            refused += postgres.attempt(target, _lines(statements))
        elif section not in NOT_RUN:
            postgres.script(target, statements)
    postgres.script(target, "set search_path to default")
    return refused


def tried(bench: Bench, path: Path) -> tuple[str, Catalog]:
    """A file's text and what it makes of an empty database; a broken one is told here."""
    text = text_of(path)
    with scratch.born(bench) as address:
        try:
            with postgres.connect(address, read_only=False) as target:
                lay(target, text)
        except ServiceFailed as error:
            problem = f"{path} does not make a schema of an empty database."
            detail = SECRETS.sub("***", error.detail)  # PostgreSQL repeats the line that is wrong
            raise ConfigurationError(problem, detail=detail) from error
        return text, read(address)


def read(where: Address) -> Catalog:
    """What a database consists of."""
    with postgres.connect(where, read_only=True, limits=False) as connection:
        return catalog.read(connection)


def _lines(statements: str) -> list[str]:
    lines = (line.strip() for line in statements.splitlines())
    return [line for line in lines if line and not line.startswith("--")]
