"""Whether both environments stand on resources of their own: apps, projects, servers."""

from collections.abc import Iterator
from dataclasses import dataclass

from staging.rules.isolation import Proof, Unknown, breach, proved, unproved

ASK = "grant execute on function pg_control_system() to staging_reader, in production's database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One environment. `places`: where its database is, by everything that names it.

    `server` is PostgreSQL's system identifier, None where the role may not ask for it.
    """

    app: str | Unknown
    ref: str | Unknown
    places: frozenset[str] | Unknown
    server: int | Unknown | None


def apart(production: Side, staging: Side) -> Iterator[Proof]:
    """What the clouds and the servers themselves call both."""
    yield _differ("Fly apps", production.app, staging.app, "flyctl tells each app's hostname")
    yield _differ(
        "Supabase projects", production.ref, staging.ref, "supabase tells each project's ref"
    )
    yield _places(production.places, staging.places)
    yield _servers(production.server, staging.server)


def whose(ref: str | Unknown, places: frozenset[str] | Unknown, given: str | Unknown) -> Proof:
    """Whether what is asked as production's database is that of production's project.

    Without this all that was not found there would prove nothing.
    """
    what, how = "production's database", "PRODUCTION_DATABASE_URL beside what supabase tells"
    remedy = "Correct PRODUCTION_DATABASE_URL."
    for each in (ref, places, given):
        if isinstance(each, Unknown):
            return unproved(what, how=how, evidence=each.why, remedy=remedy)
    if given in places or given.endswith(f"/{ref}"):  # type: ignore[operator, union-attr]
        return proved(what, how=how, evidence=f"{given} is project {ref}'s")
    return unproved(
        what, how=how, evidence=f"{given} is not known as project {ref}'s database", remedy=remedy
    )


def _differ(what: str, production: str | Unknown, staging: str | Unknown, how: str) -> Proof:
    for each in (production, staging):
        if isinstance(each, Unknown):
            return unproved(what, how=how, evidence=each.why, remedy="See the message.")
        if not each:
            evidence = "one of them has no name"
            return unproved(what, how=how, evidence=evidence, remedy="See `invoke status`.")
    if production.lower() == staging.lower():  # type: ignore[union-attr]
        remedy = "Give [staging] an app and a project of its own, then `invoke provision`."
        return breach(what, how=how, evidence=f"both are {production}", remedy=remedy)
    return proved(what, how=how, evidence=f"{production} and {staging}")


def _places(production: frozenset[str] | Unknown, staging: frozenset[str] | Unknown) -> Proof:
    what, how = "database addresses", "connection strings and what supabase tells of each host"
    for each in (production, staging):
        if isinstance(each, Unknown):
            return unproved(what, how=how, evidence=each.why, remedy="See the message.")
        if not each:
            evidence = "no address is known of one of them"
            return unproved(what, how=how, evidence=evidence, remedy="See `invoke doctor`.")
    theirs, ours = _lower(production), _lower(staging)  # type: ignore[arg-type]
    if both := theirs & ours:
        remedy = "Unset STAGING_DATABASE_URL, or correct PRODUCTION_DATABASE_URL."
        return breach(what, how=how, evidence=f"both are at {_told(both)}", remedy=remedy)
    return proved(what, how=how, evidence=f"{_told(theirs)} and {_told(ours)}")


def _servers(production: int | Unknown | None, staging: int | Unknown | None) -> Proof:
    what, how = "PostgreSQL servers", "each server's system identifier (pg_control_system)"
    sides = {"production": production, "staging": staging}
    for name, each in sides.items():
        if isinstance(each, Unknown):
            return unproved(what, how=how, evidence=each.why, remedy="See the message.")
        if each is None:
            evidence = f"the role on {name} may not ask"
            return unproved(what, how=how, evidence=evidence, remedy=f"{ASK}.")
    if production == staging:
        remedy = "Make staging's project anew: it is production's server, or a physical copy of it."
        return breach(what, how=how, evidence=f"both are {staging}", remedy=remedy)
    return proved(what, how=how, evidence=f"{production} and {staging}")


def _told(places: frozenset[str]) -> str:
    return ", ".join(sorted(places))


def _lower(places: frozenset[str]) -> frozenset[str]:
    return frozenset(place.lower() for place in places)
