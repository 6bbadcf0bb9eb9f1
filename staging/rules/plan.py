"""What should be, less what is: the plan. Pure; no row is ever decided anywhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from staging.inventory import App, Machine, Project
from staging.rules.cost import Cost
from staging.rules.schema import Difference

Action = Literal["create", "update", "replace", "nothing", "refused"]


@dataclass(frozen=True, slots=True)
class Row:
    """One resource of the mirror, and what provisioning does about it."""

    resource: str
    action: Action
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The mirror as settings and production say it should be."""

    app: str
    project: str
    region: str
    database_region: str
    size: str
    config: Mapping[str, Any]
    digest: str
    cost: Cost
    budget_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The mirror as the clouds say it is. None stands for what is not there yet.

    `schema` lists how staging's schema differs, `blank` says that nobody has made anything there.
    `secrets` says of each wanted secret whether Fly holds its value; `config` is what the app's
    release was made with, `file` what fly.staging.toml says.
    """

    project: Project | None
    password_accepted: bool
    schema: Sequence[Difference] | None
    blank: bool
    smoke_user: bool
    app: App | None
    addresses: Sequence[str]
    secrets: Mapping[str, bool | None]
    config: Mapping[str, Any] | None
    file: Mapping[str, Any] | None
    machines: Sequence[Machine]


def plan(wanted: Wanted, found: Found, *, reset_schema: bool) -> tuple[Row, ...]:
    """Every row, in the order in which a person would do it."""
    return (
        _project(wanted, found),
        _password(found),
        _schema(found, reset_schema=reset_schema),
        _user(found),
        _app(wanted, found),
        *(_address(kind, found) for kind in ("v4", "v6")),
        _file(wanted, found),
        *(_secret(name, held) for name, held in found.secrets.items()),
        _machines(wanted, found),
        _cost(wanted),
    )


def changes(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that something would be done about."""
    return tuple(row for row in rows if row.action not in {"nothing", "refused"})


def refusals(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that stop the whole plan."""
    return tuple(row for row in rows if row.action == "refused")


def _project(wanted: Wanted, found: Found) -> Row:
    name = f"Supabase project {wanted.project}"
    if found.project is None:
        return Row(name, "create", f"{wanted.size} in {wanted.database_region}")
    if found.project.region != wanted.database_region:
        detail = f"it is in {found.project.region}, not in {wanted.database_region}"
        return Row(name, "refused", f"{detail}; a project cannot move")
    return Row(name, "nothing", f"{found.project.ref}, {found.project.status}")


def _password(found: Found) -> Row:
    name = "database password"
    if found.project is None:
        return Row(name, "create", "made up, kept in .staging/")
    if not found.password_accepted:
        return Row(name, "update", "the one kept is not accepted: reset")
    return Row(name, "nothing", "accepted")


def _schema(found: Found, *, reset_schema: bool) -> Row:
    name = "database schema"
    if found.project is not None and found.schema is None:
        return Row(name, "update", "compared once its database lets us in")
    if found.schema is None or (found.blank and found.schema):
        return Row(name, "create", "exported from production, without data")
    if not found.schema:
        return Row(name, "nothing", "equals production's")
    some = "; ".join(map(str, found.schema[:5]))
    detail = f"{len(found.schema)} differences: {some}"
    if reset_schema:
        return Row(name, "replace", f"{detail}; staging's rows are lost")
    return Row(name, "refused", f"{detail}; --reset-schema replaces it, with the loss of its rows")


def _user(found: Found) -> Row:
    if found.smoke_user:
        return Row("smoke user", "nothing", "signs in")
    return Row("smoke user", "create", "in staging's Supabase Auth")


def _app(wanted: Wanted, found: Found) -> Row:
    name = f"Fly app {wanted.app}"
    if found.app is None:
        return Row(name, "create", f"in {wanted.region}")
    return Row(name, "nothing", found.app.url)


def _address(kind: str, found: Found) -> Row:
    if any(kind in address for address in found.addresses):
        return Row(f"IP{kind} address", "nothing", "allocated")
    return Row(f"IP{kind} address", "create", "shared" if kind == "v4" else "of its own")


def _file(wanted: Wanted, found: Found) -> Row:
    name = "fly.staging.toml"
    if found.file is None:
        return Row(name, "create", "derived from production's configuration")
    if found.file != wanted.config:
        return Row(name, "update", changed(found.file, wanted.config))
    return Row(name, "nothing", "is what production's configuration gives")


def _secret(name: str, held: bool | None) -> Row:  # noqa: FBT001 - a three-valued finding
    if held is None:
        return Row(f"secret {name}", "create", "staged, then deployed")
    if not held:
        return Row(f"secret {name}", "update", "its value is another, or cannot be told")
    return Row(f"secret {name}", "nothing", "deployed")


def _machines(wanted: Wanted, found: Found) -> Row:
    name, image = "machines", wanted.digest.removeprefix("sha256:")[:12]
    if not found.machines:
        return Row(name, "create", f"image {image}, as production runs it")
    other = {m.digest for m in found.machines} - {wanted.digest}
    if other:
        running = ", ".join(sorted(d.removeprefix("sha256:")[:12] for d in other))
        return Row(name, "update", f"image {running} → {image}")
    if found.config is None or comparable(found.config) != comparable(wanted.config):
        detail = changed(comparable(found.config or {}), comparable(wanted.config))
        return Row(name, "update", f"configuration: {detail}")
    if stopped := [m for m in found.machines if m.state != "started"]:
        return Row(name, "update", f"{stopped[0].id} is {stopped[0].state}")
    return Row(name, "nothing", f"{len(found.machines)} running image {image}")


def _cost(wanted: Wanted) -> Row:
    """What the mirror costs, before it is spent; over the budget nothing is done."""
    cost, name = wanted.cost, "cost a month"
    if cost.total_usd is None:
        return Row(name, "nothing", f"not known by the prices of {cost.prices_of}")
    parts = f"machines {cost.machines_usd:.2f} + database {cost.database_usd:.2f}"
    told = f"{cost.total_usd:.2f} USD ({parts}; prices of {cost.prices_of})"
    if wanted.budget_usd is not None and cost.total_usd > wanted.budget_usd:
        return Row(name, "refused", f"{told} is over the budget of {wanted.budget_usd:.2f}")
    return Row(name, "nothing", told)


def comparable(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without what Fly does not keep: how the image was built."""
    return {k: v for k, v in config.items() if k != "build" and v not in ({}, [])}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The keys that differ, by name."""
    keys = [k for k in sorted(before.keys() | after.keys()) if before.get(k) != after.get(k)]
    return f"{', '.join(keys)} differ{'s' if len(keys) == 1 else ''}"
