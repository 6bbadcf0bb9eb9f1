"""From what was observed to the plan: the wanted mirror beside the one that is there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from staging import flyconfig
from staging.clouds.postgres import Address
from staging.clouds.services import INSTANCE
from staging.errors import NotSo, StagingError
from staging.inventory import COMPUTE, Guest, Machine
from staging.operations import reach, secrets
from staging.operations.credentials import Credentials
from staging.operations.observe import Observation
from staging.rules.certificates import hostnames
from staging.rules.cost import monthly
from staging.rules.flyloss import refuse_losses
from staging.rules.plan import plan
from staging.rules.resources import Found, Group, Row, Wanted
from staging.rules.services import Compared, differences
from staging.secret import Secret


def rows(seen: Observation, *, reset_schema: bool) -> tuple[Row, ...]:
    """The plan for what was observed."""
    asked = wanted(seen)
    refuse_losses(asked.config, regions=seen.regions)
    return plan(asked, found(seen), reset_schema=reset_schema)


def wanted(seen: Observation) -> Wanted:
    """What staging.toml and production ask for."""
    staging = seen.clouds.settings.staging
    return Wanted(
        app=staging.app,
        project=staging.project,
        region=staging.region,
        database_region=staging.database_region,
        size=staging.size,
        engine=seen.production_project.engine if seen.production_project else "",
        groups=groups(seen),
        config=configuration(seen),
        digest=image(seen).digest,
        cost=monthly(
            [machine.guest for machine in seen.production_machines],
            region=staging.region,
            size=staging.size,
        ),
        budget_usd=seen.clouds.settings.budget_usd,
        hostnames=hostnames(staging.url),
        domains=0 if staging.url else len(seen.clouds.settings.production.domains),
    )


def found(seen: Observation) -> Found:
    """What is there."""
    path = seen.clouds.settings.app_config
    return Found(
        project=seen.project,
        password_accepted=seen.password_accepted,
        schema=seen.differences(),
        blank=seen.blank(),
        services=services(seen),
        keys=seen.publishable is not None,
        smoke_user=seen.smoke_user,
        app=seen.app,
        addresses=seen.addresses,
        certificates=seen.certificates,
        secrets=held(seen),
        config=seen.config,
        file=flyconfig.read(path) if path.is_file() else None,
        machines=seen.machines,
    )


def configuration(seen: Observation) -> dict[str, Any]:
    """fly.staging.toml as production's configuration gives it."""
    settings = seen.clouds.settings
    mirror = flyconfig.Mirror(
        app=settings.staging.app,
        region=settings.staging.region,
        env=settings.staging.env,
        renamed=renamed(seen),
    )
    return flyconfig.derive(seen.production_config, mirror, _guests(seen.production_machines))


def image(seen: Observation) -> Machine:
    """The production machine whose image staging gets; all of them must run the same one."""
    machines = seen.production_machines
    name = seen.clouds.settings.production.app
    if not machines or not machines[0].digest:
        raise StagingError(
            f"Production's app {name} has no machine whose image could be mirrored.",
            remedy="Deploy production first, or correct [production] app in staging.toml.",
        )
    if len({machine.digest for machine in machines}) > 1:
        running = ", ".join(f"{m.id} {m.digest[:19]}" for m in machines)
        raise NotSo(
            f"Production's machines run different images: {running}.",
            detail="A deploy to production is half done, or has failed.",
            remedy="Finish it, then run this again.",
        )
    return machines[0]


def known(seen: Observation) -> secrets.Known:
    """What provisioning knows that secrets are made of."""
    if seen.project is None:
        return secrets.Known(database_url=None, project_url=None, publishable_key=None)
    return secrets.Known(
        database_url=database_url(seen),
        project_url=reach.project_url(seen.clouds, seen.project),
        publishable_key=seen.publishable,
    )


def database(seen: Observation) -> Address | None:
    """Staging's database as its application reaches it, once it has a password."""
    password = Credentials(seen.clouds.settings, seen.clouds.environ).password()
    if seen.project is None or password is None or not seen.project.host:
        return None
    return reach.application_database(seen.clouds, seen.project, password)


def database_url(seen: Observation) -> Secret | None:
    """The connection string that the application gets."""
    where = database(seen)
    return where.url() if where else None


def services(seen: Observation) -> tuple[Compared, ...] | None:
    """How each group of settings differs; None where one side was not read.

    The compute size that is wanted is what staging.toml says.
    """
    if seen.production_services is None or seen.services is None:
        return None
    size = {COMPUTE: {INSTANCE: f"ci_{seen.clouds.settings.staging.size}"}}
    groups = {**seen.production_services.groups, **size}
    wanted = replace(seen.production_services, groups=groups)
    return differences(wanted, seen.services, renamed(seen))


def held(seen: Observation) -> dict[str, bool | None]:
    """Of each wanted secret: whether Fly holds its value; None where it holds none."""
    credentials = Credentials(seen.clouds.settings, seen.clouds.environ)
    answers: dict[str, bool | None] = {}
    for name, value in secrets.values(seen.clouds, known(seen)).items():
        stored = seen.secrets.get(name)
        if stored is None or value is None:
            answers[name] = None if stored is None else False
        else:
            same = credentials.unchanged(stored, secrets.text(value))
            answers[name] = same and stored.status not in {"Staged", "Partial"}
    return answers


def renamed(seen: Observation) -> Mapping[str, str]:
    """Staging's names for production's, wherever a value holds them."""
    settings = seen.clouds.settings
    production, staging = settings.production, settings.staging
    host = (staging.url or "").partition("://")[2] or f"{staging.app}.fly.dev"
    if seen.app and not staging.url:
        host = seen.app.hostname
    pairs = {production.app: staging.app, production.project: staging.project}
    pairs |= dict.fromkeys(production.domains, host)
    if seen.production_app:
        pairs[seen.production_app.hostname] = host
    if seen.production_project and seen.project:
        pairs[seen.production_project.ref] = seen.project.ref
    return pairs


def groups(seen: Observation) -> tuple[Group, ...]:
    """Production's process groups as they run."""
    machines = seen.production_machines
    counts = Counter(machine.process_group for machine in machines)
    guests = _guests(machines)
    return tuple(Group(name=n, count=counts[n], guest=guests[n]) for n in sorted(counts))


def _guests(machines: tuple[Machine, ...]) -> dict[str, Guest]:
    return {machine.process_group: machine.guest for machine in machines}
