"""The plan's rows for Supabase: the project, its database, its settings, its keys and users."""

from collections.abc import Iterator, Sequence

from staging.rules.resources import Found, Row, Wanted
from staging.rules.schema import RESOURCES, SCHEMA, Difference, resource

KEPT = {"EXTENSION", "BUCKET"}
"""Kinds of which one too many is never taken away, and another is not made anew."""


def rows(wanted: Wanted, found: Found, *, reset_schema: bool) -> Iterator[Row]:
    """In the order in which a person would do it."""
    yield _project(wanted, found)
    yield _region(wanted, found)
    yield _version(wanted, found)
    yield _password(found)
    yield _schema(found, reset_schema=reset_schema)
    for name in RESOURCES.values():
        yield _beside(name, found)
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
    differences = [each for each in found.schema or () if resource(each.kind) == SCHEMA]
    if found.schema is None or (found.blank and differences):
        return Row(SCHEMA, "create", "exported from production, without data")
    if not differences:
        return Row(SCHEMA, "nothing", "equals production's")
    detail = f"{len(differences)} differences: {_some(differences)}"
    if reset_schema:
        return Row(SCHEMA, "replace", f"{detail}; staging's rows are lost")
    rest = "--reset-schema replaces it, with the loss of its rows"
    return Row(SCHEMA, "refused", f"{detail}; {rest}")


def _beside(name: str, found: Found) -> Row:
    """What can be mended without the loss of a row, but for what would have to be taken away."""
    if found.schema is None:
        return Row(name, "create", "as production has them")
    differences = [each for each in found.schema if resource(each.kind) == name]
    if not differences:
        return Row(name, "nothing", "as production has them")
    if lossy := [each for each in differences if each.kind in KEPT and each.what != "missing"]:
        return Row(name, "refused", f"{_some(lossy)}; rows may depend on it: mend it by hand")
    return Row(name, "update", _some(differences))


def _keys(found: Found) -> Row:
    if found.keys:
        return Row("API keys", "nothing", "publishable and secret")
    return Row("API keys", "create", "come with the project")


def _user(found: Found) -> Row:
    if found.smoke_user:
        return Row("smoke user", "nothing", "signs in")
    return Row("smoke user", "create", "in staging's Supabase Auth")


def _some(differences: Sequence[Difference]) -> str:
    return "; ".join(map(str, differences[:5]))
