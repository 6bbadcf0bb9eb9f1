"""The plan's rows for Supabase: the project, its database, its settings, its keys and users."""

import re
from collections.abc import Iterator

from staging.rules import servicerows
from staging.rules.catalog import BESIDE, SCHEMA
from staging.rules.resources import Change, Found, Row, Wanted, told

KEPT = ("extension ", "storage bucket ")
"""Objects of which one too many is never taken away: rows may be theirs."""

UNMENDED = re.compile(
    r"^extension .*: |^publication (?!table ).*: |^trigger .*: enabled$|: comment$"
)
"""What parity tells, and only a person or Supabase can change: versions, publications' options."""


def rows(wanted: Wanted, found: Found, *, reset_schema: bool) -> Iterator[Row]:
    """In the order in which a person would do it."""
    yield _project(wanted, found)
    yield _region(wanted, found)
    yield _version(wanted, found)
    yield _password(found)
    yield _schema(found, reset_schema=reset_schema)
    for name in BESIDE:
        yield _beside(name, found)
    yield from servicerows.rows(found.services, exists=found.project is not None)
    yield _keys(found)
    yield _user(found)


def _project(wanted: Wanted, found: Found) -> Row:
    name = f"Supabase project {wanted.project}"
    if found.project is None:
        return Row(name, "create", f"{wanted.size} in {wanted.database_region}")
    return Row(name, "nothing", f"{found.project.ref}, {found.project.status}")


def _region(wanted: Wanted, found: Found) -> Row:
    region = wanted.database_region
    if found.project is None:
        return Row("database region", "create", region)
    if found.project.region != region:
        detail = f"it is in {found.project.region}, not in {region}; a project cannot move"
        return Row("database region", "refused", detail)
    return Row("database region", "nothing", region)


def _version(wanted: Wanted, found: Found) -> Row:
    name = "PostgreSQL version"
    if found.project is None:
        return Row(name, "create", f"{wanted.engine or 'Supabase chooses it'}")
    if wanted.engine and found.project.engine and found.project.engine != wanted.engine:
        detail = f"it is {found.project.engine}, production's {wanted.engine}"
        return Row(name, "refused", f"{detail}; upgrade the older one in the dashboard")
    return Row(name, "nothing", found.project.engine or "not told")


def _password(found: Found) -> Row:
    name = "database password"
    if found.project is None:
        return Row(name, "create", "made up, kept in .staging/")
    if not found.password_accepted:
        return Row(name, "update", "the one kept is not accepted: reset")
    return Row(name, "nothing", "accepted")


def _schema(found: Found, *, reset_schema: bool) -> Row:
    if found.project is not None and found.schema is None:
        return Row(SCHEMA, "update", "compared once its database lets us in")
    changes = _of(SCHEMA, found)
    if found.schema is None or (found.blank and changes):
        return Row(SCHEMA, "create", "exported from production, without data")
    if not changes:
        return Row(SCHEMA, "nothing", "equals production's")
    detail = f"{len(changes)} differences: {told(changes)}"
    if reset_schema:
        return Row(SCHEMA, "replace", f"{detail}; staging's rows are lost", changes)
    rest = "--reset-schema replaces it, with the loss of its rows"
    return Row(SCHEMA, "refused", f"{detail}; {rest}", changes)


def _beside(name: str, found: Found) -> Row:
    """What can be mended without the loss of a row, but for what would have to be taken away."""
    if found.schema is None:
        return Row(name, "create", "as production has them")
    changes = tuple(c for c in _of(name, found) if not UNMENDED.search(c.path))
    if not changes:
        return Row(name, "nothing", "as production has them")
    if kept := tuple(c for c in changes if c.wanted is None and c.path.startswith(KEPT)):
        return Row(name, "refused", f"{told(kept)}; rows may depend on it: mend it by hand", kept)
    return Row(name, "update", told(changes), changes)


def _of(name: str, found: Found) -> tuple[Change, ...]:
    return tuple(change for resource, change in found.schema or () if resource == name)


def _keys(found: Found) -> Row:
    if found.keys:
        return Row("API keys", "nothing", "publishable and secret")
    return Row("API keys", "create", "come with the project")


def _user(found: Found) -> Row:
    if found.smoke_user:
        return Row("smoke user", "nothing", "signs in")
    return Row("smoke user", "create", "in staging's Supabase Auth")
